//! Recordings of what callers hear: found, checked against the manifest, made, loaded for playing.
//!
//! A prompt is `prompts/LANGUAGE/NAME.wav`; sound without words stands under `any`. Whatever is not
//! in the manifest with its hash is heard by nobody (CBA-10d). Decides nothing about when a prompt
//! is played.

pub mod build;
pub mod clip;
pub mod files;
pub mod inspect;
pub mod lengths;
pub mod manifest;
pub mod shape;
pub mod slow;
pub mod synthesise;
pub mod tones;
pub mod wav;

#[cfg(test)]
mod tests;

/// Samples a second on the telephone.
pub const RATE: u32 = 8_000;
/// Longest prompt or hold audio.
pub const MAX_SECONDS: u32 = 300;
/// Largest audio file that is read: [`MAX_SECONDS`] of stereo at 48,000 Hz, and a header.
pub const MAX_FILE: u64 = 60 << 20;
/// Most recordings of a directory.
pub const MAX_FILES: usize = 20_000;
