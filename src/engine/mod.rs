//! Composition of the cores into the hotline: wires, and nothing else. Pure.

pub mod command;
