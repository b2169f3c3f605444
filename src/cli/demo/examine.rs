//! Looks at everything the hotline kept of a call, and at what the telephone heard, and compares.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::play::{AGENT_TONE, ENTRY, Visit};
use super::report::{CallReport, Check, Columns, Kind, Moment, RecordingReport};
use super::script::Act;
use super::story::{self, word};
use super::voices::Voices;
use crate::event::{Event, EventKind, LeftQueue};
use crate::ids::CallId;
use crate::io::prompts::clip::hash;
use crate::phone::ear::{self, RATE, Sound, What};
use crate::phone::listen::{correlation, tone_seconds};
use crate::record::day::timestamp;
use crate::record::row::{Archived, CallRow, QueueVisit, RecordingState};

/// A prompt may lie so many samples earlier or later in the recording than at the telephone: 0.5 s.
const ASIDE: usize = RATE / 2;
/// Sound of a call that may stay unexplained, in seconds.
const UNEXPLAINED: f64 = 0.3;

/// What is known of a call.
pub struct Evidence<'e> {
    pub act: &'e Act,
    pub visit: Visit,
    /// Calls that the index found by the caller's number.
    pub found: Vec<CallId>,
    pub row: CallRow,
    /// The call's events, in order.
    pub events: Vec<Event>,
    pub archive: &'e Path,
    pub voices: &'e Voices,
}

/// Checks with their words.
#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn that(&mut self, holds: bool, what: impl Into<String>) {
        self.0.push(Check { what: what.into(), holds });
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, wanted: &T) {
        let what =
            if found == wanted { what.to_owned() } else { format!("{what}: {found:?}, not {wanted:?}") };
        self.that(found == wanted, what);
    }
}

/// The whole examination of a call; long, for it listens to all of it.
pub fn examine(evidence: Evidence<'_>) -> anyhow::Result<CallReport> {
    let Evidence { act, visit, row, events, voices, .. } = &evidence;
    let sounds = ear::recognise(&visit.heard, &voices.known(), &[AGENT_TONE]);
    let mut checks = Checks::default();
    at_the_telephone(act, visit, &sounds, &mut checks);
    in_the_index(&evidence, &mut checks);
    in_the_journal(act, events, &mut checks);
    let recording = match &row.recording {
        RecordingState::Archived(archived) => in_the_archive(&evidence, archived, &sounds, &mut checks)?,
        other => {
            checks.that(false, format!("the recording is archived: {}", word(other)));
            RecordingReport::default()
        }
    };
    Ok(CallReport {
        title: act.title,
        call: row.call.to_string(),
        dialled: ENTRY,
        line: line(visit, &sounds, voices)?,
        keys: visit.pressed.iter().map(|(_, key)| key.as_char()).collect(),
        route: story::told(events),
        recording,
        row: columns(row),
        checks: checks.0,
    })
}

fn at_the_telephone(act: &Act, visit: &Visit, sounds: &[Sound], checks: &mut Checks) {
    let order = ear::in_order(sounds, act.heard);
    let missing = order.err().map_or(String::new(), |name| format!(": {name} is missing"));
    checks.that(
        order.is_ok(),
        format!("the telephone heard {} prompts whole and in order{missing}", act.heard.len()),
    );
    if let Some(cut) = act.cut {
        let is_cut = sounds.iter().any(|sound| sound.what == What::Cut(cut.to_owned()));
        checks.that(is_cut, format!("the key cut off {cut}"));
    }
    let unknown = ear::unknown_seconds(sounds);
    checks.that(unknown <= UNEXPLAINED, format!("nothing else was heard: {unknown:.1} s are unexplained"));
    let pressed: String = visit.pressed.iter().map(|(_, key)| key.as_char()).collect();
    checks.same("keys pressed", &pressed.as_str(), &act.keys.pressed);
    checks.same("who hung up, at the telephone", &visit.ending, &act.ending);
    if let Some((hz, least)) = act.sound.agent {
        let seconds = tone_seconds(&visit.heard, hz);
        checks.that(seconds >= least, format!("the caller heard the agent for {seconds:.1} s"));
    }
}

