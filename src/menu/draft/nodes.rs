//! Nodes of a menu as they were written: what is told and asked, where it leads, on what condition.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::ids::{Language, QueueId};
use crate::menu::api::CallerList;
use crate::menu::draft::{Purpose, SpeechDraft, TimingDraft};
use crate::menu::report::{At, Spot};

/// Something told.
#[derive(Clone, Debug)]
pub struct InformationDraft {
    pub name: At<String>,
    pub purpose: Purpose,
    pub text: Option<SpeechDraft>,
    /// Else back to the choices of the menu.
    pub leads_to: Option<At<TargetDraft>>,
}

/// A step that takes digits.
#[derive(Clone, Debug)]
pub struct CollectDraft {
    pub name: At<String>,
    pub text: Option<SpeechDraft>,
    pub form: Form,
    pub min: u8,
    pub max: u8,
    pub secret: bool,
    /// Where the file asks for the digits to be read back.
    pub confirm: Option<Spot>,
    pub retries: u8,
    pub timing: TimingDraft,
    /// Not needed where a verification or a complaint asks the step.
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
    /// Money; `*` is the decimal point, so a person is `**`.
    Amount,
}

/// Nodes that decide, ask systems or take something down.
#[derive(Clone, Debug, Default)]
pub struct NodesDraft {
    pub branches: Vec<BranchDraft>,
    pub lookups: Vec<LookupDraft>,
    pub verifies: Vec<VerifyDraft>,
    pub surveys: Vec<SurveyDraft>,
    pub complaints: Vec<ComplaintDraft>,
}

impl NodesDraft {
    /// Where these nodes lead, their rows of conditions apart.
    pub fn ways(&self) -> impl Iterator<Item = &Option<At<TargetDraft>>> {
        let branches = self.branches.iter().map(|node| &node.otherwise);
        let lookups = self.lookups.iter().flat_map(|node| [&node.leads_to, &node.failed]);
        let verifies = self.verifies.iter().flat_map(|node| [&node.leads_to, &node.failed]);
        let surveys = self.surveys.iter().map(|node| &node.leads_to);
        branches.chain(lookups).chain(verifies).chain(surveys)
    }
}

/// The first row that fits decides.
#[derive(Clone, Debug)]
pub struct BranchDraft {
    pub name: At<String>,
    pub whens: Vec<WhenDraft>,
    pub otherwise: Option<At<TargetDraft>>,
}

/// A question to one of the bank's systems.
#[derive(Clone, Debug)]
pub struct LookupDraft {
    pub name: At<String>,
    pub text: Option<SpeechDraft>,
    pub service: Option<At<String>>,
    pub path: Option<At<String>>,
    /// Steps of this menu whose digits are sent.
    pub send: Vec<At<String>>,
    /// What the answer holds; empty = not told, so not checked.
    pub fields: Vec<At<String>>,
    pub whens: Vec<WhenDraft>,
    pub leads_to: Option<At<TargetDraft>>,
    /// Else a person.
    pub failed: Option<At<TargetDraft>>,
}

/// Identification and secret, attempts limited (CBA-32).
#[derive(Clone, Debug)]
pub struct VerifyDraft {
    pub name: At<String>,
    pub text: Option<SpeechDraft>,
    pub service: Option<At<String>>,
    pub path: Option<At<String>>,
    /// Steps of this menu, the identity first.
    pub ask: Vec<At<String>>,
    pub level: Option<At<String>>,
    pub attempts: u8,
    pub leads_to: Option<At<TargetDraft>>,
    /// Else a person.
    pub failed: Option<At<TargetDraft>>,
}

/// Questions answered by one key each (CBA-19).
#[derive(Clone, Debug)]
pub struct SurveyDraft {
    pub name: At<String>,
    pub questions: Vec<QuestionDraft>,
    /// Else the farewell.
    pub leads_to: Option<At<TargetDraft>>,
}

#[derive(Clone, Debug)]
pub struct QuestionDraft {
    pub spot: Spot,
    pub name: Option<At<String>>,
    pub text: Option<SpeechDraft>,
    /// Keys 1 to this answer it.
    pub most: u8,
}

impl QuestionDraft {
    /// Name of its prompt behind that of the menu.
    pub fn prompt(&self, survey: &str) -> String {
        format!("{survey}.{}", self.name.as_ref().map_or("", |name| name.value.as_str()))
    }
}

/// Steps asked one after the other, then a message is recorded (CBA-41).
#[derive(Clone, Debug)]
pub struct ComplaintDraft {
    pub name: At<String>,
    pub text: Option<SpeechDraft>,
    pub ask: Vec<At<String>>,
    pub queue: Option<At<QueueId>>,
}

/// One row of conditions: all of them must be as wanted.
#[derive(Clone, Debug)]
pub struct WhenDraft {
    pub spot: Spot,
    pub terms: Vec<TermDraft>,
    pub leads_to: Option<At<TargetDraft>>,
}

#[derive(Clone, Debug)]
pub struct TermDraft {
    pub condition: At<ConditionDraft>,
    /// Must it be true, or must it be false?
    pub holds: bool,
}

/// Something true or false of the moment, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ConditionDraft {
    Open(String),
    Holiday,
    Caller(CallerList),
    Language(Language),
    /// Verified at least to this level.
    Level(String),
    Plan(String),
    /// A field of a look-up's answer has this value.
    Field {
        name: String,
        value: String,
    },
    Waiting {
        queue: QueueId,
        above: u32,
    },
    Estimate {
        queue: QueueId,
        above: Duration,
    },
    Ready {
        queue: QueueId,
        below: u32,
    },
}

/// Where something leads, by name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TargetDraft {
    Menu(String),
    Queue(QueueId),
    Information(String),
    Collect(String),
    Branch(String),
    Lookup(String),
    Verify(String),
    Survey(String),
    Complaint(String),
    Language(Language),
    /// From the language spoken to the one to speak.
    Languages(BTreeMap<Language, Language>),
    Message(Option<QueueId>),
    /// To be rung back instead of waiting.
    Callback(Option<QueueId>),
    /// To a number outside.
    Transfer(String),
    Elderly,
    Person,
    Repeat,
    Back,
    Top,
    End,
}
