//! A call sent on to another number through a gateway: answered, refused, and given up.

use hotline::event::{EventKind, Outcome, TransferEnd};
use hotline::phone::{AnswerOptions, Phone, Signal};
use toml_edit::{Array, value};

use super::caller::{AGENT_AGREES, AGENT_TONE, CALLER_TONE, Caller, SOON, Staff, Voices};
use super::server::Server;
use super::stage::{Sample, Stage};

const ANSWERED: &str = "13900000081";
const REFUSED: &str = "13900000082";
const GIVEN_UP: &str = "13900000083";
/// Where the bank sends calls for its credit card centre.
const CENTRE: &str = "95500";

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_sent_on_and_comes_back_if_nobody_answers_there() {
    let stage = Stage::of(Sample::Bank);
    let gateway = Phone::bind((stage.host(5), 5060).into()).await.expect("a gateway");
    stage.edit("ops/hotline.toml", |file| {
        file["sip"]["trunks"]["centre"] = value(gateway.address().to_string());
        file["sip"]["transfer_prefixes"] = value(Array::from_iter([CENTRE]));
    });
    let mut server = Server::start(stage).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let staff = Staff::at_work(&server, &[("1001", "general"), ("1002", "general")]).await;

    let mut answered = is_sent_on(&server, &voices, ANSWERED).await;
    let call = gateway.incoming().await.expect("the centre is rung");
    assert_eq!(call.to_user(), CENTRE);
    call.ring().await;
    let options = AnswerOptions { send: Signal::tone(AGENT_TONE), ..AnswerOptions::default() };
    let talk = call.answer(options).await.expect("the centre answers");
    answered.say(Signal::tone(CALLER_TONE)).await;
    answered.hears_tone(AGENT_TONE).await;
    talk.wait_tone(0, CALLER_TONE, 0.5, SOON).await.expect("the centre hears the caller");
    talk.say(Signal::tone(AGENT_AGREES)).await;
    answered.hears_tone(AGENT_AGREES).await;
    talk.hang_up().await;
    answered.is_hung_up_on().await;

    let mut refused = is_sent_on(&server, &voices, REFUSED).await;
    gateway.incoming().await.expect("the centre is rung").reject(486).await;
    let mut given_up = is_sent_on(&server, &voices, GIVEN_UP).await;
    let ringing = gateway.incoming().await.expect("the centre is rung");
    ringing.ring().await;
    given_up.press("0").await;
    tokio::join!(
        async {
            refused.hear("system.transfer_failed").await;
            refused.talks_to_a_person().await;
        },
        async {
            given_up.talks_to_a_person().await;
            assert!(ringing.cancelled().await, "nobody rings on there");
        }
    );
    refused.hangs_up().await;
    given_up.hangs_up().await;
    drop(staff);

    let mut kept = server.stop().await;
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
        let row = visit.row.clone();
        assert_eq!(kept.open(&row, &started), CENTRE);
    }
    let visit = kept.call(ANSWERED);
    let [caller, heard] = kept.recording(visit.row);
    let seconds = hotline::phone::listen::tone_seconds;
    assert!(seconds(&caller, CALLER_TONE) > 0.5 && seconds(&heard, AGENT_AGREES) > 0.4, "both are recorded");
}

/// Up to the ringing elsewhere.
async fn is_sent_on(server: &Server, voices: &std::sync::Arc<Voices>, number: &str) -> Caller {
    let mut caller = Caller::dial(&server.stage, voices, number).await;
    caller.press("33").await;
    caller.hear("system.transfer_out").await;
    caller
}
