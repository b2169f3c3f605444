//! Menu files as they were written: everything with its place, nothing resolved yet.
//! Rules of the standard look at this, so that they can point at the text.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{EntryId, Key, Language, MenuId, QueueId};
use crate::menu::length::Measured;
use crate::menu::manifest::ManifestView;
use crate::menu::model::PromptKind;
use crate::menu::report::{At, Spot};
use crate::menu::standard::{HouseDraft, ServiceNotice};

/// All drafts of a hotline together with what is known around them.
#[derive(Clone, Debug)]
pub struct Book {
    pub languages: Vec<Language>,
    pub system: SystemDraft,
    pub menus: Vec<MenuDraft>,
    pub mains: Vec<(EntryId, MenuId)>,
    /// `None`: not known, so not checked.
    pub queues: Option<BTreeSet<QueueId>>,
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
    /// Packs of rules, and findings that operations accepted.
    pub house: HouseDraft,
    pub texts: BTreeMap<String, SpeechDraft>,
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
    pub choices: Vec<ChoiceDraft>,
    pub information: Vec<InformationDraft>,
    pub collects: Vec<CollectDraft>,
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

#[derive(Clone, Debug)]
pub struct InformationDraft {
    pub name: At<String>,
    pub purpose: Purpose,
    pub text: Option<SpeechDraft>,
    /// Else back to the choices of the menu.
    pub leads_to: Option<At<TargetDraft>>,
}

#[derive(Clone, Debug)]
pub struct CollectDraft {
    pub name: At<String>,
    pub text: Option<SpeechDraft>,
    pub form: Form,
    pub min: u8,
    pub max: u8,
    pub secret: bool,
    pub retries: u8,
    pub timing: TimingDraft,
    pub leads_to: Option<At<TargetDraft>>,
}

/// What collected digits must look like, apart from their number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Form {
    #[default]
    Digits,
    /// A payment card: Luhn's check digit.
    Card,
    /// YYYYMMDD.
    Date,
}

/// Where something leads, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TargetDraft {
    Menu(String),
    Queue(QueueId),
    Information(String),
    Collect(String),
    Language(Language),
    /// From the language spoken to the one to speak.
    Languages(BTreeMap<Language, Language>),
    Message(Option<QueueId>),
    Person,
    Repeat,
    Back,
    End,
}

impl MenuDraft {
    /// Everywhere this menu leads, with the place that says so.
    pub fn targets(&self) -> impl Iterator<Item = &At<TargetDraft>> {
        let choices = self.choices.iter().filter_map(|choice| choice.leads_to.as_ref());
        let information = self.information.iter().filter_map(|node| node.leads_to.as_ref());
        let collects = self.collects.iter().filter_map(|node| node.leads_to.as_ref());
        choices.chain(information).chain(collects)
    }

    /// Every text with the name and kind of its prompt.
    pub fn speeches<'d>(&'d self) -> Vec<(String, &'d SpeechDraft, PromptKind)> {
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
        for node in &self.information {
            add(node.name.value.clone(), node.text.as_ref(), node.purpose.or(PromptKind::Information));
        }
        for node in &self.collects {
            add(node.name.value.clone(), node.text.as_ref(), PromptKind::Collect);
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

    /// Every text of the hotline with the name and kind of its prompt.
    pub fn speeches(&self) -> Vec<(String, &SpeechDraft, PromptKind)> {
        let system = self.system.texts.iter();
        let system = system.map(|(name, speech)| (name.clone(), speech, PromptKind::System));
        system.chain(self.menus.iter().flat_map(MenuDraft::speeches)).collect()
    }
}
