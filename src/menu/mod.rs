//! Menus as operations write them: parsed, checked against the standard, proved, interpreted.
//!
//! Does not know SIP, media, queues' state, files or clocks: texts come in as strings.
//! The way through: `parse` (TOML → [`draft`], every mistake a finding with its place) →
//! [`standard`] (rules over the draft) → `resolve` (draft → [`model::Program`]) → [`prove`]
//! (the real [`interpreter`] walked through every state).

pub mod api;
pub mod ask;
mod compile;
pub mod draft;
pub mod draw;
pub mod forms;
pub mod interpreter;
pub mod length;
pub mod manifest;
pub mod model;
mod parse;
pub mod prove;
mod reader;
pub mod report;
mod resolve;
mod said;
pub mod schema;
pub mod speak;
pub mod standard;
pub mod system;
pub mod transcript;
mod values;
pub mod view;

pub use compile::{Compiled, Sources, compile, compile_measured};
pub use interpreter::Visit;
pub use manifest::{ManifestView, RecordingState};
pub use model::{Program, PromptKind, PromptText};
