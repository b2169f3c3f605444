//! Questions to the bank's own systems and what comes back: plain data, sent by `io/lookup`.

use std::collections::BTreeMap;

use crate::sealed::Redacted;

/// One question. Its fields are sent as a JSON object by POST.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// Name of `[lookups.NAME]` in the server's settings.
    pub service: String,
    /// Below the URL of the service.
    pub path: String,
    pub fields: Vec<(String, Redacted<String>)>,
}

/// Top-level scalars of the answer, as text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    pub fields: BTreeMap<String, Redacted<String>>,
}

/// Why there is no answer. Each leads the caller to a person (CBA-25).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Failure {
    TimedOut,
    Unreachable,
    /// The service answered with this status.
    Refused(u16),
    /// What came back is no answer.
    Nonsense,
    /// It failed too often lately and is left in peace.
    CircuitOpen,
    /// The host is not on the list.
    NotAllowed,
    /// Too many questions at once.
    TooMany,
}
