//! A mutant, what its operator says of it, and what came of it.

use hotline::config::finding::Severity;

use super::hotline::Hotline;

/// What an operator knows of the mutants it makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Breaks one of these requirements (an empty id: plain syntax), and so must be found at least
    /// this severe.
    Breaks(&'static [&'static str], Severity),
    /// No error may come of it.
    Harmless,
    /// The callers of the oracle decide.
    Measured,
    /// Either is right: on a limit, or a matter of taste.
    Open,
}

impl Verdict {
    pub fn breaks(ids: &'static [&'static str]) -> Verdict {
        Verdict::Breaks(ids, Severity::Error)
    }
}

/// A hotline with one thing changed.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was done where, for people.
    pub place: String,
    pub hotline: Hotline,
    pub verdict: Verdict,
}

impl Mutant {
    pub fn new(place: impl Into<String>, hotline: Hotline, verdict: Verdict) -> Mutant {
        Mutant { place: place.into(), hotline, verdict }
    }
}

/// Makes every mutant of one kind.
pub type Operator = (&'static str, fn(&Hotline) -> Vec<Mutant>);
