//! Menus as operations write them: parsed, checked against the standard, proved, interpreted.
//!
//! Does not know SIP, media, queues' state, files or clocks: texts come in as strings.
//! The way through: `parse` (TOML → [`draft`], every mistake a finding with its place) →
//! [`standard`] (rules over the draft) → `resolve` (draft → [`model::Program`]) → [`prove`]
//! (the real [`interpreter`] walked through every state).

pub mod api;
pub mod ask;
mod compile;
pub mod diff;
pub mod draft;
pub mod draw;
pub mod forms;
pub mod interpreter;
pub mod length;
pub mod manifest;
pub mod model;
pub mod outline;
mod parse;
pub mod prove;
mod reader;
pub mod report;
mod resolve;
mod said;
pub mod schema;
mod slip;
pub mod speak;
pub mod standard;
pub mod system;
#[cfg(test)]
mod testing;
pub mod transcript;
mod values;
pub mod view;

#[doc(hidden)]
pub use compile::compile_unchecked;
pub use compile::{Compiled, Sources, Statistics, compile, compile_counted, compile_measured};
pub use interpreter::Visit;
pub use manifest::{ManifestView, RecordingState, SoundKind};
pub use model::{Program, PromptKind, PromptText};
