//! The hotline on a virtual clock: the real engine, a lossy network, callers and agents with
//! minds of their own. One seed, one day, every time the same.

mod callers;
mod media;
mod network;
mod staff;
mod world;

pub use network::Weather;
pub use world::{Params, Report, World};
