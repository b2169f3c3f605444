//! The sample's prompts as sound, to be recognised by ear.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::ids::PromptHash;
use crate::io::prompts::manifest::{FILE, Manifest};
use crate::phone::ear::Known;

/// The language that callers hear unless they choose another, and the one its texts are explained in.
pub const SPOKEN: &str = "zh-CN";
const EXPLAINED: &str = "en-US";
const ANY: &str = "any";

/// A recording of the sample.
#[derive(Clone)]
pub struct Voice {
    pub name: String,
    pub text: String,
    /// The same in English; empty where it is English already or has no words.
    pub english: String,
    pub sound: Arc<[i16]>,
}

/// Everything a caller can hear in [`SPOKEN`], by name.
pub struct Voices(BTreeMap<String, Voice>);

impl Voices {
    pub fn load(prompts: &Path) -> anyhow::Result<Voices> {
        let manifest = Manifest::read(&prompts.join(FILE)).map_err(|error| anyhow!("{error}"))?;
        let mut voices = BTreeMap::new();
        let mut known: Vec<PromptHash> = Vec::new();
        for recording in manifest.recordings.values() {
            let spoken = recording.language == SPOKEN || recording.language == ANY;
            if !spoken || known.contains(&recording.sha256) {
                continue;
            }
            known.push(recording.sha256);
            let name = &recording.name;
            let english = manifest.get(EXPLAINED, name).map(|r| r.text.clone()).unwrap_or_default();
            let path = prompts.join(&recording.language).join(format!("{name}.wav"));
            let voice = Voice {
                name: name.clone(),
                text: words(&recording.text, &recording.kind),
                english,
                sound: samples(&path)?.into(),
            };
            voices.insert(name.clone(), voice);
        }
        Ok(Voices(voices))
    }

    pub fn get(&self, name: &str) -> anyhow::Result<&Voice> {
        self.0.get(name).with_context(|| format!("there is no prompt {name} in {SPOKEN}"))
    }

    pub fn sound(&self, name: &str) -> anyhow::Result<&[i16]> {
        Ok(&self.get(name)?.sound)
    }

    /// All of them, to be told apart by ear.
    pub fn known(&self) -> Vec<Known<'_>> {
        self.0.values().map(|voice| Known { name: &voice.name, sound: &voice.sound }).collect()
    }
}

/// What is said, or what it is when nothing is said.
fn words(text: &str, kind: &str) -> String {
    match (text, kind) {
        ("", "hold") => "(hold audio)".to_owned(),
        ("", kind) => format!("({kind})"),
        (text, _) => text.to_owned(),
    }
}

fn samples(path: &Path) -> anyhow::Result<Vec<i16>> {
    let reading = || format!("reading {}", path.display());
    let mut reader = hound::WavReader::open(path).with_context(reading)?;
    reader.samples::<i16>().collect::<Result<_, _>>().with_context(reading)
}