fn in_the_index(evidence: &Evidence<'_>, checks: &mut Checks) {
    let Evidence { act, row, found, .. } = evidence;
    checks.that(found.len() == 1, "the index finds this call alone by the number it came from");
    checks.same("entry", &row.entry.as_ref().map_or("", |entry| entry.as_str()), &ENTRY);
    let menus: Vec<&str> = row.menu_path.iter().map(|menu| menu.as_str()).collect();
    checks.same("menus in the index", &menus.as_slice(), &act.menus);
    checks.same("keys in the index", &row.keys.as_str(), &act.keys.in_menus);
    let queues: Vec<(&str, &str)> = row
        .visits
        .iter()
        .map(|visit| (visit.queue.as_str(), visit.left.as_ref().map_or("waiting", left)))
        .collect();
    checks.same("queues in the index", &queues.as_slice(), &act.queues);
    let agents: Vec<&str> = row.agents.iter().map(|agent| agent.as_str()).collect();
    checks.same("agents in the index", &agents.as_slice(), &act.agents);
    checks.same("outcome in the index", &row.outcome, &Some(act.outcome));
    if !act.agents.is_empty() {
        checks.that(row.talked_ms >= 2_000, "the talk's length is in the index");
    }
}

fn left(left: &LeftQueue) -> &'static str {
    match left {
        LeftQueue::Answered => "answered",
        LeftQueue::Abandoned => "abandoned",
        LeftQueue::Overflowed { .. } => "overflowed",
        LeftQueue::Message => "message",
        LeftQueue::Callback => "callback",
        LeftQueue::Lost => "lost",
    }
}

fn in_the_journal(act: &Act, events: &[Event], checks: &mut Checks) {
    let ends: Vec<(String, String)> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::OfferEnded { agent, end, .. } => Some((agent.to_string(), word(end))),
            _ => None,
        })
        .collect();
    let ends: Vec<(&str, &str)> = ends.iter().map(|(agent, end)| (agent.as_str(), end.as_str())).collect();
    checks.same("agents rung, in the journal", &ends.as_slice(), &act.offers);
    let reasons = events.iter().filter_map(|event| match &event.kind {
        EventKind::Offered { agent, why, .. } => Some((agent, why)),
        _ => None,
    });
    for (agent, why) in reasons {
        let first = why.candidates.first().is_some_and(|first| first.starts_with(agent.as_str()));
        checks
            .that(first && !why.strategy.is_empty(), format!("why agent {agent} was rung is in the journal"));
    }
    let once =
        |wanted: fn(&EventKind) -> bool| events.iter().filter(|event| wanted(&event.kind)).count() == 1;
    checks.that(
        once(|kind| matches!(kind, EventKind::CallEnded { .. }))
            && once(|kind| matches!(kind, EventKind::RecordingArchived { .. })),
        "the call ended once and was archived once",
    );
}

/// Plays the recording.
fn in_the_archive(
    evidence: &Evidence<'_>,
    archived: &Archived,
    sounds: &[Sound],
    checks: &mut Checks,
) -> anyhow::Result<RecordingReport> {
    let Evidence { act, visit, archive, voices, .. } = evidence;
    let file = archive.join(&archived.file).canonicalize().unwrap_or_else(|_| archive.join(&archived.file));
    let Wave { bytes_hash, rate, channels: [left, right] } = Wave::read(&file)?;
    let seconds = left.len() as f64 / RATE as f64;
    let (own, least) = act.sound.caller;
    let left_tone_seconds = tone_seconds(&left, own);
    let right_tone_seconds = tone_seconds(&right, AGENT_TONE);
    let right_prompts = repeated(&right, sounds, voices)?;
    checks.that(bytes_hash == archived.sha256, "the recording's SHA-256 is the one in the index");
    checks.that(
        seconds >= visit.heard.len() as f64 / RATE as f64 - 0.5,
        format!("the recording is as long as the call: {seconds:.1} s"),
    );
    checks.that(
        left_tone_seconds >= least,
        format!("left holds the caller's tone for {left_tone_seconds:.1} s"),
    );
    let crossed = tone_seconds(&right, own).max(tone_seconds(&left, AGENT_TONE));
    checks.that(crossed < 0.2, format!("neither side is in the other's channel: {crossed:.1} s"));
    let wanted = act.sound.agent.map_or(0.0, |(_, least)| least);
    let agent_fits = if wanted > 0.0 { right_tone_seconds >= wanted } else { right_tone_seconds < 0.2 };
    checks.that(agent_fits, format!("right holds the agent's tone for {right_tone_seconds:.1} s"));
    let (again, heard) = right_prompts;
    checks.that(
        again == heard && heard >= act.heard.len(),
        format!("right holds what was heard, where it was heard: {again} of {heard} prompts"),
    );
    checks.that(
        archived.missing_ms <= 500,
        format!("nothing is missing in the recording: {} ms", archived.missing_ms),
    );
    Ok(RecordingReport {
        file: file.display().to_string(),
        seconds,
        channels: 2,
        rate,
        sha256: bytes_hash,
        left_tone_seconds,
        right_tone_seconds,
        right_prompts,
    })
}

/// A recording, its two channels apart.
struct Wave {
    bytes_hash: String,
    rate: u32,
    channels: [Vec<i16>; 2],
}

