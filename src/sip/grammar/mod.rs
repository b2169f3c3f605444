//! SIP messages as text (RFC 3261 §7, §19, §20, §25): lenient in reading, strict in writing.
//!
//! Knows no transactions and no dialogs. Everything read borrows from the received bytes.

pub mod field;
pub mod message;
pub mod multipart;
pub mod name;
pub mod text;
pub mod uri;
pub mod write;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
