//! Files to checked configuration: raw (serde, unknown keys refused), then checked.

pub mod calendar;
pub mod finding;
pub mod lookups;
pub mod page;
pub mod plans;
pub mod published;
pub mod queues;
pub mod server;
