//! What is known of the recordings, as far as menus care: given by whoever reads the manifest.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::length::Measured;
use crate::menu::model::PromptKind;

/// Recordings on the manifest, and sound that is not (CBA-10d).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ManifestView {
    /// Absent = there is no recording.
    pub recordings: BTreeMap<(Language, PromptName), RecordingState>,
    /// What each recording on the manifest was approved as, also of sound that no menu says.
    pub kinds: BTreeMap<(Language, PromptName), SoundKind>,
    /// What callers hear while they wait, by the settings of the queues.
    pub hold: BTreeSet<PromptName>,
    /// How long the current recordings sound.
    pub measured: Measured,
    /// Sound files that lie with the prompts and are on no line of the manifest.
    pub unknown_files: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RecordingState {
    /// Hash and text are those of the manifest, and somebody approved it.
    Current,
    /// The menu says something else since it was recorded.
    TextChanged,
    /// The file is not the one that was entered in the manifest.
    HashMismatch,
    /// Nobody has approved it yet.
    Unapproved,
}

/// What a recording was approved as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SoundKind {
    Prompt(PromptKind),
    /// For those who wait; without words.
    Hold,
    Tone,
    /// A word that is no kind.
    Unknown,
}

impl SoundKind {
    /// By the word in the manifest.
    pub fn of(word: &str) -> SoundKind {
        let prompts = PromptKind::ALL.into_iter().map(SoundKind::Prompt);
        let all = prompts.chain([SoundKind::Hold, SoundKind::Tone]);
        all.into_iter().find(|kind| kind.word() == word).unwrap_or(SoundKind::Unknown)
    }

    /// As the manifest writes it.
    pub fn word(self) -> &'static str {
        match self {
            SoundKind::Prompt(kind) => kind.word(),
            SoundKind::Hold => "hold",
            SoundKind::Tone => "tone",
            SoundKind::Unknown => "no kind",
        }
    }
}

impl PromptKind {
    pub const ALL: [PromptKind; 9] = [
        PromptKind::Notice,
        PromptKind::Greeting,
        PromptKind::Announcement,
        PromptKind::Choice,
        PromptKind::Information,
        PromptKind::Collect,
        PromptKind::System,
        PromptKind::Value,
        PromptKind::Advert,
    ];

    /// As the manifest writes it.
    pub fn word(self) -> &'static str {
        match self {
            PromptKind::Notice => "notice",
            PromptKind::Greeting => "greeting",
            PromptKind::Announcement => "announcement",
            PromptKind::Choice => "choice",
            PromptKind::Information => "information",
            PromptKind::Collect => "collect",
            PromptKind::System => "system",
            PromptKind::Value => "value",
            PromptKind::Advert => "advert",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in
            PromptKind::ALL.map(SoundKind::Prompt).into_iter().chain([SoundKind::Hold, SoundKind::Tone])
        {
            assert_eq!(SoundKind::of(kind.word()), kind);
        }
        assert_eq!(SoundKind::of("jingle"), SoundKind::Unknown);
    }
}
