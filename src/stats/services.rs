//! What callers did by themselves: complaints, surveys, look-ups, verifications, transfers.
//!
//! Satisfaction (CBA-21) is satisfied ÷ surveyed. Surveyed is who answered the question named
//! `satisfaction` of any survey; satisfied is who pressed 1 or 2 there: texts offer the best
//! answer first ("very satisfied 1, satisfied 2, …").

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::interval::{Recent, Window};
use super::service_level::ratio;
use crate::event::{Event, EventKind, TransferEnd};
use crate::now::Wall;

/// The question by which satisfaction is told.
pub const SATISFACTION: &str = "satisfaction";
/// The last key that means satisfied.
const SATISFIED: u8 = 2;
/// Words told apart in figures: they come from menus and services. What is beyond counts as "other".
const WORDS: usize = 256;

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Services {
    pub complaints: u64,
    /// Answers by question and key.
    pub answers: BTreeMap<String, BTreeMap<u8, u64>>,
    satisfaction: Recent<Satisfaction>,
    pub lookups: BTreeMap<String, u64>,
    pub verifications: BTreeMap<String, u64>,
    pub transfers: BTreeMap<TransferEnd, u64>,
}

/// Of those who were asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Satisfaction {
    pub surveyed: u64,
    pub satisfied: u64,
}

impl AddAssign for Satisfaction {
    fn add_assign(&mut self, other: Satisfaction) {
        self.surveyed += other.surveyed;
        self.satisfied += other.satisfied;
    }
}

impl Services {
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::ComplaintTaken { .. } => self.complaints += 1,
            EventKind::SurveyAnswered { answers, .. } => {
                for answer in answers {
                    let question = known(&self.answers, &answer.question);
                    *self.answers.entry(question).or_default().entry(answer.key).or_default() += 1;
                    if answer.question == SATISFACTION {
                        let satisfied = u64::from(answer.key <= SATISFIED);
                        self.satisfaction.add(event.wall, Satisfaction { surveyed: 1, satisfied });
                    }
                }
            }
            EventKind::LookupMade { result, .. } => count(&mut self.lookups, result),
            EventKind::CallerVerified { .. } => count(&mut self.verifications, "verified"),
            EventKind::VerificationFailed { result, .. } => count(&mut self.verifications, result),
            EventKind::TransferEnded { end, .. } => *self.transfers.entry(*end).or_default() += 1,
            _ => {}
        }
    }

    /// NaN while nobody was asked.
    pub fn satisfaction_ratio(&self, window: Window, now: Wall) -> f64 {
        let sum = self.satisfaction.sum(window, now);
        ratio(sum.satisfied, sum.surveyed)
    }
}

fn count(words: &mut BTreeMap<String, u64>, word: &str) {
    let word = known(words, word);
    *words.entry(word).or_default() += 1;
}

fn known<T>(words: &BTreeMap<String, T>, word: &str) -> String {
    let other = words.len() >= WORDS && !words.contains_key(word);
    if other { "other".to_owned() } else { word.to_owned() }
}

/// Label of how a transfer ended.
pub fn transfer_end_label(end: TransferEnd) -> &'static str {
    match end {
        TransferEnd::Answered => "answered",
        TransferEnd::NoAnswer => "no_answer",
        TransferEnd::Rejected => "rejected",
        TransferEnd::Unreachable => "unreachable",
        TransferEnd::NoTrunk => "no_trunk",
        TransferEnd::CallerGone => "caller_gone",
        TransferEnd::Lost => "lost",
    }
}
