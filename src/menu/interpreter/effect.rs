//! What a transition wants done, in indexes: cheap to make, so that the proof can walk far.

use std::time::Duration;

use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::PromptName;
use crate::menu::model::{LanguageIx, MenuIx, Program, QueueIx};
use crate::menu::system::Sys;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    Play {
        heard: Heard,
        language: LanguageIx,
        secret: bool,
    },
    Hush,
    Wait(Duration),
    /// Ask whether the digits fit.
    Choose,
    /// Remember a digit of the step under way.
    Store(u8),
    /// Wipe the digits.
    Forget,
    Note(Note),
    Queue {
        queue: QueueIx,
        language: LanguageIx,
    },
    Message {
        queue: Option<QueueIx>,
        language: LanguageIx,
    },
    End,
}

/// A fact for the journal, before names and digits are put in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    Language(LanguageIx),
    Entered(MenuIx),
    Key { menu: MenuIx, key: Key },
    Failed { menu: MenuIx, error: MenuError },
    Information { menu: MenuIx, node: u16 },
    Collected { menu: MenuIx, node: u16, count: u8 },
    AgentRequested(MenuIx),
}

/// Something to be heard.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Heard {
    /// The notice of a main menu: no barge-in.
    Notice(MenuIx),
    /// On entering: greeting, announcement, choices, the person.
    Welcome(MenuIx, Place),
    /// Again: what went wrong, choices, the person.
    Choices(MenuIx, Place, Option<Sys>),
    Information(MenuIx, u16),
    Collect(MenuIx, u16, Option<Sys>),
    Transfer,
    Farewell,
}

/// Whether there is a menu above to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    Top,
    Below,
}

impl Heard {
    /// The prompts, in order.
    pub fn prompts(self, program: &Program) -> Vec<PromptName> {
        let sys = |sys: Sys| PromptName(sys.name().to_owned());
        match self {
            Heard::Notice(menu) => program.menu(menu).notice.iter().cloned().collect(),
            Heard::Welcome(ix, place) => {
                let menu = program.menu(ix);
                let mut all: Vec<PromptName> =
                    menu.greeting.iter().chain(&menu.announcement).cloned().collect();
                all.extend(Heard::Choices(ix, place, None).prompts(program));
                all
            }
            Heard::Choices(menu, place, wrong) => {
                let mut all: Vec<PromptName> = wrong.map(sys).into_iter().collect();
                all.extend(program.menu(menu).choices.iter().map(|choice| choice.prompt.clone()));
                all.push(sys(Sys::Person));
                if place == Place::Below {
                    all.push(sys(Sys::Back));
                }
                all
            }
            Heard::Information(menu, node) => {
                let node = program.menu(menu).information.get(usize::from(node));
                node.map(|node| node.prompt.clone()).into_iter().collect()
            }
            Heard::Collect(menu, node, wrong) => {
                let node = program.menu(menu).collects.get(usize::from(node));
                let prompt = node.map(|node| node.prompt.clone());
                wrong.map(sys).into_iter().chain(prompt).chain([sys(Sys::CollectKeys)]).collect()
            }
            Heard::Transfer => vec![sys(Sys::TransferToPerson)],
            Heard::Farewell => vec![sys(Sys::Goodbye)],
        }
    }
}
