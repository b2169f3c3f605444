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
