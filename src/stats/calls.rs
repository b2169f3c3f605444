//! Calls: how many there are, how they ended, why some were refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventKind, Outcome, Refusal};
use crate::ids::{CallId, EntryId};

/// Entries told apart in figures; what is dialled beyond them counts as the entry "other".
const ENTRIES: usize = 256;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Calls {
    /// Calls that arrived and did not end, with their entry.
    open: BTreeMap<CallId, EntryId>,
    ended: BTreeMap<EntryId, BTreeMap<Outcome, u64>>,
    refused: BTreeMap<Refusal, u64>,
    messages: u64,
}

impl Calls {
    pub fn apply(&mut self, event: &Event) {
        if let EventKind::AlarmCleared { turned_away: more @ 1.., .. } = event.kind {
            *self.refused.entry(Refusal::StorageAlarm).or_default() += more;
        }
        let Some(call) = event.call else { return };
        match &event.kind {
            EventKind::CallArrived { entry, .. } => {
                self.open.insert(call, entry.clone());
            }
            EventKind::CallRefused { reason, .. } => {
                *self.refused.entry(*reason).or_default() += 1;
                let entry = self.open.entry(call).or_insert_with(|| EntryId::new(""));
                // A wrong number is no entry: anybody may dial anything.
                if *reason == Refusal::UnknownEntry {
                    *entry = EntryId::new("");
                }
                self.end(call, Outcome::Refused);
            }
            EventKind::CallEnded { outcome, .. } => self.end(call, *outcome),
            EventKind::CallInterrupted { .. } => self.end(call, Outcome::Interrupted),
            EventKind::MessageLeft { .. } => self.messages += 1,
            _ => {}
        }
    }

    /// Counts a call once, however many events say that it is over.
    fn end(&mut self, call: CallId, outcome: Outcome) {
        let Some(mut entry) = self.open.remove(&call) else { return };
        if !self.ended.contains_key(&entry) && self.ended.len() >= ENTRIES {
            entry = EntryId::new("other");
        }
        *self.ended.entry(entry).or_default().entry(outcome).or_default() += 1;
    }

    pub fn active(&self) -> usize {
        self.open.len()
    }

    /// Ended calls by entry and outcome.
    pub fn ended(&self) -> impl Iterator<Item = (&EntryId, Outcome, u64)> {
        self.ended.iter().flat_map(|(entry, by)| by.iter().map(move |(outcome, n)| (entry, *outcome, *n)))
    }

    pub fn refused(&self) -> impl Iterator<Item = (Refusal, u64)> {
        self.refused.iter().map(|(reason, n)| (*reason, *n))
    }

    pub fn messages(&self) -> u64 {
        self.messages
    }
}

/// Label of an outcome.
pub fn outcome_label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Agent => "agent",
        Outcome::SelfService => "self_service",
        Outcome::Abandoned => "abandoned",
        Outcome::Message => "message",
        Outcome::Callback => "callback",
        Outcome::Transferred => "transferred",
        Outcome::Complaint => "complaint",
        Outcome::Refused => "refused",
        Outcome::Cancelled => "cancelled",
        Outcome::Interrupted => "interrupted",
        Outcome::Failed => "failed",
        Outcome::Staff => "staff",
    }
}

/// Label of a refusal.
pub fn refusal_label(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownEntry => "unknown_entry",
        Refusal::NoCommonCodec => "no_common_codec",
        Refusal::BadOffer => "bad_offer",
        Refusal::NoMediaPort => "no_media_port",
        Refusal::TooManyCalls => "too_many_calls",
        Refusal::StorageAlarm => "storage_alarm",
        Refusal::NothingPublished => "nothing_published",
        Refusal::Draining => "draining",
    }
}
