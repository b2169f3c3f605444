//! Slow variants of all that is spoken, made when a hotline cares for elderly callers (HB-elder).
//!
//! They stand in the snapshot like recordings of their own, under `LANGUAGE+slow`, so that what was
//! heard can be found again by its hash.

use std::path::Path;

use super::store::Store;
use super::{Sounds, broken};
use crate::config::finding::Finding;
use crate::io::prompts::clip::{clip, hash};
use crate::io::prompts::inspect::read_bounded;
use crate::io::prompts::manifest::{Manifest, Recording};
use crate::io::prompts::shape::{resample, to_i16};
use crate::io::prompts::slow::slow;
use crate::io::prompts::wav::{self, WavError};
use crate::media::command::PromptTable;

/// What the language of a slow variant ends with.
pub const SLOW: &str = "+slow";

/// Adds a slow variant of everything spoken to the sound of a snapshot. What the version before had of
/// the same recording is taken over.
pub fn add(
    manifest: &mut Manifest,
    (files, prompts): &mut Sounds,
    before: &Manifest,
    store: &Store,
) -> Result<(), Vec<Finding>> {
    let spoken: Vec<Recording> =
        manifest.recordings.values().filter(|r| r.language != PromptTable::ANY).cloned().collect();
    let make = |recording: &Recording| {
        let known = known(recording, before, store);
        let made = || files.get(&recording.sha256).map_or(Err(WavError::Empty), |file| slowed(file));
        known.map_or_else(made, Ok).map(|file| (recording.clone(), file))
    };
    for made in in_parallel(&spoken, make) {
        let (recording, file) =
            made.map_err(|error| vec![broken(Path::new("prompts"), &error.to_string())])?;
        let clip = clip(&file).map_err(|error| vec![broken(Path::new("prompts"), &error.to_string())])?;
        let language = format!("{}{SLOW}", recording.language);
        prompts.insert(&language, &recording.name, clip);
        let origin = "slowed by hotline publish".to_owned();
        manifest.insert(Recording { language, sha256: hash(&file), origin, ..recording });
        files.insert(hash(&file), file);
    }
    Ok(())
}

fn known(recording: &Recording, before: &Manifest, store: &Store) -> Option<Vec<u8>> {
    let same = before.get(&recording.language, &recording.name)?.sha256 == recording.sha256;
    let variant = before.get(&format!("{}{SLOW}", recording.language), &recording.name).filter(|_| same)?;
    let file = read_bounded(&store.prompt(variant.sha256)).ok()?;
    (hash(&file) == variant.sha256).then_some(file)
}

fn slowed(file: &[u8]) -> Result<Vec<u8>, WavError> {
    wav::encode(&slow(&to_i16(&resample(wav::decode(file)?)?)))
}

/// On every processor; in the order given.
fn in_parallel<'a, T: Send>(recordings: &'a [Recording], make: impl Fn(&'a Recording) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = recordings.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let make = &make;
        let workers: Vec<_> = recordings
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(make).collect::<Vec<T>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    })
}
