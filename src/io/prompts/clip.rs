//! A WAV file becomes a clip: encoded once for each codec, named by the hash of the file.

use std::sync::Arc;

use ring::digest::{SHA256, digest};

use super::shape::{resample, to_i16};
use super::wav::{WavError, decode};
use crate::ids::PromptHash;
use crate::media::command::{Clip, Codec};
use crate::media::g711;

/// SHA-256 of the file as it lies on the disk.
pub fn hash(file: &[u8]) -> PromptHash {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, file).as_ref());
    PromptHash(bytes)
}

/// The clip of a WAV file of any usual form. Loudness and length stay as they were approved.
pub fn clip(file: &[u8]) -> Result<Clip, WavError> {
    let samples = to_i16(&resample(decode(file)?)?);
    let pcmu: Arc<[u8]> = g711::bytes(Codec::Pcmu, &samples).into();
    let pcma: Arc<[u8]> = g711::bytes(Codec::Pcma, &samples).into();
    Ok(Clip { hash: hash(file), pcmu, pcma })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::prompts::{tones, wav};

    #[test]
    fn a_clip_has_one_byte_a_sample_and_the_hash_of_its_file() {
        let file = wav::encode(&to_i16(&tones::beep())).unwrap();
        let clip = clip(&file).unwrap();
        assert_eq!((clip.pcmu.len(), clip.pcma.len()), (3_200, 3_200));
        assert_eq!(clip.length().as_millis(), 400);
        assert_eq!(clip.hash, hash(&file));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash(b"").to_string(), empty);
    }
}
