//! What `unseal` does: everything a server has written, opened with its own keys and searched.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use hotline::event::{Event, EventKind};
use hotline::ids::{CallId, Key, LegId};
use hotline::io::journal;
use hotline::io::keys::KeyTable;
use hotline::io::secrets::{Purpose, Secrets};
use hotline::io::spool::{SpoolReader, scan};
use hotline::media::command::Codec;
use hotline::media::g711;
use hotline::phone::{Signal, decode_keys, listen};
use hotline::record::block::Item;
use hotline::sealed::{CallKey, CallerNumber, IdentityHash, KeyedDigits, Personal, Sealed};
use serde_json::Value;

type Failure = Box<dyn Error>;

/// This many digits in a row are taken for a part of the secret.
const PART: usize = 3;
const FRAME: usize = 160;
/// Share of a frame's energy in the two tones of a key.
const TONES: f64 = 0.8;
const KEYS: &str = "0123456789*#";

/// What was looked at, and what should not have been there.
#[derive(Default)]
pub struct Report {
    pub spooled_calls: usize,
    pub packets: usize,
    /// Keys in spooled sound, whether of the secret or not.
    pub keys_heard: usize,
    /// Frames of 20 ms that sound like a key, although too short to be one.
    pub frames_of_keys: usize,
    pub events: usize,
    pub sealed: usize,
    pub found: Vec<String>,
}

impl Report {
    pub fn line(&self) -> String {
        serde_json::json!({
            "spooled_calls": self.spooled_calls,
            "packets": self.packets,
            "keys_heard": self.keys_heard,
            "frames_of_keys": self.frames_of_keys,
            "events": self.events,
            "sealed": self.sealed,
            "found": self.found,
        })
        .to_string()
    }

    /// Notes any of the secrets in `text`.
    fn look(&mut self, text: &str, secrets: &[String], place: impl Fn() -> String) {
        if secrets.iter().any(|digits| text.contains(digits.as_str())) {
            self.found.push(place());
        }
    }

    /// Notes any part of a secret among keys.
    fn look_in_keys(&mut self, keys: &str, secrets: &[String], place: impl Fn() -> String) {
        let part = |digits: &String| {
            (0..=digits.len().saturating_sub(PART))
                .any(|n| keys.contains(&digits[n..(n + PART).min(digits.len())]))
        };
        if secrets.iter().any(part) {
            self.found.push(place());
        }
    }
}

/// Everything under `storage`, searched for `secrets`.
pub fn search(storage: &Path, secrets: &[String]) -> Result<Report, Failure> {
    let mut report = Report::default();
    let opened = Secrets::open(&storage.join("secrets"))?;
    let spool = storage.join("spool");
    let reader = SpoolReader::new(&spool, opened.key(Purpose::Spool));
    for (call, places) in scan(&spool)? {
        report.spooled_calls += 1;
        let mut sound: BTreeMap<LegId, Sound> = BTreeMap::new();
        let read = reader.visit(call, &places, |item| {
            if let Item::Packet(packet) = item {
                sound.entry(packet.leg).or_default().take(packet.codec, packet.payload);
            }
        })?;
        if read.damaged > 0 {
            return Err(format!("{} blocks of the spool of {call} do not open", read.damaged).into());
        }
        for (leg, sound) in sound {
            sound.look(leg, secrets, &mut report);
        }
    }
    let mut keys = KeyTable::open_read_only(&opened)?;
    let mut pressed: BTreeMap<CallId, String> = BTreeMap::new();
    for event in journal::read_all(&storage.join("journal"))? {
        look_at_event(&event?, &mut keys, &mut pressed, (secrets, &mut report))?;
    }
    for (call, keys) in pressed {
        report.look(&keys, secrets, || format!("{call}: keys in the journal"));
    }
    Ok(report)
}

