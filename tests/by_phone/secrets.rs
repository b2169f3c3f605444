//! Card number and PIN stay nowhere, however and whenever they are keyed in.

use hotline::event::EventKind;
use hotline::phone::KeyStyle;
use hotline::record::row::RecordingState;

use super::caller::{Caller, Staff};
use super::kept::Kept;
use super::scene::Scene;
use super::secrecy::search;
use super::server::until;
use super::service::{Question, Reply, Service};
use super::stage::{Sample, Stage};

const CARD: &str = "6222021234567894";
const PIN: &str = "918273";

/// How keys are sent, and whether all are typed ahead while the notice plays.
const CALLERS: [(&str, KeyStyle, bool); 6] = [
    ("13900000021", KeyStyle::Event, true),
    ("13900000022", KeyStyle::Gateway, true),
    ("13900000023", KeyStyle::Info, true),
    ("13900000024", KeyStyle::Event, false),
    ("13900000025", KeyStyle::Gateway, false),
    ("13900000026", KeyStyle::Info, false),
];

/// Whoever knows the PIN is told the balance.
fn reply(question: &Question) -> Reply {
    let right = question.field("pin") == PIN || question.path.ends_with("/balance");
    Reply::Object(match question.field("card-number") == CARD && right {
        true => r#"{"result":"verified","balance":"99.00"}"#.to_owned(),
        false => r#"{"result":"wrong"}"#.to_owned(),
    })
}

pub async fn run() {
    let stage = Stage::of(Sample::Bank);
    let bank = Service::open(stage.place.service(), reply).await;
    let mut scene = Scene::open(stage).await;
    let staff = Staff::at_work(&scene.server, 6, "general").await;
    let (up, mut callers) = tokio::sync::mpsc::channel(CALLERS.len());
    for (number, style, ahead) in CALLERS {
        let (up, voices, place) = (up.clone(), scene.voices.clone(), scene.server.stage.place);
        let caller = Caller::dial_with(place, &voices, number, style).await;
        scene.visits(number, async move {
            // Everybody stays on the line until the power is cut.
            let _ = up.send(keys_in(caller, ahead).await).await;
        });
    }
    drop(up);
    scene.all().await;
    let server = &mut scene.server;
    let told = [server.metrics().await, server.stage.run("calls list --format json --numbers")];
    let running = search(server, &[CARD, PIN], &told);
    assert_eq!(running.report.spooled_calls, CALLERS.len());
    server.kill();
    let spooled = search(server, &[CARD, PIN], &[]);
    assert!(spooled.report.packets > 200 * CALLERS.len(), "{}", spooled.report.line());
    callers.close();
    drop((callers, staff));

    server.restart().await;
    let archived = |line: &&str| line.contains("\"archived\"");
    let all = until("every recording is archived", || {
        let listed = server.stage.run("calls list --format json");
        async move { (listed.lines().filter(archived).count() == CALLERS.len()).then_some(listed) }
    });
    let told = [all.await, server.metrics().await];
    let kept = server.stop().await;
    assert_eq!(bank.heard().len(), 2 * CALLERS.len(), "who needs the digits had them");
    let after = search(server, &[CARD, PIN], &told);
    assert_eq!(after.recordings, CALLERS.len());
    CALLERS.iter().for_each(|(number, ..)| only_counted(&kept, number));
}

async fn keys_in(mut caller: Caller, ahead: bool) -> Caller {
    if ahead {
        caller.press(&format!("21{CARD}#{PIN}")).await;
    } else {
        caller.hear("main.notice").await;
        caller.press("2").await;
        caller.hear_beginning("accounts.choice.1").await;
        caller.press("1").await;
        caller.hear("accounts.card-number").await;
        caller.press(&format!("{CARD}#")).await;
        caller.hear("accounts.pin").await;
        caller.press(PIN).await;
    }
    caller.hear("accounts.balance-told.1").await;
    caller.press("0").await;
    caller.talks_to_a_person().await;
    caller
}

/// Of the secret digits nothing is kept but how many they were.
fn only_counted(kept: &Kept, number: &str) {
    let visit = kept.call(number);
    assert!(matches!(visit.row.recording, RecordingState::Archived(_)), "{:?}", visit.row);
    let collected = visit.events.iter().filter_map(|kind| match kind {
        EventKind::DigitsCollected { node, count, value, .. } => {
            Some((node.as_str(), *count, value.is_some()))
        }
        _ => None,
    });
    let collected: Vec<_> = collected.collect();
    assert_eq!(collected, [("card-number", 16, false), ("pin", 6, false)], "{number}");
    assert_eq!(visit.row.keys, "210", "{number}");
}
