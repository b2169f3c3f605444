//! A call sent on to another number through a gateway: answered, refused, and given up.

use std::time::Duration;

use hotline::event::{EventKind, Outcome, TransferEnd};
use hotline::phone::listen::tone_seconds;
use hotline::phone::{AnswerOptions, IncomingCall, Phone, Signal};
use toml_edit::value;

use super::caller::{AGENT_AGREES, AGENT_TONE, CALLER_TONE, Caller, SOON};
use super::kept::Kept;
use super::scene::Scene;
use super::stage::Stage;

const ANSWERED: &str = "13900000081";
const REFUSED: &str = "13900000082";
const GIVEN_UP: &str = "13900000083";
/// Where the bank sends calls for its credit card centre.
const CENTRE: &str = "95500";

/// The gateway behind which the centre is.
pub async fn gateway(stage: &Stage) -> Phone {
    let gateway = Phone::bind((stage.place.host(5), 5060).into()).await.expect("a gateway");
    stage.edit("ops/hotline.toml", |file| {
        file["sip"]["trunks"]["centre"] = value(gateway.address().to_string());
    });
    gateway
}

/// One after the other, for the gateway cannot tell them apart.
pub fn ring(scene: &mut Scene, gateway: Phone) {
    let [answered, refused, given_up] = [ANSWERED, REFUSED, GIVEN_UP].map(|number| scene.dialling(number));
    scene.visits("transfers", async move {
        let mut caller = is_sent_on(answered.await).await;
        let call = rung(&gateway).await;
        assert_eq!(call.to_user(), CENTRE);
        call.ring().await;
        let options = AnswerOptions { send: Signal::tone(AGENT_TONE), ..AnswerOptions::default() };
        let talk = call.answer(options).await.expect("the centre answers");
        caller.say(Signal::tone(CALLER_TONE)).await;
        caller.hears_tone(AGENT_TONE).await;
        talk.wait_tone(0, CALLER_TONE, 0.5, SOON).await.expect("the centre hears the caller");
        talk.say(Signal::tone(AGENT_AGREES)).await;
        caller.hears_tone(AGENT_AGREES).await;
        talk.hang_up().await;
        caller.is_hung_up_on().await;

        let mut caller = is_sent_on(refused.await).await;
        rung(&gateway).await.reject(486).await;
        let mut other = is_sent_on(given_up.await).await;
        let ringing = rung(&gateway).await;
        ringing.ring().await;
        other.press("0").await;
        caller.hear("system.transfer_failed").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
        other.talks_to_a_person().await;
        assert!(ringing.cancelled().await, "nobody rings on there");
        other.hangs_up().await;
    });
}

/// Up to the ringing elsewhere.
async fn is_sent_on(mut caller: Caller) -> Caller {
    caller.press("33").await;
    caller.hear("system.transfer_out").await;
    caller
}

async fn rung(gateway: &Phone) -> IncomingCall {
    let rung = tokio::time::timeout(Duration::from_secs(10), gateway.incoming()).await;
    rung.expect("the centre is rung").expect("a gateway")
}

pub fn kept(kept: &Kept) {
    let wanted = [
        (ANSWERED, Outcome::Transferred, TransferEnd::Answered),
        (REFUSED, Outcome::Agent, TransferEnd::Rejected),
        (GIVEN_UP, Outcome::Agent, TransferEnd::CallerGone),
    ];
    for (number, outcome, wanted) in wanted {
        let visit = kept.call(number);
        let started = visit.one("transfer started", |kind| match kind {
            EventKind::TransferStarted { number, .. } => Some(number.clone()),
            _ => None,
        });
        let ended = visit.one("transfer ended", |kind| match kind {
            EventKind::TransferEnded { end, .. } => Some(*end),
            _ => None,
        });
        assert_eq!((visit.row.outcome, ended), (Some(outcome), wanted), "{number}");
        assert_eq!(kept.open(visit.row, &started), CENTRE);
    }
    let [caller, heard] = kept.recording(kept.call(ANSWERED).row);
    let (said, answered) = (tone_seconds(&caller, CALLER_TONE), tone_seconds(&heard, AGENT_AGREES));
    assert!(said > 0.5 && answered > 0.4, "both are recorded: {said} s and {answered} s");
}