/// Sealed values of an event, and its keys.
fn look_at_event(
    event: &Event,
    keys: &mut KeyTable,
    pressed: &mut BTreeMap<CallId, String>,
    (secrets, report): (&[String], &mut Report),
) -> Result<(), Failure> {
    report.events += 1;
    let Some(call) = event.call else { return Ok(()) };
    if let EventKind::KeyPressed { key, .. } = &event.kind {
        pressed.entry(call).or_default().push(key.as_char());
    }
    if let Some(key) = keys.get(call)? {
        let mut texts = Vec::new();
        texts_of(&serde_json::to_value(&event.kind)?, &mut texts);
        // Whatever opens with the key of the call was sealed, in whichever event it stands.
        for opened in texts.iter().filter_map(|text| opened(text, &key)) {
            report.sealed += 1;
            report.look(&opened, secrets, || format!("{call}: sealed value in event {}", event.seq.0));
        }
    }
    let shown = serde_json::to_string(event)?;
    let alone = secrets.iter().any(|digits| {
        shown.match_indices(digits.as_str()).any(|(at, _)| {
            let before = shown[..at].chars().next_back();
            let after = shown[at + digits.len()..].chars().next();
            !before.into_iter().chain(after).any(|c| c.is_ascii_hexdigit())
        })
    });
    if alone {
        report.found.push(format!("{call}: event {} in the journal", event.seq.0));
    }
    Ok(())
}

/// A text that was sealed, of whatever kind.
fn opened(text: &str, key: &CallKey) -> Option<String> {
    fn as_kind<K: Personal>(text: &str, key: &CallKey) -> Option<String> {
        Sealed::<K>::from_hex(text).ok()?.open(key).ok()
    }
    let kinds = [as_kind::<CallerNumber>, as_kind::<KeyedDigits>, as_kind::<IdentityHash>];
    kinds.into_iter().find_map(|open| open(text, key))
}

/// All texts within a value.
fn texts_of(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|value| texts_of(value, texts)),
        Value::Object(all) => all.values().for_each(|value| texts_of(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What was spooled of one leg.
#[derive(Default)]
struct Sound {
    samples: Vec<i16>,
    payloads: Vec<u8>,
    packets: usize,
    /// Of payloads that look like telephone-events.
    events: String,
}

impl Sound {
    fn take(&mut self, codec: Codec, payload: &[u8]) {
        self.packets += 1;
        self.payloads.extend_from_slice(payload);
        if let [code @ 0..16, ..] = payload
            && payload.len() == 4
        {
            let key = KEYS.chars().nth(usize::from(*code)).unwrap_or('?');
            if !self.events.ends_with(key) {
                self.events.push(key);
            }
        } else {
            self.samples.extend(g711::samples(codec, payload));
        }
    }

    fn look(&self, leg: LegId, secrets: &[String], report: &mut Report) {
        report.packets += self.packets;
        let heard: String = decode_keys(&self.samples).iter().map(|k| k.key.as_char()).collect();
        report.keys_heard += heard.len() + self.events.len();
        report.look_in_keys(&heard, secrets, || format!("{leg:?}: keys in spooled sound"));
        report.look_in_keys(&self.events, secrets, || format!("{leg:?}: telephone-events in the spool"));
        let mut frames = String::new();
        for key in self.samples.chunks(FRAME).filter_map(key_of_frame) {
            report.frames_of_keys += 1;
            if !frames.ends_with(key) {
                frames.push(key);
            }
        }
        report.look_in_keys(&frames, secrets, || format!("{leg:?}: frames of keys in the spool"));
        let text = String::from_utf8_lossy(&self.payloads);
        report.look(&text, secrets, || format!("{leg:?}: text in the spool"));
    }
}

/// The key whose two tones make up a frame.
fn key_of_frame(samples: &[i16]) -> Option<char> {
    if samples.len() < FRAME || listen::rms(samples) < 200.0 {
        return None;
    }
    KEYS.chars().find(|key| {
        let Some([low, high]) = Key::from_char(*key).map(Signal::key_tone) else { return false };
        let (low, high) = (listen::tone_share(samples, low), listen::tone_share(samples, high));
        low.min(high) > TONES / 4.0 && low + high > TONES
    })
}
