//! cli

pub mod check;
pub mod drafts;
pub mod prompts;
pub mod publish;
pub mod show;
pub mod try_;
pub mod versions;
