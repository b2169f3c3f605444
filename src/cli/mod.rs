//! cli

pub mod calls;
pub mod recordings;
pub mod records;
