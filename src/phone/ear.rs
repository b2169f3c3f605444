//! Which of many known prompts were in a sound, in order: by correlation, not by trust.

use super::listen::{correlation, rms, tone_seconds};

/// Samples a second.
pub const RATE: usize = 8_000;
/// Shortest sound that is looked at once the whole prompts are found: 0.3 s.
const SHORTEST: usize = 2_400;
/// Beginning of a prompt that is enough to know it when it was cut off: 0.4 s.
const BEGINNING: usize = 3_200;
/// A prompt is followed to its cut in steps of 0.1 s.
const STEP: usize = 800;
/// Steps of 20 ms in which loudness is looked at, and what counts as silence.
const FRAME: usize = 160;
const SILENCE: f64 = 100.0;
/// Times the same prompt may be found in one call.
const REPEATS: usize = 8;

/// A prompt that may be in a sound.
#[derive(Clone, Copy)]
pub struct Known<'v> {
    pub name: &'v str,
    pub sound: &'v [i16],
}

/// Something that was heard, in samples from the answer on.
#[derive(Clone, PartialEq, Debug)]
pub struct Sound {
    pub from: usize,
    pub to: usize,
    pub what: What,
}

#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// A prompt from its beginning to its end.
    Whole(String),
    /// Only the beginning of a prompt: a key, an agent or the next announcement cut it off.
    Cut(String),
    /// A tone of this frequency.
    Tone(f64),
    Unknown,
}

/// Everything that `heard` consists of, in order. `tones` are those that agents may speak in.
pub fn recognise(heard: &[i16], known: &[Known<'_>], tones: &[f64]) -> Vec<Sound> {
    let mut rest = heard.to_vec();
    let mut found = Vec::new();
    let mut longest: Vec<&Known<'_>> = known.iter().collect();
    longest.sort_by_key(|voice| std::cmp::Reverse(voice.sound.len()));
    for voice in longest {
        for _ in 0..REPEATS {
            let Some((from, to)) = whole(&rest, voice.sound) else { break };
            found.push(Sound { from, to, what: What::Whole(voice.name.to_owned()) });
            rest[from..to].fill(0);
        }
    }
    while let Some((from, to)) = loud_stretch(&rest) {
        let sound = explain(&rest, (from, to), known, tones);
        rest[sound.from..sound.to].fill(0);
        found.push(sound);
    }
    found.sort_by_key(|sound| sound.from);
    found
}

/// Where a prompt lies in a sound from beginning to end.
fn whole(sound: &[i16], prompt: &[i16]) -> Option<(usize, usize)> {
    let found = correlation(sound, prompt);
    let to = (found.offset + prompt.len()).min(sound.len());
    (found.is_heard() && found.offset < to).then_some((found.offset, to))
}

/// The first stretch of sound that is long enough to be looked at.
fn loud_stretch(sound: &[i16]) -> Option<(usize, usize)> {
    let mut from = None;
    let mut quiet = 0;
    for (n, frame) in sound.chunks(FRAME).enumerate() {
        let at = n * FRAME;
        if rms(frame) >= SILENCE {
            from.get_or_insert(at);
            quiet = 0;
        } else {
            quiet += 1;
        }
        // Pauses within speech are shorter than 0.4 s.
        if let Some(start) = from.filter(|_| quiet > 20) {
            if at - start > SHORTEST + 20 * FRAME {
                return Some((start, at - 20 * FRAME));
            }
            from = None;
        }
    }
    from.map(|start| (start, sound.len())).filter(|(start, end)| end - start >= SHORTEST)
}

/// What a stretch begins with; it may go on with something else.
fn explain(sound: &[i16], (from, to): (usize, usize), known: &[Known<'_>], tones: &[f64]) -> Sound {
    let seconds = (to - from) as f64 / RATE as f64;
    let stretch = &sound[from..to];
    if let Some(hz) = tones.iter().find(|hz| tone_seconds(stretch, **hz) >= 0.8 * seconds) {
        return Sound { from, to, what: What::Tone(*hz) };
    }
    // A prompt begins with some silence of its own.
    let start = from.saturating_sub(STEP);
    let cut = |voice: &Known<'_>| Some((beginning(&sound[start..to], voice.sound)?, voice.name.to_owned()));
    match known.iter().filter_map(cut).max() {
        Some((length, name)) => {
            let end = (start + length).max(from + SHORTEST).min(to);
            Sound { from, to: end, what: What::Cut(name) }
        }
        None => Sound { from, to, what: What::Unknown },
    }
}

/// How far into `stretch` the beginning of a prompt reaches that stands at its front.
fn beginning(stretch: &[i16], prompt: &[i16]) -> Option<usize> {
    let near = &stretch[..stretch.len().min(BEGINNING + 4 * STEP)];
    let (from, mut to) = whole(near, prompt.get(..BEGINNING)?).filter(|(from, _)| *from <= 3 * STEP)?;
    let mut length = BEGINNING;
    while let Some(more) = prompt.get(length..length + STEP) {
        let place = stretch.get(from + length..from + length + STEP);
        let alike = |sound: &[i16]| rms(more) < SILENCE || correlation(sound, more).is_heard();
        if !place.is_some_and(alike) {
            break;
        }
        length += STEP;
        to = from + length;
    }
    Some(to)
}

/// Whether `wanted` were heard whole, in this order, with anything between them.
pub fn in_order<'w>(sounds: &[Sound], wanted: &[&'w str]) -> Result<(), &'w str> {
    let mut heard = sounds.iter().filter_map(|sound| match &sound.what {
        What::Whole(name) => Some(name.as_str()),
        What::Cut(_) | What::Tone(_) | What::Unknown => None,
    });
    match wanted.iter().find(|name| !heard.any(|heard| heard == **name)) {
        Some(missing) => Err(missing),
        None => Ok(()),
    }
}

/// Seconds in which nothing that is known was heard.
pub fn unknown_seconds(sounds: &[Sound]) -> f64 {
    let unknown = sounds.iter().filter(|sound| sound.what == What::Unknown);
    unknown.map(|sound| sound.to - sound.from).sum::<usize>() as f64 / RATE as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::listen::tests::speech;
    use crate::phone::signal::tone;

    #[test]
    fn prompts_tones_and_cuts_are_told_apart_and_in_order() {
        let sounds = [speech(1, 1.5), speech(2, 3.0), speech(3, 0.5)];
        let known: Vec<Known> = ["notice", "greeting", "one"]
            .iter()
            .zip(&sounds)
            .map(|(name, sound)| Known { name, sound })
            .collect();
        let mut line = vec![0; 700];
        line.extend(&sounds[0]);
        line.extend(&sounds[1][..12_000]);
        line.extend(&sounds[2]);
        line.extend(tone(620.0, 0.3, 1.0));
        line.extend(vec![0; 8_000]);
        line.extend(tone(333.0, 0.3, 1.0));
        let sounds = recognise(&line, &known, &[620.0]);
        let what: Vec<What> = sounds.iter().map(|sound| sound.what.clone()).collect();
        let expected = [
            What::Whole("notice".into()),
            What::Cut("greeting".into()),
            What::Whole("one".into()),
            What::Tone(620.0),
            What::Unknown,
        ];
        assert_eq!(what, expected, "{sounds:?}");
        assert!(sounds[1].to.abs_diff(sounds[2].from) < 2_000, "{sounds:?}");
        assert_eq!(in_order(&sounds, &["notice", "one"]), Ok(()));
        assert_eq!(in_order(&sounds, &["one", "notice"]), Err("notice"));
        assert!((unknown_seconds(&sounds) - 1.0).abs() < 0.1);
    }
}
