//! Outside the hours of the agents and on holidays: the caller is told so and is not left alone (CBA-8).

use hotline::event::{EventKind, Outcome};
use jiff::civil::Time;
use jiff::{ToSpan, Zoned};
use toml_edit::{Array, value};

use super::caller::{Caller, Crowd, Staff, Voices, digits};
use super::server::Server;
use super::stage::{Sample, Stage};

const ZONE: &str = "Asia/Shanghai";

/// The town's hotline, its agents at work from `from` to `to` hours from now, today a holiday or not.
fn stage(from: i64, to: i64, holiday: bool) -> Stage {
    let stage = Stage::of(Sample::Town);
    let now = Zoned::now().in_tz(ZONE).expect("the zone of the town");
    let clock = |hours: i64| -> Time { now.checked_add(hours.hours()).expect("a time near now").time() };
    let hours = format!("{}-{}", clock(from).strftime("%H:%M"), clock(to).strftime("%H:%M"));
    stage.edit("ops/calendar.toml", |file| {
        file["time_zone"] = value(ZONE);
        file["hours"]["day"]["every_day"] = value(&hours);
        // A holiday of the agents too.
        file["hours"]["day"]["holidays"] = value("closed");
        let year = now.year().to_string();
        file["year"][&year]["holidays"] = value(Array::new());
        file["year"][&year]["working_days"] = value(Array::new());
        if holiday {
            let days = [now.clone(), now.tomorrow().expect("a day after today")];
            // Whatever midnight passes while the test runs.
            for day in days.iter().filter(|day| day.year() == now.year()) {
                let list = file["year"][&year]["holidays"].as_array_mut().expect("a list");
                list.push(day.strftime("%Y-%m-%d").to_string());
            }
        }
    });
    stage.edit("ops/hotline.toml", |file| {
        file["sip"]["callback_prefixes"] = value(Array::from_iter(["13"]));
    });
    stage
}

const RUNG_BACK: &str = "13900000061";
const ELSEWHERE: &str = "13900000062";
const REFUSED: &str = "13900000063";
const ASKING: &str = "13900000064";
const OTHER_NUMBER: &str = "13600001111";

#[tokio::test(flavor = "multi_thread")]
async fn when_nobody_is_at_work_callers_are_told_and_rung_back() {
    let mut server = Server::start(stage(2, 3, false)).await;
    let voices = Voices::load(&server.config.directories.prompts);
    let mut crowd = Crowd::default();

    let mut caller = Caller::dial(&server.stage, &voices, RUNG_BACK).await;
    crowd.add(RUNG_BACK, async move {
        caller.press("0").await;
        caller.hear("system.closed").await;
        is_offered(&mut caller, RUNG_BACK).await;
        caller.press("1").await;
        caller.hear("system.callback.thanks").await;
        caller.is_hung_up_on().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, ELSEWHERE).await;
    crowd.add(ELSEWHERE, async move {
        caller.press("23").await;
        is_offered(&mut caller, ELSEWHERE).await;
        caller.press("2").await;
        caller.hear("system.callback.enter").await;
        caller.press(&format!("{OTHER_NUMBER}#")).await;
        is_offered(&mut caller, OTHER_NUMBER).await;
        caller.press("1").await;
        caller.hear("system.callback.thanks").await;
        caller.is_hung_up_on().await;
        caller
    });
    let mut caller = Caller::dial(&server.stage, &voices, REFUSED).await;
    crowd.add(REFUSED, async move {
        caller.press("0").await;
        caller.hear("system.closed").await;
        caller.hear("system.callback.offer.after").await;
        caller.press("2").await;
        caller.hear("system.callback.enter").await;
        caller.press("0900123#").await;
        caller.hear("system.callback.refused").await;
        caller.hear("system.message.intro").await;
        caller.hear("system.beep").await;
        caller.speaks_for(std::time::Duration::from_secs(2)).await;
        caller.press("#").await;
        caller.hear("system.message.thanks").await;
        caller.is_hung_up_on().await;
        caller
    });
    crowd.all().await;
    let listed = server.stage.run("callbacks list --format json --numbers");
    let kept = server.stop().await;
    check_promises(kept, &listed);
}

async fn is_offered(caller: &mut Caller, number: &str) {
    let said = digits(number);
    let mut all = vec!["system.callback.offer.before"];
    all.extend(said.iter().map(String::as_str));
    all.push("system.callback.offer.after");
    caller.hear_in_a_row(&all).await;
}

fn check_promises(mut kept: super::kept::Kept, listed: &str) {
    for (number, promised) in [(RUNG_BACK, RUNG_BACK), (ELSEWHERE, OTHER_NUMBER)] {
        let visit = kept.call(number);
        assert_eq!(visit.row.outcome, Some(Outcome::Callback));
        let (row, sealed) = (
            visit.row.clone(),
            visit.one("promise", |kind| match kind {
                EventKind::CallbackPromised { number, .. } => Some(number.clone()),
                _ => None,
            }),
        );
        assert_eq!(kept.open(&row, &sealed), promised);
        assert!(listed.contains(promised) && listed.contains(&row.call.to_string()), "{listed}");
    }
    let refused = kept.call(REFUSED);
    assert_eq!(refused.row.outcome, Some(Outcome::Message));
    assert!(!refused.has(|kind| matches!(kind, EventKind::CallbackPromised { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holiday_is_a_holiday_for_menus_and_agents() {
    let (mut ordinary, mut holiday) =
        tokio::join!(Server::start(stage(-2, 2, false)), Server::start(stage(-2, 2, true)));
    let voices = Voices::load(&ordinary.config.directories.prompts);
    let staff = Staff::at_work(&ordinary, &[("2001", "citizens")]).await;
    let idle = Staff::at_work(&holiday, &[("2001", "citizens")]).await;
    let mut crowd = Crowd::default();
    let mut caller = Caller::dial(&ordinary.stage, &voices, ASKING).await;
    crowd.add("on an ordinary day", async move {
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller
    });
    let mut caller = Caller::dial(&holiday.stage, &voices, ASKING).await;
    crowd.add("on a holiday", async move {
        caller.press("21").await;
        caller.hear("documents.holiday").await;
        caller.press("0").await;
        caller.hear("system.closed").await;
        caller.hear("system.callback.offer.before").await;
        caller
    });
    for caller in crowd.all().await {
        caller.hangs_up().await;
    }
    drop((staff, idle));
    let kept = ordinary.stop().await;
    assert_eq!(kept.call(ASKING).row.outcome, Some(Outcome::Agent));
    let kept = holiday.stop().await;
    assert!(kept.call(ASKING).row.visits.is_empty(), "nobody is kept waiting for people on holiday");
}
