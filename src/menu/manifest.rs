//! What is known of the recordings, as far as menus care: given by whoever reads the manifest.

use std::collections::BTreeMap;

use crate::ids::Language;
use crate::menu::api::PromptName;

/// Recordings on the manifest, and sound that is not (CBA-10d).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ManifestView {
    /// Absent = there is no recording.
    pub recordings: BTreeMap<(Language, PromptName), RecordingState>,
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
