//! What a menu asks one of the bank's own systems, and what comes back (CBA-25, CBA-32).
//!
//! Plain data between the interpreter and the shell that asks. Everything in it is a caller's, so
//! nothing of it is shown by `Debug`; names of services and fields come from the menu files.

use std::collections::BTreeMap;

use crate::sealed::Redacted;

/// Longest text in an answer, in characters; nothing longer is spoken or compared.
pub const LONGEST_VALUE: usize = 256;
/// Most fields of an answer.
pub const MOST_FIELDS: usize = 64;

/// One question. It must be harmless when it arrives twice: after a time-out it is asked again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// NAME of `[lookups.NAME]`.
    pub service: String,
    /// Added to the service's address, e.g. `/cards/block`; or a whole address on an allowed host.
    pub path: String,
    /// Sent as a JSON object of texts. A name that stands there twice counts with its last value.
    pub fields: Vec<(String, Redacted<String>)>,
}

/// What the system said: texts, numbers as they were written, `true` and `false`.
///
/// At most [`MOST_FIELDS`], each at most [`LONGEST_VALUE`] characters. What is null, a list or an
/// object is not in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    pub fields: BTreeMap<String, Redacted<String>>,
}

/// Why there is no answer. The caller hears an explanation and is led on (CBA-25).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, thiserror::Error)]
pub enum Failure {
    #[error("no answer in time")]
    TimedOut,
    /// No connection, none that is trusted, or one that broke before the answer was complete.
    #[error("cannot be reached")]
    Unreachable,
    /// The HTTP status, any but 2xx; redirects are not followed and end here.
    #[error("refused with status {0}")]
    Refused(u16),
    /// An answer that is not what was agreed: no JSON object, too long, broken.
    #[error("the answer makes no sense")]
    Nonsense,
    /// It failed so often that it is left alone for a while; it was not asked.
    #[error("left alone after repeated failures")]
    CircuitOpen,
    /// No such service, or an address outside its allowed hosts; it was not asked.
    #[error("not an allowed address")]
    NotAllowed,
    /// As many questions as are allowed are under way; it was not asked.
    #[error("too many questions at once")]
    TooMany,
}

impl Failure {
    /// Every kind, for tables and menus that must name them all.
    pub const LABELS: [&'static str; 7] =
        ["timed_out", "unreachable", "refused", "nonsense", "circuit_open", "not_allowed", "too_many"];

    /// Stable name in metrics and menu files.
    pub fn label(self) -> &'static str {
        match self {
            Failure::TimedOut => "timed_out",
            Failure::Unreachable => "unreachable",
            Failure::Refused(_) => "refused",
            Failure::Nonsense => "nonsense",
            Failure::CircuitOpen => "circuit_open",
            Failure::NotAllowed => "not_allowed",
            Failure::TooMany => "too_many",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_caller_said_is_shown() {
        let question = Question {
            service: "bank".to_owned(),
            path: "/pin".to_owned(),
            fields: vec![("pin".to_owned(), Redacted("918273".to_owned()))],
        };
        assert!(format!("{question:?}").contains("/pin"));
        assert!(!format!("{question:?}").contains("918273"));
        let fields = BTreeMap::from([("balance".to_owned(), Redacted("1200.50".to_owned()))]);
        assert!(!format!("{:?}", Answer { fields }).contains("1200"));
    }

    #[test]
    fn every_failure_has_a_label_of_its_own() {
        let all = [
            Failure::TimedOut,
            Failure::Unreachable,
            Failure::Refused(404),
            Failure::Nonsense,
            Failure::CircuitOpen,
            Failure::NotAllowed,
            Failure::TooMany,
        ];
        assert_eq!(all.map(Failure::label), Failure::LABELS);
    }
}
