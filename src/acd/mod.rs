//! Automatic call distribution: queues, agents, skills, offers, overflow. Pure: time is an argument.

pub mod api;
