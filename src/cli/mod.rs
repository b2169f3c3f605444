//! cli

pub mod check;
pub mod drafts;
pub mod show;
pub mod try_;
