//! What the hotline says by itself: names that `menus/system.toml` gives texts for, and which of
//! them are needed, because something can come to say them.

use std::collections::BTreeSet;

use crate::ids::QueueId;
use crate::menu::draft::{Book, TargetDraft};
use crate::menu::view::{QueueView, WhenClosed};

/// System prompts the interpreter plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sys {
    /// "For a person, press 0": at the end of every menu.
    Person,
    /// "To go back …": at the end of every menu below the main one.
    Back,
    /// "Then press pound; for a person press star": after every prompt that asks for digits.
    CollectKeys,
    Silence,
    WrongKey,
    BadInput,
    TransferToPerson,
    Goodbye,
    /// Something on our side went wrong; a person follows.
    Error,
    /// Nobody is rostered for the queue now.
    Closed,
    /// What was keyed in is read back between these two.
    ConfirmBefore,
    ConfirmAfter,
    VerifyWrong,
    VerifyLocked,
    /// While a system of the bank is asked, if the node has no text of its own.
    LookupWait,
    /// A system of the bank does not answer: an explanation, then a person (CBA-25).
    LookupFailed,
    /// The number that is rung back stands between these two.
    CallbackOfferBefore,
    CallbackOfferAfter,
    CallbackEnter,
    CallbackRefused,
    CallbackThanks,
    SurveyThanks,
    TransferOut,
    TransferFailed,
}

impl Sys {
    pub fn name(self) -> &'static str {
        match self {
            Sys::Person => "system.menu.person",
            Sys::Back => "system.menu.back",
            Sys::CollectKeys => "system.collect.keys",
            Sys::Silence => "system.silence",
            Sys::WrongKey => "system.wrong_key",
            Sys::BadInput => "system.bad_input",
            Sys::TransferToPerson => "system.transfer_to_person",
            Sys::Goodbye => "system.goodbye",
            Sys::Error => "system.error",
            Sys::Closed => "system.closed",
            Sys::ConfirmBefore => "system.confirm.before",
            Sys::ConfirmAfter => "system.confirm.after",
            Sys::VerifyWrong => "system.verify.wrong",
            Sys::VerifyLocked => "system.verify.locked",
            Sys::LookupWait => "system.lookup.wait",
            Sys::LookupFailed => "system.lookup.failed",
            Sys::CallbackOfferBefore => "system.callback.offer.before",
            Sys::CallbackOfferAfter => "system.callback.offer.after",
            Sys::CallbackEnter => "system.callback.enter",
            Sys::CallbackRefused => "system.callback.refused",
            Sys::CallbackThanks => "system.callback.thanks",
            Sys::SurveyThanks => "system.survey.thanks",
            Sys::TransferOut => "system.transfer_out",
            Sys::TransferFailed => "system.transfer_failed",
        }
    }
}

/// Prompts of the interpreter that every hotline needs.
const ALWAYS: [Sys; 5] = [Sys::Person, Sys::Silence, Sys::WrongKey, Sys::TransferToPerson, Sys::Error];

/// Prompts of the interpreter that are needed only where something is used.
const SOMETIMES: [Sys; 19] = [
    Sys::Back,
    Sys::CollectKeys,
    Sys::BadInput,
    Sys::Goodbye,
    Sys::Closed,
    Sys::ConfirmBefore,
    Sys::ConfirmAfter,
    Sys::VerifyWrong,
    Sys::VerifyLocked,
    Sys::LookupWait,
    Sys::LookupFailed,
    Sys::CallbackOfferBefore,
    Sys::CallbackOfferAfter,
    Sys::CallbackEnter,
    Sys::CallbackRefused,
    Sys::CallbackThanks,
    Sys::SurveyThanks,
    Sys::TransferOut,
    Sys::TransferFailed,
];

/// What waiting, messages and staff say.
const AROUND: [&str; 24] = [
    "system.queue.welcome",
    "system.queue.position.before",
    "system.queue.position.after",
    "system.queue.choices",
    "system.queue.wait",
    "system.message.intro",
    "system.message.thanks",
    "system.agent.number.before",
    "system.agent.number.after",
    "system.staff.signed_in",
    "system.staff.signed_out",
    "system.staff.ready",
    "system.staff.not_ready",
    "system.staff.refused",
    "system.digit.0",
    "system.digit.1",
    "system.digit.2",
    "system.digit.3",
    "system.digit.4",
    "system.digit.5",
    "system.digit.6",
    "system.digit.7",
    "system.digit.8",
    "system.digit.9",
];

