//! What is remembered of callers beyond their calls: the language they spoke last, wrong attempts to
//! be verified, callbacks promised. A fold of the journal, by keyed hash and within bounds.
//!
//! The journal holds numbers and identities sealed under the key of their call. Whose key is
//! destroyed is not known again when the fold is made anew.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::atoms::is_number;
use super::settings::{LockSettings, PeopleSettings};
use crate::event::{Event, EventKind};
use crate::ids::{CallId, Language};
use crate::now::Wall;
use crate::sealed::{CallKey, IdentityHash, KeyedHash, Sealed};

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// A caller who has not rung for so long is a stranger again.
const REMEMBERED: Duration = Duration::from_secs(400 * 24 * 3_600);
/// Callers remembered at most; those who rang longest ago are forgotten first. The same bound
/// holds for identities with wrong attempts and for numbers with callbacks.
const MOST: usize = 100_000;

/// Opens what the journal has sealed.
pub struct Opener<'a> {
    pub settings: &'a PeopleSettings,
    /// The key of a call; `None` if it was destroyed.
    pub key: &'a mut dyn FnMut(CallId) -> Option<CallKey>,
}

impl Opener<'_> {
    fn identity(&mut self, call: CallId, sealed: &Sealed<IdentityHash>) -> Option<KeyedHash> {
        let hex = sealed.open(&(self.key)(call)?).ok()?;
        KeyedHash::from_hex(&hex).ok()
    }
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct People {
    /// Numbers of calls under way.
    calls: BTreeMap<CallId, KeyedHash>,
    languages: BTreeMap<KeyedHash, Spoken>,
    tries: BTreeMap<KeyedHash, Tries>,
    /// When callbacks were promised to a number, within a day.
    callbacks: BTreeMap<KeyedHash, VecDeque<Wall>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Spoken {
    language: Language,
    at: Wall,
}

/// Wrong attempts of an identity.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Tries {
    wrong: VecDeque<Wall>,
    locked_until: Option<Wall>,
}

impl People {
    pub fn apply(&mut self, event: &Event, opener: &mut Opener<'_>) {
        let Some(call) = event.call.filter(|_| !event.drill) else { return };
        let now = event.wall;
        match &event.kind {
            EventKind::CallArrived { caller, .. } => {
                let number = (opener.key)(call).and_then(|key| caller.open(&key).ok());
                // Whoever shows no number is nobody in particular.
                if let Some(number) = number.filter(|number| is_number(number)) {
                    self.calls.insert(call, opener.settings.hasher.number(&number));
                }
            }
            EventKind::CallEnded { .. } | EventKind::CallInterrupted { .. } => {
                self.calls.remove(&call);
            }
            EventKind::LanguageSet { language } => {
                if let Some(number) = self.calls.get(&call) {
                    let spoken = Spoken { language: language.clone(), at: now };
                    self.languages.insert(*number, spoken);
                    bound(&mut self.languages, |spoken| spoken.at);
                }
            }
            EventKind::VerificationFailed { result, identity, .. } if result == "wrong" => {
                if let Some(hash) = opener.identity(call, identity) {
                    self.tries.entry(hash).or_default().add(now, opener.settings.lock);
                    bound(&mut self.tries, Tries::last);
                }
            }
            EventKind::CallerVerified { identity, .. } => {
                let tried =
                    |hash: &KeyedHash| self.tries.get(hash).is_some_and(|tries| !tries.is_locked(now));
                if let Some(hash) = opener.identity(call, identity).filter(tried) {
                    self.tries.remove(&hash);
                }
            }
            EventKind::CallbackPromised { number, .. } => {
                if let Some(number) = (opener.key)(call).and_then(|key| number.open(&key).ok()) {
                    let promised = self.callbacks.entry(opener.settings.hasher.number(&number)).or_default();
                    forget_before(promised, now, DAY);
                    promised.push_back(now);
                    bound(&mut self.callbacks, |promised| promised.back().copied().unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    /// The language this number spoke last.
    pub fn language(&self, number: KeyedHash, now: Wall) -> Option<&Language> {
        let spoken = self.languages.get(&number)?;
        (spoken.at + REMEMBERED > now).then_some(&spoken.language)
    }

    /// May this identity try to be verified (CBA-32)?
    pub fn may_verify(&self, identity: KeyedHash, now: Wall) -> bool {
        self.tries.get(&identity).is_none_or(|tries| !tries.is_locked(now))
    }

    /// Callbacks promised to this number within the last day.
    pub fn callbacks(&self, number: KeyedHash, now: Wall) -> usize {
        let promised = self.callbacks.get(&number);
        promised.map_or(0, |promised| promised.iter().filter(|at| **at + DAY > now).count())
    }

    /// Drops what has no effect any more.
    pub(super) fn forget_old(&mut self, now: Wall, lock: LockSettings) {
        self.languages.retain(|_, spoken| spoken.at + REMEMBERED > now);
        self.tries.retain(|_, tries| tries.is_locked(now) || tries.last() + lock.within > now);
        self.callbacks.retain(|_, promised| promised.back().is_some_and(|at| *at + DAY > now));
    }
}

impl Tries {
    fn add(&mut self, now: Wall, lock: LockSettings) {
        forget_before(&mut self.wrong, now, lock.within);
        self.wrong.push_back(now);
        if self.wrong.len() >= usize::from(lock.attempts) {
            self.wrong.clear();
            self.locked_until = Some(now + lock.locked);
        }
    }

    fn is_locked(&self, now: Wall) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    fn last(&self) -> Wall {
        self.wrong.back().copied().max(self.locked_until).unwrap_or_default()
    }
}

fn forget_before(times: &mut VecDeque<Wall>, now: Wall, age: Duration) {
    while times.front().is_some_and(|at| *at + age <= now) {
        times.pop_front();
    }
}

/// When there are too many, the tenth that is oldest goes.
fn bound<T>(kept: &mut BTreeMap<KeyedHash, T>, at: impl Fn(&T) -> Wall) {
    if kept.len() <= MOST {
        return;
    }
    let mut times: Vec<Wall> = kept.values().map(&at).collect();
    let (_, oldest, _) = times.select_nth_unstable(MOST / 10);
    let oldest = *oldest;
    kept.retain(|_, entry| at(entry) > oldest);
}

#[cfg(test)]
mod tests;
