//! Menus: visits, choices, mistakes, and how long it takes to a person (CBA-10b).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::histogram::{Histogram, Scale};
use crate::event::{Event, EventKind, MenuError};
use crate::ids::{Key, MenuId};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Menus {
    pub visits: BTreeMap<MenuId, u64>,
    /// Keys consumed by steps that are not secret.
    pub choices: BTreeMap<MenuId, BTreeMap<Key, u64>>,
    pub errors: BTreeMap<MenuId, BTreeMap<MenuError, u64>>,
    /// From the answer to asking for a person, or being led to one.
    pub to_agent_request: Histogram,
}

impl Default for Menus {
    fn default() -> Self {
        Menus {
            visits: BTreeMap::new(),
            choices: BTreeMap::new(),
            errors: BTreeMap::new(),
            to_agent_request: Histogram::new(Scale::Menu),
        }
    }
}

impl Menus {
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::MenuEntered { menu } => *self.visits.entry(menu.clone()).or_default() += 1,
            EventKind::KeyPressed { menu, key } => {
                *self.choices.entry(menu.clone()).or_default().entry(*key).or_default() += 1;
            }
            EventKind::MenuFailed { menu, error } => {
                *self.errors.entry(menu.clone()).or_default().entry(*error).or_default() += 1;
            }
            EventKind::AgentRequested { since_answer_ms, .. } => {
                self.to_agent_request.observe(*since_answer_ms);
            }
            _ => {}
        }
    }
}

/// Label of a mistake.
pub fn error_label(error: MenuError) -> &'static str {
    match error {
        MenuError::Silence => "silence",
        MenuError::WrongKey => "wrong_key",
        MenuError::BadInput => "bad_input",
    }
}