/// What staff hear who record the announcement of a plan by telephone (CBA-24).
const BY_TELEPHONE: [&str; 7] = [
    "system.announce.choose",
    "system.announce.unknown",
    "system.announce.speak",
    "system.announce.judge",
    "system.staff.plan_started",
    "system.staff.plan_proposed",
    "system.staff.plan_ended",
];

/// Every name that may stand under `[text]`.
pub fn names() -> impl Iterator<Item = &'static str> + Clone {
    ALWAYS.into_iter().chain(SOMETIMES).map(Sys::name).chain(AROUND).chain(BY_TELEPHONE)
}

/// The names that must stand there: what something of this hotline can come to say.
pub fn needed(book: &Book) -> Vec<&'static str> {
    let used = Used::of(book);
    let sometimes = SOMETIMES.into_iter().filter(|sys| used.says(*sys));
    let by_telephone = BY_TELEPHONE.into_iter().filter(|_| book.views.plans_by_telephone);
    ALWAYS.into_iter().chain(sometimes).map(Sys::name).chain(AROUND).chain(by_telephone).collect()
}

/// Can a caller come to be offered a callback?
pub fn offers_callback(book: &Book) -> bool {
    Used::of(book).callback
}

/// What of the language a hotline uses.
struct Used {
    /// A menu below another one.
    below: bool,
    digits: bool,
    confirm: bool,
    verify: bool,
    lookup: bool,
    /// A system is asked by a node without a text of its own.
    silent_question: bool,
    callback: bool,
    survey: bool,
    transfer: bool,
    farewell: bool,
    hours: bool,
}

impl Used {
    fn of(book: &Book) -> Used {
        let targets = || book.menus.iter().flat_map(|menu| menu.targets()).map(|at| &at.value);
        let collects = || book.menus.iter().flat_map(|menu| &menu.collects);
        let lookups = || book.menus.iter().flat_map(|menu| &menu.nodes.lookups);
        let verifies = || book.menus.iter().flat_map(|menu| &menu.nodes.verifies);
        let surveys = || book.menus.iter().flat_map(|menu| &menu.nodes.surveys);
        let staffed = reachable_queues(book);
        let closes = |closed: &WhenClosed| {
            staffed.iter().any(|queue| queue.hours.is_some() && queue.when_closed == *closed)
        };
        let callback =
            targets().any(|t| matches!(t, TargetDraft::Callback(_))) || closes(&WhenClosed::Callback);
        Used {
            below: targets().any(|target| matches!(target, TargetDraft::Menu(_))),
            digits: callback || collects().next().is_some(),
            confirm: collects().any(|node| node.confirm.is_some()),
            verify: verifies().next().is_some(),
            lookup: lookups().next().is_some() || verifies().next().is_some(),
            silent_question: lookups().any(|node| node.text.is_none())
                || verifies().any(|node| node.text.is_none()),
            callback,
            survey: surveys().next().is_some(),
            transfer: targets().any(|target| matches!(target, TargetDraft::Transfer(_))),
            farewell: callback
                || targets().any(|target| *target == TargetDraft::End)
                || surveys().any(|node| node.leads_to.is_none()),
            hours: staffed.iter().any(|queue| queue.hours.is_some()),
        }
    }

    fn says(&self, sys: Sys) -> bool {
        match sys {
            Sys::Person | Sys::Silence | Sys::WrongKey | Sys::TransferToPerson | Sys::Error => true,
            Sys::Back => self.below,
            Sys::CollectKeys | Sys::BadInput => self.digits,
            Sys::Goodbye => self.farewell,
            Sys::Closed => self.hours,
            Sys::ConfirmBefore | Sys::ConfirmAfter => self.confirm,
            Sys::VerifyWrong | Sys::VerifyLocked => self.verify,
            Sys::LookupWait => self.silent_question,
            Sys::LookupFailed => self.lookup,
            Sys::CallbackOfferBefore
            | Sys::CallbackOfferAfter
            | Sys::CallbackEnter
            | Sys::CallbackRefused
            | Sys::CallbackThanks => self.callback,
            Sys::SurveyThanks => self.survey,
            Sys::TransferOut | Sys::TransferFailed => self.transfer,
        }
    }
}

/// Queues that callers can come to, also because another one is closed.
fn reachable_queues(book: &Book) -> Vec<&QueueView> {
    let Some(known) = &book.views.queues else { return Vec::new() };
    let mut left: Vec<&QueueId> = book.queues_named().collect();
    let mut seen = BTreeSet::new();
    let mut views = Vec::new();
    while let Some(queue) = left.pop() {
        let Some(view) = known.get(queue).filter(|_| seen.insert(queue)) else { continue };
        if let WhenClosed::Queue(next) = &view.when_closed {
            left.push(next);
        }
        views.push(view);
    }
    views
}
