//! Menu files as they were written: everything with its place, nothing resolved yet.
//! Rules of the standard look at this, so that they can point at the text.

use std::collections::BTreeMap;

use crate::ids::{EntryId, Key, Language, MenuId, QueueId};
use crate::menu::length::Measured;
use crate::menu::manifest::ManifestView;
use crate::menu::model::PromptKind;
use crate::menu::report::{At, Spot};
use crate::menu::view::Views;

mod nodes;

pub use nodes::*;

/// All drafts of a hotline together with what is known around them.
#[derive(Clone, Debug)]
pub struct Book {
    pub languages: Vec<Language>,
    pub system: SystemDraft,
    pub menus: Vec<MenuDraft>,
    pub mains: Vec<(EntryId, MenuId)>,
    pub views: Views,
    pub manifest: Option<ManifestView>,
    /// Lengths of recordings; what is missing is estimated.
    pub measured: Measured,
    /// How often each key of a menu was pressed; `None`: not known.
    pub statistics: Option<BTreeMap<(MenuId, Key), u64>>,
}

/// `system.toml`: languages and what the hotline says by itself.
#[derive(Clone, Debug)]
pub struct SystemDraft {
    pub spot: Spot,
    /// Where the languages stand.
    pub languages: Option<Spot>,
    /// Packs of rules beyond those that always hold.
    pub packs: Vec<At<String>>,
    /// Rules whose findings somebody accepted by name and day.
    pub accepted: Vec<At<String>>,
    /// Levels of verification, rising, as far as the file names them.
    pub levels: Vec<At<String>>,
    pub elderly: Option<ElderlyDraft>,
    pub texts: BTreeMap<String, SpeechDraft>,
}

/// The level of a verification that names none, and the only one of a hotline that lists none.
pub const USUAL_LEVEL: &str = "verified";

impl SystemDraft {
    /// Of a file that holds nothing.
    pub fn new(spot: Spot) -> Self {
        SystemDraft {
            spot,
            languages: None,
            packs: Vec::new(),
            accepted: Vec::new(),
            levels: Vec::new(),
            elderly: None,
            texts: BTreeMap::new(),
        }
    }

    /// Levels of verification, rising.
    pub fn levels(&self) -> Vec<&str> {
        match self.levels.as_slice() {
            [] => vec![USUAL_LEVEL],
            levels => levels.iter().map(|level| level.value.as_str()).collect(),
        }
    }
}

/// The profile for elderly callers (HB-elder). Milliseconds.
#[derive(Clone, Debug)]
pub struct ElderlyDraft {
    pub spot: Spot,
    pub first_digit: u32,
    pub inter_digit: u32,
    pub straight_to_person: bool,
}

/// One sentence in every language.
#[derive(Clone, Debug)]
pub struct SpeechDraft {
    pub spot: Spot,
    pub texts: BTreeMap<Language, At<String>>,
}

/// Whether a text sells something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Purpose {
    #[default]
    Service,
    Advert,
}

impl Purpose {
    /// The kind of a prompt that is `usual` unless it sells something.
    pub fn or(self, usual: PromptKind) -> PromptKind {
        match self {
            Purpose::Service => usual,
            Purpose::Advert => PromptKind::Advert,
        }
    }
}

/// Something said once on entering a menu, between greeting and choices.
#[derive(Clone, Debug)]
pub struct AnnouncementDraft {
    pub spot: Spot,
    pub purpose: Purpose,
    pub service_notice: Option<At<ServiceNotice>>,
    pub text: Option<SpeechDraft>,
}

/// Somebody vouches that a text informs and does not sell, though it sounds so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceNotice {
    pub by: String,
    /// `YYYY-MM-DD`.
    pub on: String,
}

/// A menu: one file, its name is its id.
#[derive(Clone, Debug)]
pub struct MenuDraft {
    pub id: MenuId,
    pub spot: Spot,
    /// Queue behind key 0, silence and wrong keys; else that of the main menu.
    pub person: Option<At<QueueId>>,
    /// Legally required: heard in full, keys are kept meanwhile.
    pub notice: Option<SpeechDraft>,
    pub greeting: Option<SpeechDraft>,
    pub announcement: Option<AnnouncementDraft>,
    pub timing: TimingDraft,
    /// Decided on entering, before anything is heard.
    pub whens: Vec<WhenDraft>,
    pub choices: Vec<ChoiceDraft>,
    pub information: Vec<InformationDraft>,
    pub collects: Vec<CollectDraft>,
    /// Nodes that decide, ask systems or take something down.
    pub nodes: NodesDraft,
}

/// Milliseconds and counts; `None` = the default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TimingDraft {
    pub first_digit: Option<u32>,
    pub inter_digit: Option<u32>,
    pub silences: Option<u8>,
    pub wrong_keys: Option<u8>,
}

#[derive(Clone, Debug)]
pub struct ChoiceDraft {
    pub spot: Spot,
    pub key: Option<At<Key>>,
    pub purpose: Purpose,
    pub service_notice: Option<At<ServiceNotice>>,
    pub text: Option<SpeechDraft>,
    pub leads_to: Option<At<TargetDraft>>,
}

impl MenuDraft {
    /// Everywhere this menu leads, with the place that says so.
    pub fn targets(&self) -> impl Iterator<Item = &At<TargetDraft>> {
        let choices = self.choices.iter().map(|choice| &choice.leads_to);
        let information = self.information.iter().map(|node| &node.leads_to);
        let collects = self.collects.iter().map(|node| &node.leads_to);
        let rows = self.rows().map(|row| &row.leads_to);
        choices.chain(information).chain(collects).chain(rows).chain(self.nodes.ways()).flatten()
    }

