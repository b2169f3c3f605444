//! Hours shifted, days lost, queues without people.

use crate::mutant::Operator;

pub const ALL: &[Operator] = &[];
