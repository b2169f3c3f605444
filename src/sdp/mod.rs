//! Session descriptions (RFC 8866) and offer/answer (RFC 3264) for G.711 and telephone-event.
//!
//! Reads leniently: unknown lines, a missing `s=`, bare line feeds. Takes the first usable audio
//! stream over plain RTP and rejects all others. Knows no ports and no sockets beyond their numbers.

mod negotiate;
mod parse;

pub use negotiate::{Local, NoAnswer, accept, answer, offer};
