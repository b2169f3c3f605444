//! Outside the hours of the agents and on holidays: the caller is told so and is not left alone (CBA-8).

use hotline::event::{EventKind, Outcome};
use jiff::civil::Time;
use jiff::{ToSpan, Zoned};
use toml_edit::{Array, value};

use super::caller::Caller;
use super::kept::Kept;
use super::scene::Scene;
use super::stage::{Sample, Stage};

const ZONE: &str = "Asia/Shanghai";

/// The town's hotline, its agents at work from `from` to `to` hours from now, today a holiday or not.
pub fn stage(from: i64, to: i64, holiday: bool) -> Stage {
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
        let list = &mut file["year"][&year];
        list["working_days"] = value(Array::new());
        list["holidays"] = value(holidays(&now, holiday));
    });
    stage.edit("ops/hotline.toml", |file| {
        file["sip"]["callback_prefixes"] = value(Array::from_iter(["13"]));
    });
    stage
}

/// The year's list: today among them, or only some other day.
fn holidays(now: &Zoned, today: bool) -> Array {
    let days = match today {
        // Whatever midnight passes while the test runs.
        true => [0, 1],
        false if now.day_of_year() < 180 => [30, 31],
        false => [-30, -31],
    };
    let days = days.map(|days| now.checked_add(days.days()).expect("a day near today"));
    days.iter()
        .filter(|day| day.year() == now.year())
        .map(|day| day.strftime("%Y-%m-%d").to_string())
        .collect()
}

const RUNG_BACK: &str = "13900000061";
const ELSEWHERE: &str = "13900000062";
const REFUSED: &str = "13900000063";
const ASKING: &str = "13900000064";
const OTHER_NUMBER: &str = "13600001111";

/// Nobody is at work: callers are told so and rung back.
pub async fn ring_at_night(scene: &mut Scene) {
    let rung_back = async |mut caller: Caller| {
        caller.press("0").await;
        caller.hear("system.closed").await;
        caller.is_offered(RUNG_BACK).await;
        caller.press("1").await;
        caller.hear("system.callback.thanks").await;
        caller.is_hung_up_on().await;
    };
    scene.rings(RUNG_BACK, rung_back).await;
    let elsewhere = async |mut caller: Caller| {
        caller.press("23").await;
        caller.is_offered(ELSEWHERE).await;
        caller.press("2").await;
        caller.hear("system.callback.enter").await;
        caller.press(&format!("{OTHER_NUMBER}#")).await;
        caller.is_offered(OTHER_NUMBER).await;
        caller.press("1").await;
        caller.hear("system.callback.thanks").await;
        caller.is_hung_up_on().await;
    };
    scene.rings(ELSEWHERE, elsewhere).await;
    let refused = async |mut caller: Caller| {
        caller.press("0").await;
        caller.hear("system.closed").await;
        caller.hear("system.callback.offer.after").await;
        caller.press("2").await;
        caller.hear("system.callback.enter").await;
        caller.press("0900123#").await;
        caller.hear("system.callback.refused").await;
        caller.leaves_a_message().await;
        caller.press("#").await;
        caller.hear("system.message.thanks").await;
        caller.is_hung_up_on().await;
    };
    scene.rings(REFUSED, refused).await;
}

/// `listed`: what `hotline callbacks` told.
pub fn kept_at_night(kept: &Kept, listed: &str) {
    for (number, promised) in [(RUNG_BACK, RUNG_BACK), (ELSEWHERE, OTHER_NUMBER)] {
        let visit = kept.call(number);
        assert_eq!(visit.row.outcome, Some(Outcome::Callback));
        let sealed = visit.one("promise", |kind| match kind {
            EventKind::CallbackPromised { number, .. } => Some(number.clone()),
            _ => None,
        });
        assert_eq!(kept.open(visit.row, &sealed), promised);
        let call = visit.row.call.to_string();
        let line = listed.lines().find(|line| line.contains(promised));
        assert!(line.is_some_and(|line| line.contains(&call)), "{call} to {promised} is not in\n{listed}");
    }
    let refused = kept.call(REFUSED);
    assert_eq!(refused.row.outcome, Some(Outcome::Message));
    assert!(!refused.has(|kind| matches!(kind, EventKind::CallbackPromised { .. })));
}

/// A holiday is one for the office and for the agents.
pub async fn ring_on_a_holiday(scene: &mut Scene) {
    let asking = async |mut caller: Caller| {
        caller.press("21").await;
        caller.hear("documents.holiday").await;
        caller.press("0").await;
        caller.hear("system.closed").await;
        caller.hear("system.callback.offer.before").await;
        caller.hangs_up().await;
    };
    scene.rings(ASKING, asking).await;
}

pub fn kept_on_a_holiday(kept: &Kept) {
    assert!(kept.call(ASKING).row.visits.is_empty(), "nobody is kept waiting for people on holiday");
}

/// At the same hour of any other day.
pub async fn ring_on_an_ordinary_day(scene: &mut Scene) {
    let asking = async |mut caller: Caller| {
        caller.press("0").await;
        caller.talks_to_a_person().await;
        caller.hangs_up().await;
    };
    scene.rings(ASKING, asking).await;
}

pub fn kept_on_an_ordinary_day(kept: &Kept) {
    assert_eq!(kept.call(ASKING).row.outcome, Some(Outcome::Agent));
}
