//! Every key that may stand in a menu file and in `system.toml`: of what shape, within what bounds,
//! what for. The parser reads by these tables and the schemas for editors are written from them.

use crate::menu::system;

/// A table of a file.
#[derive(Debug)]
pub struct Table {
    /// For messages: "a choice".
    pub what: &'static str,
    pub keys: &'static [Key],
}

/// A key with what may stand behind it.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub need: Need,
    /// For people who meet it first.
    pub about: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    Needed,
    Optional,
}

#[derive(Debug)]
pub enum Shape {
    /// A name or another short text; the example is for messages.
    Text {
        example: &'static str,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    Flag,
    /// A whole number.
    Count {
        least: u32,
        most: u32,
    },
    /// Seconds, also with a decimal point.
    Seconds {
        least: u32,
        most: u32,
    },
    /// A time as people write it: "5 min".
    Span,
    /// YYYY-MM-DD.
    Date,
    /// A key of a telephone.
    Phone,
    /// A text per language.
    Speech,
    /// Short texts in square brackets.
    List {
        most: usize,
        example: &'static str,
    },
    /// Where something leads.
    Target,
    /// A language, or from each language to another.
    Languages,
    /// The texts of the hotline itself, by their names.
    SystemTexts,
    /// `[name]`, or a table in braces.
    One(&'static Table),
    /// `[name.NAME]`.
    Named(&'static Table),
    /// `[[name]]`.
    Rows(&'static Table),
}

const fn may(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, need: Need::Optional, about }
}

const fn must(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, need: Need::Needed, about }
}

const fn text(example: &'static str) -> Shape {
    Shape::Text { example }
}

const fn count(least: u32, most: u32) -> Shape {
    Shape::Count { least, most }
}

const fn list(most: usize, example: &'static str) -> Shape {
    Shape::List { most, example }
}

/// Longest name or other short text, in bytes.
pub const LONGEST: usize = 200;
/// Most digits one step takes.
pub const MAX_DIGITS: u8 = 32;
/// Most languages a hotline speaks.
pub const MAX_LANGUAGES: usize = 8;
/// Most levels of verification.
const MAX_LEVELS: usize = 8;
/// Most callers or agents a condition can ask about.
const MAX_PEOPLE: u32 = 100_000;

const FIRST_DIGIT: Shape = Shape::Seconds { least: 2, most: 30 };
const INTER_DIGIT: Shape = Shape::Seconds { least: 1, most: 15 };
const KIND: Shape = Shape::Word(&["service", "advert"]);
/// Lists of callers.
pub const CALLERS: &[&str] = &["known", "vip", "blocked", "elderly"];
/// What collected digits can look like.
pub const FORMS: &[&str] = &["digits", "card", "date", "amount"];

/// Targets that are words.
pub const WORDS: &[&str] = &["person", "repeat", "back", "top", "message", "callback", "elderly", "end"];

/// Targets that name something: exactly one key.
pub const TARGETS: Table = Table {
    what: "a target",
    keys: &[
        may("menu", text("loans"), "another menu"),
        may("queue", text("general"), "a queue of ops/queues.toml"),
        may("information", text("hours"), "an [information.NAME] of this file"),
        may("collect", text("card-number"), "a [collect.NAME] of this file"),
        may("branch", text("by-hour"), "a [branch.NAME] of this file"),
        may("lookup", text("balance"), "a [lookup.NAME] of this file"),
        may("verify", text("holder"), "a [verify.NAME] of this file"),
        may("survey", text("service"), "a [survey.NAME] of this file"),
        may("complaint", text("recorded"), "a [complaint.NAME] of this file"),
        may("language", Shape::Languages, "another language, or from each language to another"),
        may("message", text("general"), "leave a message for this queue"),
        may("callback", text("general"), "be rung back by this queue"),
        may("transfer", text("95500"), "a number outside, of those allowed under [sip] transfer_prefixes"),
    ],
};

pub const MENU: Table = Table {
    what: "a menu",
    keys: &[
        may("person", text("general"), "queue behind key 0, silence and wrong keys; a main menu needs it"),
        may("notice", Shape::Speech, "heard in full before anything else, at most 8 s"),
        may("greeting", Shape::Speech, "heard on entering, at most 8 s"),
        may("announcement", Shape::One(&ANNOUNCEMENT), "heard between greeting and choices"),
        may("timing", Shape::One(&TIMING), "how long keys are waited for, what is forgiven"),
        may("when", Shape::Rows(&WHEN), "decided on entering, before anything is heard"),
        may("choice", Shape::Rows(&CHOICE), "a key and where it leads"),
        may("information", Shape::Named(&INFORMATION), "something told"),
        may("collect", Shape::Named(&COLLECT), "a step that takes digits"),
        may("branch", Shape::Named(&BRANCH), "a decision"),
        may("lookup", Shape::Named(&LOOKUP), "a question to one of the bank's systems"),
        may("verify", Shape::Named(&VERIFY), "a proof of who calls"),
        may("survey", Shape::Named(&SURVEY), "questions answered by one key each"),
        may("complaint", Shape::Named(&COMPLAINT), "a complaint, keyed in and spoken"),
    ],
};

const ANNOUNCEMENT: Table = Table {
    what: "an announcement",
    keys: &[
        must("text", Shape::Speech, "what is said"),
        may("kind", KIND, "\"advert\" if it sells something"),
        may("service_notice", Shape::One(&SERVICE_NOTICE), "who vouches that it informs and does not sell"),
    ],
};

const SERVICE_NOTICE: Table = Table {
    what: "a service notice",
    keys: &[must("by", text("Wang Fang"), "who vouches"), must("on", Shape::Date, "since when")],
};

const TIMING: Table = Table {
    what: "[timing]",
    keys: &[
        may("first_digit", FIRST_DIGIT, "seconds to the first key; else 5"),
        may("inter_digit", INTER_DIGIT, "seconds from one digit to the next; else 4"),
        may("silences", count(0, 5), "silences in a row that are forgiven; else 2"),
        may("wrong_keys", count(0, 5), "wrong keys in a row that are forgiven; else 2"),
    ],
};

const CHOICE: Table = Table {
    what: "a choice",
    keys: &[
        must("key", Shape::Phone, "the key, in the order said"),
        must("text", Shape::Speech, "the option first, the key last"),
        may("kind", KIND, "\"advert\" if it sells something"),
        may("service_notice", Shape::One(&SERVICE_NOTICE), "who vouches that it informs and does not sell"),
        must("leads_to", Shape::Target, "where the key leads"),
    ],
};

const INFORMATION: Table = Table {
    what: "an information",
    keys: &[
        must("text", Shape::Speech, "what is told; {NAME:KIND} says a value"),
        may("kind", KIND, "\"advert\" if it sells something"),
        may("leads_to", Shape::Target, "what follows; else the choices again"),
    ],
};

const COLLECT: Table = Table {
    what: "a step that collects digits",
    keys: &[
        must("text", Shape::Speech, "what is asked for"),
        may("form", Shape::Word(FORMS), "what the digits must look like; else \"digits\""),
        may("min", count(1, MAX_DIGITS as u32), "least digits; else 1"),
        must("max", count(1, MAX_DIGITS as u32), "most digits"),
        may("secret", Shape::Flag, "in no recording, journal or log"),
        may("confirm", Shape::Flag, "read back: 1 = right, 2 = again"),
        may("retries", count(0, 5), "how often unfit digits may be keyed in again; else 2"),
        may("first_digit", FIRST_DIGIT, "seconds to the first digit; else as under [timing]"),
        may("inter_digit", INTER_DIGIT, "seconds from one digit to the next; else as under [timing]"),
        may("leads_to", Shape::Target, "where the digits lead; needless where a verify or complaint asks"),
    ],
};

const BRANCH: Table = Table {
    what: "a branch",
    keys: &[
        must("when", Shape::Rows(&WHEN), "conditions; the first row that fits decides"),
        must("otherwise", Shape::Target, "where it leads if no row fits"),
    ],
};

const LOOKUP: Table = Table {
    what: "a look-up",
    keys: &[
        may("text", Shape::Speech, "heard meanwhile; else system.lookup.wait"),
        must("service", text("bank"), "a system: [lookups.NAME] of ops/hotline.toml"),
        must("path", text("/balance"), "what it is asked, added to the address of the service"),
        may("send", list(16, "card-number"), "steps of this file whose digits are sent"),
        may("fields", list(64, "balance"), "what the answer holds: named here, misspelt names are found"),
        may("when", Shape::Rows(&WHEN), "conditions on the answer; the first row that fits decides"),
        must("leads_to", Shape::Target, "where it leads if no row fits"),
        may("failed", Shape::Target, "where it leads without an answer; else a person"),
    ],
};

const VERIFY: Table = Table {
    what: "a verification",
    keys: &[
        may("text", Shape::Speech, "heard while the service is asked; else system.lookup.wait"),
        must("service", text("bank"), "a system: [lookups.NAME] of ops/hotline.toml"),
        must("path", text("/verify"), "what it is asked, added to the address of the service"),
        must("ask", list(8, "card-number"), "steps of this file: who it is, then secrets"),
        may("level", text("verified"), "how sure one can be then; else \"verified\""),
        may("attempts", count(1, 5), "in one call; else 3"),
        must("leads_to", Shape::Target, "where it leads once verified"),
        may("failed", Shape::Target, "where it leads if not; else a person"),
    ],
};

const SURVEY: Table = Table {
    what: "a survey",
    keys: &[
        must("question", Shape::Rows(&QUESTION), "what is asked"),
        may("leads_to", Shape::Target, "what follows; else the farewell"),
    ],
};

const QUESTION: Table = Table {
    what: "a question of a survey",
    keys: &[
        must("name", text("satisfied"), "by which the answers are counted"),
        must("text", Shape::Speech, "the question with its keys"),
        may("most", count(1, 9), "keys 1 to this answer; else 5"),
    ],
};

const COMPLAINT: Table = Table {
    what: "a complaint",
    keys: &[
        may("text", Shape::Speech, "heard first"),
        may("ask", list(8, "contact"), "steps of this file, asked one after the other"),
        may("queue", text("complaints"), "for whom the message is; else the queue of people"),
    ],
};

pub const WHEN: Table = Table {
    what: "a row of conditions",
    keys: &[
        may("open", text("office"), "this schedule of ops/calendar.toml is open"),
        may("closed", text("office"), "this schedule of ops/calendar.toml is closed"),
        may("holiday", Shape::Flag, "today is a public holiday, or is none"),
        may("caller", Shape::Word(CALLERS), "the caller is on this list"),
        may("not_caller", Shape::Word(CALLERS), "the caller is not on this list"),
        may("language", text("en-US"), "this language is spoken"),
        may("verified", text("verified"), "verified at least to this level"),
        may("not_verified", text("verified"), "not verified to this level"),
        may("plan", text("storm"), "this plan of ops/plans.toml is in force"),
        may("no_plan", text("storm"), "this plan is not in force"),
        may("field", text("status"), "a field of a look-up's answer, compared by `is` or `is_not`"),
        may("is", text("blocked"), "the field has this value"),
        may("is_not", text("blocked"), "the field has another value"),
        may("queue", text("general"), "the queue that the next three keys are about"),
        may("waiting_above", count(0, MAX_PEOPLE), "more callers wait in it"),
        may("estimate_above", Shape::Span, "a caller would wait longer in it"),
        may("ready_below", count(1, MAX_PEOPLE), "fewer of its agents are ready"),
        must("leads_to", Shape::Target, "where it leads if all of that holds"),
    ],
};

pub const SYSTEM: Table = Table {
    what: "system.toml",
    keys: &[
        must("languages", list(MAX_LANGUAGES, "zh-CN"), "the languages, the first one spoken first"),
        may("packs", list(16, "cn-banking"), "sets of rules beyond those that always hold"),
        may("accept", Shape::Rows(&ACCEPT), "findings of default rules that somebody accepts"),
        may(
            "levels",
            list(MAX_LEVELS, "verified"),
            "levels of verification, rising; else \"verified\" alone",
        ),
        may("elderly", Shape::One(&ELDERLY), "the profile for elderly callers"),
        may("text", Shape::SystemTexts, "what the hotline says by itself"),
    ],
};

const ACCEPT: Table = Table {
    what: "[[accept]]",
    keys: &[
        must("rule", text("many-options"), "a default rule, see docs/rules.md"),
        must("by", text("Wang Fang"), "who accepts what it finds"),
        must("on", Shape::Date, "since when"),
    ],
};

const ELDERLY: Table = Table {
    what: "[elderly]",
    keys: &[
        may("first_digit", FIRST_DIGIT, "at least so many seconds to the first key; else 10"),
        may("inter_digit", INTER_DIGIT, "at least so many seconds between digits; else 8"),
        may("straight_to_person", Shape::Flag, "to a person right after the notice; else true"),
    ],
};

/// Names of [`Shape::SystemTexts`].
pub fn system_texts() -> impl Iterator<Item = &'static str> + Clone {
    system::names()
}

impl Table {
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Key {
    /// How it is written, for messages.
    pub fn example(&self) -> String {
        let name = self.name;
        match &self.shape {
            Shape::Text { example } => format!("Write {name} = \"{example}\"."),
            Shape::Word(words) => format!("Write \"{}\".", words.join("\" or \"")),
            Shape::Flag => "Write true or false, without quotation marks.".to_owned(),
            Shape::Count { least, most } => format!("Write a whole number from {least} to {most}."),
            Shape::Seconds { least, most } => format!("Write seconds from {least} to {most}."),
            Shape::Span => "Write a time such as \"30 s\", \"5 min\" or \"1 h 30 min\".".to_owned(),
            Shape::Date => "Write a day such as \"2026-05-01\".".to_owned(),
            Shape::Phone => {
                format!("Write one key of a telephone in quotation marks: {name} = \"1\".")
            }
            Shape::Speech => format!("Write {name} = {{ zh-CN = \"…\", en-US = \"…\" }}."),
            Shape::List { example, most } => {
                format!("Write names in square brackets, at most {most}: {name} = [\"{example}\"].")
            }
            Shape::Target => target_help(),
            Shape::Languages => {
                "Write a language, or from each to another: { zh-CN = \"en-US\", en-US = \"zh-CN\" }."
                    .to_owned()
            }
            Shape::SystemTexts | Shape::One(_) => format!("Open a table: [{name}]."),
            Shape::Named(_) => format!("Open a table: [{name}.NAME]."),
            Shape::Rows(_) => format!("Open each one with two square brackets, as in [[{name}]]."),
        }
    }
}

/// Every way to write a target.
pub fn target_help() -> String {
    let tables: Vec<String> = TARGETS.keys.iter().map(|key| format!("{{ {} = \"…\" }}", key.name)).collect();
    format!("Write \"{}\", or one of {}.", WORDS.join("\", \""), tables.join(", "))
}
