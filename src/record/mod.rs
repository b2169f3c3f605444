//! Records: index rows as a fold of events, recordings as a function of spooled entries.
//!
//! Does not open files or databases; `io/` does.

pub mod block;
pub mod day;
pub mod row;
pub mod spool;
pub mod timeline;