impl Wave {
    fn read(file: &PathBuf) -> anyhow::Result<Wave> {
        let reading = || format!("reading the recording {}", file.display());
        let bytes = std::fs::read(file).with_context(reading)?;
        let mut reader = hound::WavReader::new(bytes.as_slice()).with_context(reading)?;
        let spec = reader.spec();
        ensure!(spec.channels == 2, "{} has {} channels instead of two", file.display(), spec.channels);
        let samples = reader.samples::<i16>().collect::<Result<Vec<i16>, _>>().with_context(reading)?;
        let channel = |first: usize| samples.iter().skip(first).step_by(2).copied().collect();
        Ok(Wave {
            bytes_hash: hash(&bytes).to_string(),
            rate: spec.sample_rate,
            channels: [channel(0), channel(1)],
        })
    }
}

/// How many of the prompts heard whole are in `channel` where they were heard, and how many there are.
fn repeated(channel: &[i16], sounds: &[Sound], voices: &Voices) -> anyhow::Result<(usize, usize)> {
    let (mut again, mut heard) = (0, 0);
    for sound in sounds {
        let What::Whole(name) = &sound.what else { continue };
        heard += 1;
        let from = sound.from.saturating_sub(ASIDE).min(channel.len());
        let to = (sound.to + ASIDE).min(channel.len());
        again += usize::from(correlation(&channel[from..to], voices.sound(name)?).is_heard());
    }
    Ok((again, heard))
}

/// What was heard and pressed, in order; words of one sentence in one line.
fn line(visit: &Visit, sounds: &[Sound], voices: &Voices) -> anyhow::Result<Vec<Moment>> {
    let seconds = |samples: usize| samples as f64 / RATE as f64;
    let mut line: Vec<Moment> = Vec::new();
    for sound in sounds {
        let (what, text, english) = match &sound.what {
            What::Whole(name) => {
                let voice = voices.get(name)?;
                if let Some(last) = line.last_mut().filter(|_| continues(name)) {
                    last.text.push_str(&voice.text);
                    last.english.push_str(&format!(" {}", voice.english));
                    last.seconds = seconds(sound.to) - last.at;
                    continue;
                }
                (Kind::Hears, voice.text.clone(), voice.english.clone())
            }
            What::Cut(name) => {
                let voice = voices.get(name)?;
                (Kind::HearsPart, format!("{} …", voice.text), format!("{} (cut off)", voice.english))
            }
            What::Tone(hz) => {
                (Kind::HearsTone, format!("(a tone of {hz:.0} Hz: the agent speaks)"), String::new())
            }
            What::Unknown => (Kind::HearsTone, "(unknown)".to_owned(), String::new()),
        };
        let (at, length) = (seconds(sound.from), seconds(sound.to - sound.from));
        line.push(Moment { at, seconds: length, what, text, english: english.trim().to_owned() });
    }
    line.extend(visit.pressed.iter().map(|(at, key)| Moment {
        at: seconds(*at),
        seconds: 0.1,
        what: Kind::Presses,
        text: key.to_string(),
        english: String::new(),
    }));
    line.sort_by(|a, b| a.at.total_cmp(&b.at));
    Ok(line)
}

/// Whether a prompt goes on with the sentence before it.
fn continues(name: &str) -> bool {
    name.starts_with("system.digit.") || name.ends_with(".after")
}

/// The columns of a row that people look at.
fn columns(row: &CallRow) -> Columns {
    let visit = |visit: &QueueVisit| {
        let waited = visit.waited_ms.unwrap_or(0);
        let left = visit.left.as_ref().map_or("waiting", left);
        format!("{} ({left} after {}.{} s)", visit.queue, waited / 1_000, waited % 1_000 / 100)
    };
    let mut columns = Columns::default();
    columns.add("arrived", timestamp(row.arrived_at));
    columns.add("caller", "(sealed)");
    columns.add("language", &row.language);
    columns.add("menus", row.menu_path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" > "));
    columns.add("keys", &row.keys);
    columns.add("asked_for_person_ms", row.requested_ms);
    columns.add("queues", row.visits.iter().map(visit).collect::<Vec<_>>().join(", "));
    columns.add("agents", row.agents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    columns.add("talked_ms", row.talked_ms);
    columns.add("message_ms", row.message_ms);
    columns.add("outcome", row.outcome);
    columns.add("ended_by", row.ended_by);
    columns.add("duration_ms", row.duration_ms);
    if let RecordingState::Archived(archived) = &row.recording {
        columns.add("recording", &archived.file);
        columns.add("missing_ms", archived.missing_ms);
        columns.add("masked_ms", archived.masked_ms);
    }
    columns
}
