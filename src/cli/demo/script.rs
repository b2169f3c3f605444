//! What must be true of each call afterwards.

use super::play::{AGENT_TONE, CALLER_TONES, NUMBERS};
use crate::event::Outcome;
use crate::phone::Ending;

/// One caller's visit as it should be.
pub struct Act {
    pub title: &'static str,
    pub number: &'static str,
    /// Prompts heard whole, in this order; others may stand between them.
    pub heard: &'static [&'static str],
    /// A prompt that the caller's key cut off.
    pub cut: Option<&'static str>,
    pub keys: Keys,
    pub menus: &'static [&'static str],
    /// Queues with the word for how they were left.
    pub queues: &'static [(&'static str, &'static str)],
    pub agents: &'static [&'static str],
    /// Agents rung, with how that ended.
    pub offers: &'static [(&'static str, &'static str)],
    pub outcome: Outcome,
    pub ending: Ending,
    pub sound: Tones,
}

pub struct Keys {
    pub pressed: &'static str,
    /// Those that menus consumed: they stand in the index.
    pub in_menus: &'static str,
}

/// Tones in the recording, in Hz, with the least seconds of each.
pub struct Tones {
    pub caller: (f64, f64),
    pub agent: Option<(f64, f64)>,
}

pub const ACTS: [Act; 3] = [
    Act {
        title: "Self-service: an information, and the caller hangs up",
        number: NUMBERS[0],
        heard: &["main.notice", "main.greeting", "accounts.choice.1", "accounts.hours", "accounts.choice.1"],
        cut: None,
        keys: Keys { pressed: "22", in_menus: "22" },
        menus: &["main", "accounts"],
        queues: &[],
        agents: &[],
        offers: &[],
        outcome: Outcome::SelfService,
        ending: Ending::ByUs,
        sound: Tones { caller: (CALLER_TONES[0], 0.8), agent: None },
    },
    Act {
        title: "Key 0 during the prompt, the queue, an agent",
        number: NUMBERS[1],
        heard: &[
            "main.notice",
            "system.queue.welcome",
            "system.queue.position.before",
            "system.digit.1",
            "system.queue.position.after",
            "system.agent.number.before",
            "system.digit.1",
            "system.digit.0",
            "system.digit.0",
            "system.digit.2",
            "system.agent.number.after",
        ],
        cut: Some("main.greeting"),
        keys: Keys { pressed: "0", in_menus: "0" },
        menus: &["main"],
        queues: &[("general", "answered")],
        agents: &["1002"],
        offers: &[("1001", "rejected"), ("1002", "answered")],
        outcome: Outcome::Agent,
        ending: Ending::ByUs,
        sound: Tones { caller: (CALLER_TONES[1], 2.0), agent: Some((AGENT_TONE, 2.0)) },
    },
    Act {
        title: "A full queue, the overflow queue without agents, a message",
        number: NUMBERS[2],
        heard: &[
            "main.notice",
            "system.queue.welcome",
            "system.queue.position.before",
            "system.digit.1",
            "system.queue.position.after",
            "system.message.intro",
            "system.beep",
            "system.message.thanks",
        ],
        cut: None,
        keys: Keys { pressed: "0#", in_menus: "0" },
        menus: &["main"],
        queues: &[("general", "overflowed"), ("overflow", "overflowed")],
        agents: &[],
        offers: &[],
        outcome: Outcome::Message,
        ending: Ending::ByPeer,
        sound: Tones { caller: (CALLER_TONES[2], 2.5), agent: None },
    },
];
