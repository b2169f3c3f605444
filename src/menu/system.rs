//! What the hotline says by itself: names that `menus/system.toml` must give texts for.

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
    /// Our agents are not at work now.
    Closed,
    /// "You entered", the value, "if that is right press 1 …".
    ConfirmBefore,
    ConfirmAfter,
    VerifyWrong,
    VerifyLocked,
    /// Heard while the bank's system is asked, where the menu says nothing.
    LookupWait,
    LookupFailed,
    /// "We will ring you back at", the number, "if that is right press 1 …".
    CallbackOfferBefore,
    CallbackOfferAfter,
    CallbackEnter,
    CallbackRefused,
    CallbackThanks,
    SurveyThanks,
    TransferOut,
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
        }
    }
}

/// Every system prompt: those above, and those that waiting, messages and staff need.
pub const NAMES: [&str; 33] = [
    "system.menu.person",
    "system.menu.back",
    "system.collect.keys",
    "system.silence",
    "system.wrong_key",
    "system.bad_input",
    "system.transfer_to_person",
    "system.goodbye",
    "system.error",
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
