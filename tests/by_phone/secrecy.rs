//! Digits that may be nowhere: not by text, not under the server's own keys, not by ear.

use std::path::{Path, PathBuf};

use hotline::phone::decode_keys;

use super::server::Server;
use super::unseal;

/// Looks at everything a server has written, and at what it tells; what was opened and found.
pub struct Searched {
    pub report: unseal::Report,
    pub recordings: usize,
}

/// Searches storage, log and `told` (pages of figures, answers of commands) for secrets.
pub fn search(server: &Server, secrets: &[&str], told: &[String]) -> Searched {
    let storage = &server.config.storage.directory;
    let mut found = Vec::new();
    let mut files = vec![server.stage.path("log")];
    every_file(storage, &mut files);
    for path in &files {
        let bytes = std::fs::read(path).unwrap_or_default();
        for secret in secrets.iter().filter(|secret| holds(&bytes, secret)) {
            found.push(format!("{secret} in {}", path.display()));
        }
    }
    for page in told {
        found.extend(
            secrets.iter().filter(|s| holds(page.as_bytes(), s)).map(|s| format!("{s} is told: {page}")),
        );
    }
    let archive = &server.config.storage.archive;
    let recordings: Vec<&PathBuf> = files.iter().filter(|path| path.starts_with(archive)).collect();
    found.extend(recordings.iter().flat_map(|path| heard(path)));
    let owned: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    let report = unseal::search(storage, &owned).expect("everything opens with the server's keys");
    found.extend(report.found.iter().cloned());
    assert!(found.is_empty(), "{found:#?}");
    Searched { recordings: recordings.len(), report }
}

fn every_file(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the storage") {
        let path = entry.expect("a file of the storage").path();
        match path.is_dir() {
            true => every_file(&path, files),
            // What a running server has replaced meanwhile is gone for everybody.
            false => files.push(path),
        }
    }
}

/// Whether the digits stand there, also with something between them, and not within a longer number or hash.
fn holds(bytes: &[u8], secret: &str) -> bool {
    let digits = secret.as_bytes();
    let hex = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b));
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == digits[0]).map(|(at, _)| at);
    let mut found = starts.filter(|at| !hex(at.checked_sub(1).and_then(|before| bytes.get(before))));
    found.any(|at| spaced(&bytes[at..], digits).is_some_and(|end| !hex(bytes.get(at + end))))
}

/// Most bytes between two digits, such as `", "` of a list.
const BETWEEN: usize = 4;

/// Where the digits end that stand at the front.
fn spaced(bytes: &[u8], digits: &[u8]) -> Option<usize> {
    let mut at = 1;
    for digit in &digits[1..] {
        let rest = bytes.get(at..)?;
        let next =
            rest.iter().take(BETWEEN + 1).position(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))?;
        if rest[next] != *digit {
            return None;
        }
        at += next + 1;
    }
    Some(at)
}

/// Keys in a recording: two in a row would be a leak. (A machine too busy for its own telephones lets the
/// first tone of one key outrun its event by more than voice waits.)
fn heard(path: &Path) -> Option<String> {
    let mut wave = hound::WavReader::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let samples: Vec<i16> = wave.samples().map(|sample| sample.expect("a sample")).collect();
    [0, 1].into_iter().find_map(|channel| {
        let sound: Vec<i16> = samples.iter().skip(channel).step_by(2).copied().collect();
        let keys = decode_keys(&sound);
        (keys.len() > 1).then(|| format!("{} keys in {}", keys.len(), path.display()))
    })
}

#[test]
fn digits_are_found_with_things_between_them_and_not_in_hashes() {
    let found = ["pin=918273;", "9 1 8 2 7 3", "[\"9\",\"1\",\"8\",\"2\",\"7\",\"3\"]", "918273"];
    for text in found {
        assert!(holds(text.as_bytes(), "918273"), "{text}");
    }
    for text in ["9182730", "a918273", "91827", "918273f", "9-----1----8----2----7----3"] {
        assert!(!holds(text.as_bytes(), "918273"), "{text}");
    }
}
