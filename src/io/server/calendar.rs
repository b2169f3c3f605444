//! Looks whether the calendar in force still knows the holidays: an alarm in time instead of agents who
//! are not there on New Year (CBA-8).

use std::sync::Arc;
use std::time::Duration;

use super::operations::ServerOperations;
use crate::config::calendar::Calendar;
use crate::event::Alarm;
use crate::io::outbox::{OutboxState, Source};
use crate::now::Wall;

/// How often it is looked at; a new calendar is noticed as late.
const EVERY: Duration = Duration::from_secs(30);

pub(super) async fn watch(operations: Arc<ServerOperations>, state: Arc<OutboxState>) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        look(operations.calendar().as_deref(), operations.control.clock.now().wall, &state);
    }
}

/// Raised once, and cleared when the list is there.
fn look(calendar: Option<&Calendar>, now: Wall, state: &OutboxState) {
    match calendar.and_then(|calendar| calendar.missing_year(now)) {
        Some(year) => {
            let detail = format!("the calendar lacks the announced list of holidays of {year}");
            state.raise(Alarm::Calendar, Source::Calendar, detail);
        }
        None => state.clear(Alarm::Calendar, Source::Calendar),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::calendar;
    use crate::engine::AlarmState;

    #[test]
    fn cba_8_a_missing_list_of_holidays_is_an_alarm_until_it_is_there() {
        let text = |more: &str| {
            format!(
                "time_zone = \"Asia/Shanghai\"\n[hours.a]\nevery_day = \"24 h\"\n[year.2026]\nholidays = [\"2026-10-01\"]\n{more}"
            )
        };
        let calendar = |more: &str| {
            let (calendar, findings) = calendar::parse("calendar.toml", &text(more));
            assert_eq!(findings, []);
            calendar
        };
        // 2026-12-01 and 2026-06-01.
        let (december, june) = (Wall(1_796_054_400_000), Wall(1_780_243_200_000));
        let state = OutboxState::default();
        look(None, december, &state);
        look(Some(&calendar("")), june, &state);
        assert_eq!(state.take_alarms(), []);
        look(Some(&calendar("")), december, &state);
        look(Some(&calendar("")), december, &state);
        let news = state.take_alarms();
        assert!(
            matches!(&news[..], [(Alarm::Calendar, AlarmState::Raised { detail })] if detail.contains("2027")),
            "{news:?}"
        );
        look(Some(&calendar("[year.2027]\nholidays = [\"2027-01-01\"]\n")), december, &state);
        assert_eq!(state.take_alarms(), [(Alarm::Calendar, AlarmState::Cleared)]);
    }
}
