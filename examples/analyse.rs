//! What is in sound files: length, tones, keys, and whether a prompt was heard. JSON on standard output.
//!
//! ```text
//! analyse sound [--hz HZ]... FILE...      a line a file: seconds, and of each channel loudness, tones, keys
//! analyse match SOUND CHANNEL PROMPT...   a line a prompt: score, coverage, whether it was heard, where
//! ```

use std::error::Error;
use std::f64::consts::PI;
use std::process::ExitCode;

use hotline::phone::{decode_keys, listen};

const RATE: u32 = 8_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["sound", rest @ ..] => sound(rest),
        ["match", file, channel, prompts @ ..] => find(file, channel, prompts),
        _ => Err("see the head of examples/analyse.rs".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("analyse: {e}");
            ExitCode::FAILURE
        }
    }
}

fn sound(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let (mut tones, mut files) = (Vec::new(), Vec::new());
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--hz" => tones.push(rest.next().ok_or("--hz needs a number")?.parse::<f64>()?),
            file => files.push(file),
        }
    }
    for file in files {
        let channels = read(file)?;
        let seconds = channels.first().map_or(0, Vec::len) as f64 / f64::from(RATE);
        let told: Vec<_> = channels.iter().map(|samples| channel(samples, &tones)).collect();
        println!("{}", serde_json::json!({ "file": file, "seconds": seconds, "channels": told }));
    }
    Ok(())
}

fn channel(samples: &[i16], tones: &[f64]) -> serde_json::Value {
    let held = tones.iter().map(|hz| (hz.to_string(), listen::tone_seconds(samples, *hz).into()));
    let keys: String = decode_keys(samples).iter().map(|k| k.key.as_char()).collect();
    serde_json::json!({
        "rms": listen::rms(samples),
        "tones": serde_json::Map::from_iter(held),
        "keys": keys,
        "last_sound": samples.iter().rposition(|s| s.unsigned_abs() > 100).map_or(0.0, |n| n as f64 / f64::from(RATE)),
    })
}

fn find(file: &str, channel: &str, prompts: &[&str]) -> Result<(), Box<dyn Error>> {
    let channels = read(file)?;
    let heard = channels.get(channel.parse::<usize>()?).ok_or("there is no such channel")?;
    for prompt in prompts {
        let samples = read(prompt)?.swap_remove(0);
        let found = listen::correlation(heard, &samples);
        println!(
            "{}",
            serde_json::json!({
                "prompt": prompt,
                "score": found.score,
                "coverage": found.coverage,
                "heard": found.is_heard(),
                "at": found.offset as f64 / f64::from(RATE),
            })
        );
    }
    Ok(())
}

/// The channels of a WAV file, at 8,000 samples a second.
fn read(file: &str) -> Result<Vec<Vec<i16>>, Box<dyn Error>> {
    let mut wav = hound::WavReader::open(file).map_err(|e| format!("{file}: {e}"))?;
    let spec = wav.spec();
    if spec.sample_format != hound::SampleFormat::Int || spec.bits_per_sample != 16 {
        return Err(format!("{file}: not 16-bit samples").into());
    }
    let count = usize::from(spec.channels.max(1));
    let samples = wav.samples::<i16>().collect::<Result<Vec<i16>, _>>()?;
    let one = |n: usize| samples.iter().skip(n).step_by(count).copied().collect::<Vec<i16>>();
    Ok((0..count).map(|n| resample(one(n), spec.sample_rate)).collect())
}

/// To 8,000 samples a second by a windowed sinc: good enough to compare, not to listen to.
fn resample(samples: Vec<i16>, rate: u32) -> Vec<i16> {
    if rate == RATE || rate == 0 {
        return samples;
    }
    let ratio = f64::from(rate) / f64::from(RATE);
    let cutoff = (1.0 / ratio).min(1.0) * 0.95;
    let reach = (16.0 * ratio.max(1.0)) as isize;
    let length = (samples.len() as f64 / ratio) as usize;
    let at = |n: isize| usize::try_from(n).ok().and_then(|n| samples.get(n)).map_or(0.0, |s| f64::from(*s));
    let one = |n: usize| {
        let centre = n as f64 * ratio;
        let middle = centre as isize;
        let sum: f64 = (middle - reach..=middle + reach)
            .map(|k| {
                let x = k as f64 - centre;
                let window = 0.5 + 0.5 * (PI * x / (reach as f64 + 1.0)).cos();
                let angle = PI * x * cutoff;
                let sinc = if angle.abs() < 1e-9 { 1.0 } else { angle.sin() / angle };
                at(k) * sinc * cutoff * window
            })
            .sum();
        sum.clamp(-32_768.0, 32_767.0) as i16
    };
    (0..length).map(one).collect()
}
