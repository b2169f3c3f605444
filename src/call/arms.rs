//! The arms of the table of a visit, each with the name a simulation reports it by.

/// Declares the arms with their names.
macro_rules! arms {
    ($($name:ident = $text:literal,)*) => {
        /// An arm of the table in `phase.rs`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Arm { $($name),* }

        const NAMES: &[&str] = &[$(concat!("visit: ", $text)),*];
    };
}

arms! {
    Opened = "Opening, opened -> answered",
    NotOpened = "Opening, no media -> refused",
    GivenUpEarly = "Opening, caller gone -> cancelled",
    HungUp = "any, caller gone -> Ending",
    CallerLost = "any, caller failed -> Ending",
    Stopped = "any, stop -> Ending",
    MenuLeft = "Menu, done",
    Queued = "Entering, queued -> Waiting",
    TurnedAway = "Entering, overflow",
    SentOn = "Waiting, overflow",
    Told = "Waiting, position announced",
    Rung = "Waiting, offered",
    NotTaken = "Waiting, offer over",
    AskedWhat = "Waiting, 0 -> choices",
    LeftForMessage = "Waiting, * -> message",
    PickedUp = "Waiting, connect -> Connecting",
    NumberHeard = "Connecting, played -> Talking",
    AgentLeftEarly = "Connecting, agent gone -> Ending",
    AgentLeft = "Talking, agent gone -> Ending",
    AgentLeftHolding = "Holding, agent gone -> Ending",
    PutOnHold = "Talking, agent holds -> Holding",
    TakenBack = "Holding, agent resumes -> Talking",
    MessageBegins = "MessageIntro, played -> Recording",
    KeyInIntro = "MessageIntro, key",
    KeyInMessage = "Recording, key",
    MessageFull = "Recording, limit -> Farewell",
    CallbackWanted = "Menu, callback wanted -> Keeping",
    CallbackKept = "Keeping, callback kept -> Menu",
    CallbackNotKept = "Keeping, callback not kept -> Entering",
    ComplaintKept = "Keeping, complaint kept -> Farewell",
    ComplaintNotKept = "Keeping, complaint not kept",
    TransferTaken = "Dialling, answered -> Transferred",
    TransferNotTaken = "Dialling, failed -> NotTransferred",
    TransferGivenUp = "Dialling, 0 or * -> Entering",
    ToldNobodyAnswers = "NotTransferred, played -> Entering",
    NotToldNobodyAnswers = "NotTransferred, 0 or * -> Entering",
    CalleeLeft = "Transferred, callee gone -> Ending",
    StaffTold = "Staff, done -> Farewell",
    FarewellHeard = "Farewell, played -> Ending",
    Meaningless = "any, an input that means nothing there",
}

/// Arms taken, a bit each.
#[derive(Clone, Copy, Default, Debug)]
pub struct Arms(u64);

impl Arms {
    pub fn record(&mut self, arm: Arm) {
        self.0 |= 1 << (arm as u64);
    }

    /// Those taken, by name.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, name)| *name)
    }

    /// Every arm there is.
    pub fn all() -> &'static [&'static str] {
        NAMES
    }
}
