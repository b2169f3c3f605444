//! Elderly callers: slower speech, longer timing, straight to a person (HB-elder).

use std::io::Write;

use hotline::event::EventKind;

use super::caller::{Caller, Crowd, Staff, Voices};
use super::server::Server;
use super::stage::{Sample, Stage};

const SLOW: &str = "zh-CN+slow";
const GRANDMOTHER: &str = "13900000091";
const NEPHEW: &str = "13900000092";
const CHOOSING: &str = "13900000093";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_known_as_elderly_comes_straight_to_a_person() {
    let mut server = Server::start(Stage::of(Sample::Bank)).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let staff = Staff::at_work(&server, &[("1001", "general"), ("1002", "general")]).await;
    let list = server.stage.path("callers.csv");
    let mut file = std::fs::File::create(&list).expect("a list of callers");
    write!(file, "number,name,lists,language\n{GRANDMOTHER},Grandmother,elderly,\n")
        .expect("a list of callers");
    server.stage.run(&format!("callers import {}", list.display()));
    let mut crowd = Crowd::default();
    let mut caller = Caller::dial(&server.stage, &voices, GRANDMOTHER).await;
    crowd.add(GRANDMOTHER, async move {
        caller.hear("main.notice").await;
        caller.speaks(SLOW);
        caller.hear("system.transfer_to_person").await;
        caller.talks_to_a_person().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, NEPHEW).await;
    crowd.add(NEPHEW, async move {
        caller.hear("main.notice").await;
        caller.hear("main.greeting").await;
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller
    });
    for caller in crowd.all().await {
        caller.hangs_up().await;
    }
    let shown = staff.shown();
    assert_eq!(shown.iter().filter(|call| call.elderly).count(), 1, "the desk is told: {shown:?}");
    drop(staff);
    let kept = server.stop().await;
    let cared = |kind: &EventKind| matches!(kind, EventKind::ElderlyCare);
    assert!(kept.call(GRANDMOTHER).has(cared) && !kept.call(NEPHEW).has(cared));
    assert!(kept.call(GRANDMOTHER).row.keys.is_empty(), "without a key");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_chooses_it_hears_everything_slower_and_has_more_time() {
    let mut server = Server::start(Stage::of(Sample::Town)).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let mut caller = Caller::dial(&server.stage, &voices, CHOOSING).await;
    caller.hear("main.notice").await;
    caller.press("5").await;
    caller.speaks(SLOW);
    caller.hear_in_a_row(&["main.choice.1", "main.choice.2", "main.choice.3"]).await;
    for prompt in ["main.choice.1", "main.choice.2", "main.choice.3"] {
        let times = voices.get(SLOW, prompt).len() as f64 / voices.get("zh-CN", prompt).len() as f64;
        assert!((1.2..1.3).contains(&times), "{prompt} is {times:.2} times as long");
    }
    let end = caller.hear("system.menu.person").await + voices.get(SLOW, "system.menu.person").len();
    let asked_again = caller.hear("system.silence").await;
    let waited = asked_again.saturating_sub(end) as f64 / 8_000.0;
    assert!((9.5..11.5).contains(&waited), "ten seconds for a key, not {waited:.1}");
    caller.hangs_up().await;
    let kept = server.stop().await;
    assert!(kept.call(CHOOSING).has(|kind| matches!(kind, EventKind::ElderlyCare)));
}
