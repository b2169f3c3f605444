//! A published snapshot, ready to be run: everything a call is pinned to from its answer to its end.

use std::sync::Arc;

use crate::acd::api::QueueConfig;
use crate::config::calendar::Calendar;
use crate::config::plans::PlanConfig;
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
    /// `None`: nothing in the menus asks for hours.
    pub calendar: Option<Arc<Calendar>>,
    pub plans: Vec<PlanConfig>,
    pub callback: CallbackSettings,
}

/// To whom a callback may be promised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallbackSettings {
    /// What a number must begin with to be rung back; without any nobody is.
    pub prefixes: Vec<String>,
    /// Most promised to one number within 24 hours.
    pub per_number_a_day: u32,
}

impl Default for CallbackSettings {
    fn default() -> Self {
        CallbackSettings { prefixes: Vec::new(), per_number_a_day: 3 }
    }
}
