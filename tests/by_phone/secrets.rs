//! Card number and PIN stay nowhere, however and whenever they are keyed in.

use hotline::event::EventKind;
use hotline::phone::KeyStyle;
use hotline::record::row::RecordingState;

use super::bank::{Bank, Question, Reply};
use super::caller::{Caller, Crowd, Staff, Voices};
use super::secrecy::search;
use super::server::{Server, until};
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

#[tokio::test(flavor = "multi_thread")]
async fn secret_digits_are_nowhere_even_if_they_are_typed_ahead() {
    let stage = Stage::of(Sample::Bank);
    let bank = Bank::open(stage.service(), reply).await;
    let mut server = Server::start(stage).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let agents = ["1001", "1002", "1003", "1004", "1005", "1006"].map(|agent| (agent, "general"));
    let staff = Staff::at_work(&server, &agents).await;
    let mut crowd = Crowd::default();
    for (number, style, ahead) in CALLERS {
        let mut caller = Caller::dial_with(&server.stage, &voices, number, style).await;
        crowd.add(number, async move {
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
        });
    }
    // They stay on the line until the power is cut.
    let callers = crowd.all().await;
    let metrics = server.metrics().await;
    let calls = server.stage.run("calls list --format json --numbers");
    let running = search(&server, &[CARD, PIN], &[metrics, calls]);
    assert_eq!(running.report.spooled_calls, CALLERS.len());
    server.kill();
    let spooled = search(&server, &[CARD, PIN], &[]);
    assert!(spooled.report.packets > 200 * CALLERS.len(), "{}", spooled.report.line());
    drop((callers, staff));

    server.restart().await;
    let archived = |line: &str| line.contains("\"archived\"");
    let all = until("every recording is archived", || {
        let listed = server.stage.run("calls list --format json");
        async move { (listed.lines().filter(|l| archived(l)).count() == CALLERS.len()).then_some(listed) }
    });
    let told = [all.await, server.metrics().await];
    let kept = server.stop().await;
    assert_eq!(bank.heard().len(), 2 * CALLERS.len(), "who needs the digits had them");
    let after = search(&server, &[CARD, PIN], &told);
    assert_eq!(after.recordings, CALLERS.len());
    for (number, ..) in CALLERS {
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
}
