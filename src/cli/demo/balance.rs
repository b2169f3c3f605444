//! The figures of `/metrics` against the index, and the journal against itself.

use super::figures::Figures;
use super::play::ENTRY;
use super::report::Figure;
use crate::event::{LeftQueue, Outcome};
use crate::record::row::{CallRow, QueueVisit};

/// The promise of the sample's queue: 80 % within this time, in milliseconds.
const PROMISED_MS: u64 = 20_000;

/// A queue as the rows of the index tell it: the same figures, counted another way.
struct Counted {
    left: f64,
    answered: f64,
    in_time: f64,
}

fn counted(rows: &[CallRow], queue: &str) -> Counted {
    let visits = || rows.iter().flat_map(|row| &row.visits).filter(|visit| visit.queue.as_str() == queue);
    let answered = |visit: &&QueueVisit| visit.left == Some(LeftQueue::Answered);
    let in_time = |visit: &&QueueVisit| visit.waited_ms.is_some_and(|ms| ms <= PROMISED_MS);
    let number = |n: usize| n as f64;
    Counted {
        left: number(visits().filter(|visit| visit.left.is_some()).count()),
        answered: number(visits().filter(answered).count()),
        in_time: number(visits().filter(answered).filter(in_time).count()),
    }
}

/// The figures people ask for first, each with what the index says it must be.
pub fn balance(figures: &Figures, rows: &[CallRow]) -> Vec<Figure> {
    let sheet = Sheet(figures);
    let mut lines = of_queues(&sheet, rows);
    lines.extend(of_calls(&sheet, rows));
    lines
}

fn of_queues(sheet: &Sheet<'_>, rows: &[CallRow]) -> Vec<Figure> {
    let (general, overflow) = (counted(rows, "general"), counted(rows, "overflow"));
    let queue = ("queue", "general");
    let day = ("window", "day");
    let level = "hotline_service_level_ratio";
    vec![
        sheet.line(
            "service level of general: answered within 20 s, of all",
            (level, &[queue, day, ("definition", "offered")]),
            Some(general.in_time / general.left),
        ),
        sheet.line(
            "service level of general, of those answered",
            (level, &[queue, day, ("definition", "answered")]),
            Some(general.in_time / general.answered),
        ),
        sheet.line(
            "connect ratio of general: answered, of all",
            ("hotline_connect_ratio", &[queue, day]),
            Some(general.answered / general.left),
        ),
        sheet.line("came to general", ("hotline_queue_offered_total", &[queue]), Some(general.left)),
        sheet.line("answered in general", ("hotline_queue_answered_total", &[queue]), Some(general.answered)),
        sheet.line(
            "sent on by general because it was full",
            ("hotline_queue_overflowed_total", &[queue, ("reason", "full")]),
            Some(general.left - general.answered),
        ),
        sheet.line(
            "sent on by overflow because nobody is signed in",
            ("hotline_queue_overflowed_total", &[("queue", "overflow"), ("reason", "no_agent_signed_in")]),
            Some(overflow.left),
        ),
    ]
}

fn of_calls(sheet: &Sheet<'_>, rows: &[CallRow]) -> Vec<Figure> {
    let count =
        |wanted: &dyn Fn(&CallRow) -> bool| Some(rows.iter().filter(|row| wanted(row)).count() as f64);
    let ended = |outcome: Outcome| count(&|row: &CallRow| row.outcome == Some(outcome));
    let calls = "hotline_calls_total";
    let entry = ("entry", ENTRY);
    vec![
        sheet.line(
            "calls served by the machine",
            (calls, &[entry, ("outcome", "self_service")]),
            ended(Outcome::SelfService),
        ),
        sheet.line(
            "calls served by an agent",
            (calls, &[entry, ("outcome", "agent")]),
            ended(Outcome::Agent),
        ),
        sheet.line(
            "calls that left a message",
            (calls, &[entry, ("outcome", "message")]),
            ended(Outcome::Message),
        ),
        sheet.line(
            "asked for a person",
            ("hotline_seconds_to_agent_request_count", &[]),
            count(&|row| row.requested_ms.is_some()),
        ),
        sheet.line(
            "recordings archived, those of star codes included",
            ("hotline_recordings_total", &[("result", "archived")]),
            count(&|row| row.answered_at.is_some()),
        ),
        sheet.line("recordings failed", ("hotline_recordings_total", &[("result", "failed")]), Some(0.0)),
        sheet.line(
            "masked in recordings, around keys",
            ("hotline_recording_gap_seconds_total", &[("reason", "masked")]),
            None,
        ),
        sheet.line("RTP packets lost", ("hotline_rtp_lost_total", &[("direction", "received")]), None),
    ]
}

/// Name and labels of a sample.
type Sample<'s> = (&'s str, &'s [(&'s str, &'s str)]);

struct Sheet<'f>(&'f Figures);

impl Sheet<'_> {
    fn line(&self, meaning: &'static str, (name, labels): Sample<'_>, expected: Option<f64>) -> Figure {
        let pairs: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        let shown = if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) };
        let value = self.0.get(name, labels);
        Figure { meaning, sample: format!("{name}{shown}"), value, expected }
    }
}
