//! What the demo found out: for programs as JSON, for people as text.

use std::fmt::Write;

use serde::Serialize;

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
    pub row: serde_json::Value,
    pub checks: Vec<Check>,
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
    let columns = call.row.as_object().into_iter().flatten();
    let columns = columns.map(|(name, value)| match value.as_str() {
        Some(value) => format!("{name} {value}"),
        None => format!("{name} {value}"),
    });
    for line in wrapped(columns) {
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
