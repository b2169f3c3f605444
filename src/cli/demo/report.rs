//! What the demo found out: for programs as JSON, for people as text.

use std::fmt::Write;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::cli::output::width;

/// Columns of the sentence a caller hears, so that its English stands in a column of its own.
const SENTENCE: usize = 46;

/// Everything, and whether it is all as it should be.
#[derive(Serialize)]
pub struct Report {
    pub calls: Vec<CallReport>,
    pub figures: Vec<Figure>,
    pub journal: JournalReport,
    pub places: Places,
    /// What the sample's queues were changed to for the demo.
    pub changes: Vec<String>,
    pub checks: u32,
    /// Checks that failed, each in words.
    pub failed: Vec<String>,
    pub seconds: f64,
}

/// Where everything is kept.
#[derive(Serialize)]
pub struct Places {
    pub directory: String,
    pub configuration: String,
    pub metrics: String,
}

/// One caller's visit.
#[derive(Serialize)]
pub struct CallReport {
    pub title: &'static str,
    pub call: String,
    pub dialled: &'static str,
    /// Heard and pressed at the caller's telephone, in order.
    pub line: Vec<Moment>,
    pub keys: String,
    /// What the hotline did, out of the journal.
    pub route: Vec<Step>,
    pub recording: RecordingReport,
    /// Columns of the row in the index.
    pub row: Columns,
    pub checks: Vec<Check>,
}

