//! Automatic call distribution: queues, agents, skills, offers, overflow. Pure: time is an argument.
//!
//! [`Router`](router::Router) is the machine: `handle` an [`api::Input`], `handle_timeout` when
//! `poll_timeout` says so, and do what `poll_output` tells. It knows calls by their id only: no SIP,
//! no sound, no menus. What it promises is checked by `check_invariants`:
//! - a caller waits in at most one queue, an agent has at most one call;
//! - no ready agent stands beside a waiting caller they could serve;
//! - nobody waits without a deadline where one is due;
//! - each `Queued` is followed by exactly one `Left`.

pub mod api;
pub mod router;
pub mod strategy;

mod agent;
mod agents;
mod caller;
mod callers;
mod class;
mod estimate;
mod explain;
mod invariants;
mod journeys;
mod line;
mod offers;
mod queue;
pub mod signins;
mod timers;

#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;
