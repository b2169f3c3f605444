//! A published snapshot, ready to be run: everything a call is pinned to from its answer to its end.

use std::sync::Arc;

use crate::acd::api::QueueConfig;
use crate::ids::ConfigVersion;
use crate::media::command::PromptTable;
use crate::menu::Program;
use crate::now::Wall;

/// Menus, queues and prompts of one version, checked and immutable; cheap to clone.
#[derive(Clone, Debug)]
pub struct Published {
    pub version: ConfigVersion,
    /// SHA-256 over all of its files, hex.
    pub digest: String,
    /// Who published it and why.
    pub by: String,
    pub reason: String,
    pub at: Wall,
    pub program: Arc<Program>,
    pub queues: Vec<QueueConfig>,
    pub prompts: Arc<PromptTable>,
}
