//! stub
use crate::media::command::{Codec, Negotiated};
pub struct Local<'a> {
    pub addr: std::net::IpAddr,
    pub port: u16,
    pub session_id: u64,
    pub version: u64,
    pub codecs: &'a [Codec],
}
pub enum NoAnswer {
    BadOffer,
    NoCommonCodec,
}
pub fn answer(_: &[u8], _: &Local) -> Result<(Vec<u8>, Negotiated), NoAnswer> {
    Err(NoAnswer::BadOffer)
}
pub fn offer(_: &Local) -> Vec<u8> {
    vec![]
}
pub fn accept(_: &[u8], _: &[Codec]) -> Result<Negotiated, NoAnswer> {
    Err(NoAnswer::BadOffer)
}