    /// Every row of conditions.
    pub fn rows(&self) -> impl Iterator<Item = &WhenDraft> {
        let branches = self.nodes.branches.iter().flat_map(|node| &node.whens);
        let lookups = self.nodes.lookups.iter().flat_map(|node| &node.whens);
        self.whens.iter().chain(branches).chain(lookups)
    }

    /// Every node by the word of its table, with its name.
    pub fn names(&self) -> Vec<(&'static str, &At<String>)> {
        let mut all = Vec::new();
        all.extend(self.information.iter().map(|node| ("information", &node.name)));
        all.extend(self.collects.iter().map(|node| ("collect", &node.name)));
        all.extend(self.nodes.branches.iter().map(|node| ("branch", &node.name)));
        all.extend(self.nodes.lookups.iter().map(|node| ("lookup", &node.name)));
        all.extend(self.nodes.verifies.iter().map(|node| ("verify", &node.name)));
        all.extend(self.nodes.surveys.iter().map(|node| ("survey", &node.name)));
        all.extend(self.nodes.complaints.iter().map(|node| ("complaint", &node.name)));
        all
    }

    pub fn collect(&self, name: &str) -> Option<&CollectDraft> {
        self.collects.iter().find(|node| node.name.value == name)
    }

    /// Lists of steps asked one after the other: those of verifications and complaints.
    pub fn asked(&self) -> impl Iterator<Item = &At<String>> {
        let verifies = self.nodes.verifies.iter().flat_map(|node| &node.ask);
        verifies.chain(self.nodes.complaints.iter().flat_map(|node| &node.ask))
    }

    /// Every text with the name and kind of its prompt.
    pub fn speeches(&self) -> Vec<(String, &SpeechDraft, PromptKind)> {
        let mut all = self.own_speeches();
        all.extend(self.node_speeches());
        all
    }

    /// Texts of the menu itself: notice, greeting, announcement, choices.
    pub fn own_speeches<'d>(&'d self) -> Vec<(String, &'d SpeechDraft, PromptKind)> {
        let mut all = Vec::new();
        let mut add = |node: String, speech: Option<&'d SpeechDraft>, kind: PromptKind| {
            all.extend(speech.map(|speech| (format!("{}.{node}", self.id), speech, kind)));
        };
        add("notice".into(), self.notice.as_ref(), PromptKind::Notice);
        add("greeting".into(), self.greeting.as_ref(), PromptKind::Greeting);
        if let Some(said) = &self.announcement {
            add("announcement".into(), said.text.as_ref(), said.purpose.or(PromptKind::Announcement));
        }
        for choice in &self.choices {
            if let Some(key) = &choice.key {
                let kind = choice.purpose.or(PromptKind::Choice);
                add(format!("choice.{}", key.value), choice.text.as_ref(), kind);
            }
        }
        all
    }

    /// Texts of nodes: these may have values in them.
    pub fn node_speeches<'d>(&'d self) -> Vec<(String, &'d SpeechDraft, PromptKind)> {
        let mut all = Vec::new();
        let mut add = |node: &str, speech: Option<&'d SpeechDraft>, kind: PromptKind| {
            all.extend(speech.map(|speech| (format!("{}.{node}", self.id), speech, kind)));
        };
        for node in &self.information {
            add(&node.name.value, node.text.as_ref(), node.purpose.or(PromptKind::Information));
        }
        for node in &self.collects {
            add(&node.name.value, node.text.as_ref(), PromptKind::Collect);
        }
        for node in &self.nodes.lookups {
            add(&node.name.value, node.text.as_ref(), PromptKind::Information);
        }
        for node in &self.nodes.verifies {
            add(&node.name.value, node.text.as_ref(), PromptKind::Information);
        }
        for node in &self.nodes.complaints {
            add(&node.name.value, node.text.as_ref(), PromptKind::Information);
        }
        for node in &self.nodes.surveys {
            for question in &node.questions {
                let name = question.prompt(&node.name.value);
                add(&name, question.text.as_ref(), PromptKind::Collect);
            }
        }
        all
    }

    /// The draft of a menu by its name.
    pub fn find<'b>(menus: &'b [MenuDraft], id: &MenuId) -> Option<&'b MenuDraft> {
        menus.iter().find(|menu| menu.id == *id)
    }
}

impl Book {
    /// Is this menu the first one of some entry?
    pub fn is_main(&self, id: &MenuId) -> bool {
        self.mains.iter().any(|(_, main)| main == id)
    }

    /// Queues that callers are led to as to people.
    pub fn queues_named(&self) -> impl Iterator<Item = &QueueId> {
        let people = self.menus.iter().filter_map(|menu| menu.person.as_ref()).map(|at| &at.value);
        let targets = self.menus.iter().flat_map(|menu| menu.targets());
        let queues = targets.filter_map(|target| match &target.value {
            TargetDraft::Queue(queue) => Some(queue),
            _ => None,
        });
        people.chain(queues)
    }

    /// Every text of the hotline with the name and kind of its prompt.
    pub fn speeches(&self) -> Vec<(String, &SpeechDraft, PromptKind)> {
        let system = self.system.texts.iter();
        let system = system.map(|(name, speech)| (name.clone(), speech, PromptKind::System));
        system.chain(self.menus.iter().flat_map(MenuDraft::speeches)).collect()
    }
}
