//! Announcements recorded by telephone: kept by their hash beside the sound of all versions, each with
//! who spoke it and when (CBA-10d, CBA-24).

use std::io;
use std::time::Duration;

use super::Versions;
use crate::engine::AnnouncementOrder;
use crate::io::prompts::build::day;
use crate::io::prompts::clip::clip;
use crate::io::prompts::manifest::Recording;
use crate::io::prompts::{RATE, shape, wav};
use crate::media::command::{Clip, PromptTable};
use crate::now::Wall;

/// What is left of it without the silence around must be this long.
const SHORTEST: Duration = Duration::from_millis(500);

impl Versions {
    /// Trims it, makes it as loud as every prompt, and stores sound and entry; `None` if nothing was said.
    pub fn keep_announcement(&self, order: &AnnouncementOrder, at: Wall) -> io::Result<Option<Clip>> {
        let voice = order.samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        let voice = shape::trim(voice);
        let silent = voice.iter().all(|sample| sample.abs() < SILENCE);
        if silent || voice.len() < RATE as usize * SHORTEST.as_millis() as usize / 1000 {
            return Ok(None);
        }
        let invalid = |error: wav::WavError| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        let file = wav::encode(&shape::to_i16(&shape::normalise(voice))).map_err(invalid)?;
        let clip = clip(&file).map_err(invalid)?;
        self.store.keep_prompt(clip.hash, &file)?;
        self.store.keep_announcement(&Recording {
            language: PromptTable::ANY.to_owned(),
            name: format!("plan.{}", order.plan),
            sha256: clip.hash,
            kind: "notice".to_owned(),
            text: String::new(),
            origin: format!("recorded by telephone in call {}", order.call),
            approver: order.by.to_string(),
            date: day(at),
        })?;
        Ok(Some(clip))
    }
}

/// Quieter than this all the way, it is no voice (-40 dB of full scale).
const SILENCE: f32 = 0.01;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BootId, CallId, NodeId};

    #[test]
    fn what_was_said_is_kept_with_who_said_it_and_silence_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let versions = Versions::open(dir.path()).unwrap();
        let order = |samples: Vec<i16>| AnnouncementOrder {
            call: CallId { node: NodeId(1), boot: BootId(7), n: 42 },
            plan: "storm".into(),
            by: "1003".into(),
            samples: samples.into(),
        };
        let keep = |samples| versions.keep_announcement(&order(samples), Wall(0)).unwrap();
        assert_eq!(keep(Vec::new()), None);
        assert_eq!(keep(vec![0; 40_000]), None);
        let voice = |n: usize| ((n as f32 / 9.0).sin() * 3_000.0) as i16;
        assert_eq!(keep((0..2_000).map(voice).collect()), None, "a cough");
        let mut said = vec![0; 16_000];
        said.extend((0..16_000).map(voice));
        said.extend(vec![0; 8_000]);
        let clip = keep(said).unwrap();
        assert_eq!(clip.length().as_millis(), 2_100, "without the silence before and after");
        let fresh = Versions::open(dir.path()).unwrap();
        assert_eq!(fresh.prompt_by_hash(clip.hash), Some(clip.clone()));
        let entry = dir.path().join(format!("versions/announcements/{}.toml", clip.hash));
        let entry = std::fs::read_to_string(entry).unwrap();
        assert!(entry.contains("approver = \"1003\"") && entry.contains("in call 1-7-42"), "{entry}");
        assert_eq!(fresh.list().unwrap().len(), 0, "it is no version");
    }
}