/// Names and values in the order they are to be read.
#[derive(Default)]
pub struct Columns(Vec<(&'static str, Value)>);

impl Columns {
    pub fn add(&mut self, name: &'static str, value: impl Serialize) {
        self.0.push((name, serde_json::to_value(value).unwrap_or_default()));
    }

    /// `name value`, a dash for nothing.
    fn told(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(name, value)| match value {
            Value::Null => format!("{name} -"),
            Value::String(text) if text.is_empty() => format!("{name} -"),
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        })
    }
}

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Something at the caller's telephone.
#[derive(Serialize)]
pub struct Moment {
    /// Seconds since the answer.
    pub at: f64,
    pub seconds: f64,
    pub what: Kind,
    pub text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub english: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Hears,
    /// The beginning of a prompt.
    HearsPart,
    HearsTone,
    Presses,
}

#[derive(Serialize)]
pub struct Step {
    /// Seconds since the answer.
    pub at: f64,
    pub text: String,
}

#[derive(Default, Serialize)]
pub struct RecordingReport {
    pub file: String,
    pub seconds: f64,
    pub channels: u16,
    pub rate: u32,
    pub sha256: String,
    /// Seconds of the caller's own tone, left.
    pub left_tone_seconds: f64,
    /// Seconds of the agent's tone, right.
    pub right_tone_seconds: f64,
    /// Prompts found right where the caller heard them, and how many were heard.
    pub right_prompts: (usize, usize),
}

#[derive(Serialize)]
pub struct Check {
    pub what: String,
    pub holds: bool,
}

/// A sample of `/metrics`.
#[derive(Serialize)]
pub struct Figure {
    pub meaning: &'static str,
    /// Name and labels.
    pub sample: String,
    pub value: Option<f64>,
    /// What it must be; `None`: it is only told.
    pub expected: Option<f64>,
}

#[derive(Serialize)]
pub struct JournalReport {
    pub events: u64,
    pub intact: bool,
    pub chain: String,
    /// Last event of the journal, and last event the index knows.
    pub last_seq: u64,
    pub index_as_of: u64,
}

impl Figure {
    pub fn holds(&self) -> bool {
        match (self.value, self.expected) {
            (Some(value), Some(expected)) => (value - expected).abs() < 1e-9,
            (None, Some(_)) => false,
            (_, None) => true,
        }
    }

    fn shown(&self) -> String {
        match self.value {
            None => "missing".to_owned(),
            Some(value) if self.sample.contains("_ratio") => format!("{:.0} %", value * 100.0),
            Some(value) if self.sample.contains("_seconds_total") => format!("{value:.2} s"),
            Some(value) => format!("{value}"),
        }
    }
}

impl Report {
    pub fn all_true(&self) -> bool {
        self.failed.is_empty()
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        for (n, call) in self.calls.iter().enumerate() {
            write_call(&mut text, n + 1, call);
        }
        self.write_figures(&mut text);
        self.write_end(&mut text);
        text
    }

    fn write_figures(&self, text: &mut String) {
        let _ = writeln!(text, "\nFIGURES   GET /metrics (kept in {})", self.places.metrics);
        for figure in &self.figures {
            let mark = if figure.holds() { ' ' } else { '!' };
            let _ = writeln!(text, "{mark} {:>8}  {:<54} {}", figure.shown(), figure.meaning, figure.sample);
        }
    }

    fn write_end(&self, text: &mut String) {
        let journal = &self.journal;
        let state = if journal.intact { "chain intact" } else { "chain BROKEN" };
        let chain = journal.chain.get(..16).unwrap_or_default();
        let _ = writeln!(text, "\njournal verified: {} events, {state} ({chain}…)", journal.events);
        let _ = writeln!(
            text,
            "index: knows event {} of {}; calls are found by the number they came from",
            journal.index_as_of, journal.last_seq
        );
        for change in &self.changes {
            let _ = writeln!(text, "changed for the demo: queue {change}");
        }
        let Places { directory, configuration, .. } = &self.places;
        let _ = writeln!(text, "kept in {directory}; look around with e.g.");
        let _ = writeln!(text, "  hotline calls list --config {configuration}");
        if self.all_true() {
            let _ = writeln!(text, "\nall true: {} checks in {:.0} s", self.checks, self.seconds);
            return;
        }
        let _ = writeln!(text, "\nNOT ALL TRUE: {} of {} checks failed", self.failed.len(), self.checks);
        for failed in &self.failed {
            let _ = writeln!(text, "  FAILED  {failed}");
        }
    }
}

fn write_call(text: &mut String, n: usize, call: &CallReport) {
    let _ = writeln!(text, "\nCALL {n}    {} (call {}, dialled {})", call.title, call.call, call.dialled);
    let _ = writeln!(text, "heard and pressed");
    for moment in &call.line {
        let verb = match moment.what {
            Kind::Hears | Kind::HearsPart | Kind::HearsTone => "hears",
            Kind::Presses => "presses",
        };
        let gap = " ".repeat(SENTENCE.saturating_sub(width(&moment.text)).max(2));
        let line = format!("{:7.1} s  {verb:<8} {}{gap}{}", moment.at, moment.text, moment.english);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "routed");
    for step in &call.route {
        let _ = writeln!(text, "{:7.1} s  {}", step.at, step.text);
    }
    write_recording(text, &call.recording);
    let _ = writeln!(text, "index row");
    for line in wrapped(call.row.told()) {
        let _ = writeln!(text, "           {line}");
    }
    let failed: Vec<&Check> = call.checks.iter().filter(|check| !check.holds).collect();
    let _ = writeln!(text, "checked    {} of {} true", call.checks.len() - failed.len(), call.checks.len());
    for check in failed {
        let _ = writeln!(text, "  FAILED   {}", check.what);
    }
}

fn write_recording(text: &mut String, recording: &RecordingReport) {
    let RecordingReport { file, seconds, channels, rate, sha256, right_prompts: (found, heard), .. } =
        recording;
    let _ = writeln!(text, "recording  {file}");
    let sha256 = sha256.get(..16).unwrap_or_default();
    let _ = writeln!(text, "           {seconds:.1} s, {channels} channels, {rate} Hz, SHA-256 {sha256}…");
    let _ = writeln!(text, "           left, the caller: own tone for {:.1} s", recording.left_tone_seconds);
    let agent = match recording.right_tone_seconds {
        none if none < 0.1 => String::new(),
        seconds => format!(", the agent's tone for {seconds:.1} s"),
    };
    let _ = writeln!(
        text,
        "           right, what was heard: {found} of {heard} prompts where they were heard{agent}"
    );
}

/// Columns of a row in lines of at most a hundred characters.
fn wrapped(columns: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for column in columns {
        match lines.last_mut() {
            Some(line) if width(line) + width(&column) < 98 => {
                line.push_str(" · ");
                line.push_str(&column);
            }
            _ => lines.push(column),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failed: Vec<String>) -> Report {
        let mut row = Columns::default();
        row.add("keys", "22");
        row.add("agents", "");
        let moment =
            |at, what, text: &str| Moment { at, seconds: 1.0, what, text: text.into(), english: "x".into() };
        let call = CallReport {
            title: "t",
            call: "1-1-1".into(),
            dialled: "95599",
            line: vec![moment(0.0, Kind::Hears, "本次"), moment(2.5, Kind::Presses, "0")],
            keys: "0".into(),
            route: vec![Step { at: 0.0, text: "menu main".into() }],
            recording: RecordingReport { file: "/d/r.wav".into(), channels: 2, ..RecordingReport::default() },
            row,
            checks: vec![Check { what: "c".into(), holds: failed.is_empty() }],
        };
        let figure = |value, expected| Figure { meaning: "m", sample: "a_ratio".into(), value, expected };
        let journal =
            JournalReport { events: 3, intact: true, chain: "ab".into(), last_seq: 3, index_as_of: 3 };
        let places = Places { directory: "/d".into(), configuration: "/d/c".into(), metrics: "/d/m".into() };
        Report {
            calls: vec![call],
            figures: vec![figure(Some(0.5), Some(0.5)), figure(Some(0.5), Some(1.0)), figure(None, None)],
            journal,
            places,
            changes: Vec::new(),
            checks: 2,
            failed,
            seconds: 1.0,
        }
    }

    #[test]
    fn people_read_what_is_true_and_what_is_not() {
        let good = report(Vec::new()).text();
        for part in
            ["CALL 1    t (call 1-1-1", "presses  0", "keys 22 · agents -", "1 of 1 true", "all true: 2"]
        {
            assert!(good.contains(part), "{part} is not in\n{good}");
        }
        assert!(good.contains("\n      50 %  m") && good.contains("\n!     50 %  m"), "{good}");
        let bad = report(vec!["call 1-1-1: c".into()]).text();
        for part in ["0 of 1 true\n  FAILED   c", "NOT ALL TRUE: 1 of 2", "  FAILED  call 1-1-1: c"] {
            assert!(bad.contains(part), "{part} is not in\n{bad}");
        }
    }

    #[test]
    fn programs_read_the_same() {
        let json = serde_json::to_value(report(Vec::new())).unwrap();
        assert_eq!(json["calls"][0]["row"]["keys"], "22");
        assert_eq!(json["calls"][0]["line"][1]["what"], "presses");
        assert_eq!(json["figures"][0]["value"], 0.5);
        assert_eq!(json["failed"], serde_json::json!([]));
    }
}
