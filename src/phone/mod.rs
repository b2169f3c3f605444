//! The other side of the line: callers and agents for the demo, for tests and for load.
//!
//! Speaks SIP through `rsip` and writes its own session descriptions, digests and RTP, so that a
//! mistake of the server cannot hide behind code that both share. Everything a phone hears is kept
//! as samples, and [`listen`] says what was in it.
//!
//! A [`Phone`] is one UDP address; it registers, places calls and receives them:
//!
//! ```no_run
//! # use hotline::phone::{CallOptions, Phone, Signal};
//! # use hotline::ids::Key;
//! # async fn visit(prompt: &[i16]) -> Result<(), Box<dyn std::error::Error>> {
//! let phone = Phone::bind("127.0.0.5:0".parse()?).await?;
//! let server = "127.0.0.1:5060".parse()?;
//! let options = CallOptions { send: Signal::Tone { hz: 440.0, level: 0.3 }, ..CallOptions::default() };
//! let call = phone.call(server, "95500", options).await?;
//! call.wait_heard(prompt, std::time::Duration::from_secs(20)).await?;
//! call.press(Key::Digit(0)).await;
//! call.hang_up().await;
//! # Ok(()) }
//! ```
//!
//! Does not know the server's SIP and SDP code, nor its engine.

pub mod audio;
mod call;
pub mod caller;
mod description;
mod digest;
mod dtmf_tones;
pub mod ear;
pub mod listen;
mod message;
mod register;
pub mod signal;
mod uac;
mod uas;
mod user_agent;
mod wait;

pub use audio::{AudioStats, KeyStyle};
pub use call::{Call, Ending, NotHeard};
pub use caller::Caller;
pub use description::Direction;
pub use dtmf_tones::{DecodedKey, decode_keys};
pub use message::Auth;
pub use register::{RegisterFailed, Registration};
pub use signal::Signal;
pub use uac::{CallFailed, CallOptions};
pub use uas::{AnswerOptions, IncomingCall};
pub use user_agent::Phone;

#[cfg(test)]
mod tests;
