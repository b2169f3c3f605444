//! The hotline on a virtual clock: the real engine, a lossy network, callers and agents with
//! minds of their own, telephones that know no manners, and a house in which things go wrong.
//! One seed, one day, every time the same.

mod bare;
mod callers;
mod describe;
mod media;
mod network;
mod office;
mod services;
mod shop;
mod staff;
mod watch;
mod world;

pub use network::Weather;
pub use world::{Params, Report, World};
