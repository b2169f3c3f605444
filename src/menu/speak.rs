//! Values spoken from small prompts.

/// What a value is, and so how it is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    Digits,
    Number,
    Amount,
    Date,
    Time,
    Duration,
}
