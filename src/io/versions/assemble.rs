//! From the texts of a snapshot to what runs: menus compiled and proved, everything around them
//! checked, prompts wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::around::{Around, Texts};
use super::content::{Content, Drafts, Offers, Places};
use crate::acd::api::QueueConfig;
use crate::config::calendar::Calendar;
use crate::config::finding::{Finding, Severity};
use crate::config::plans::PlanConfig;
use crate::io::prompts::inspect::Wanted;
use crate::io::prompts::lengths::Recorded;
use crate::io::prompts::tones;
use crate::media::command::PromptTable;
use crate::menu::{Program, PromptKind, Sources};

/// Menus and what is around them, sound and fitting together.
#[derive(Clone, Debug)]
pub struct Assembled {
    pub program: Arc<Program>,
    pub queues: Vec<QueueConfig>,
    pub calendar: Option<Arc<Calendar>>,
    pub plans: Vec<PlanConfig>,
    /// Every recording that callers may come to hear.
    pub wanted: Vec<Wanted>,
    pub warnings: Vec<Finding>,
}

/// What a content is held against.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    pub places: &'a Places,
    pub offers: &'a Offers,
    /// Lengths of recordings; what is not in it is estimated.
    pub recorded: &'a Recorded,
}

/// Compiles a content; with errors, every finding of all files at once.
pub fn assemble(content: &Content, frame: &Frame<'_>) -> Result<Assembled, Vec<Finding>> {
    let texts = Texts {
        queues: Some(&content.queues),
        calendar: content.calendar.as_deref(),
        plans: content.plans.as_deref(),
    };
    let around = Around::read(&texts, frame.places, frame.offers);
    let sources = Sources {
        files: named(&content.menus, &frame.places.menus),
        mains: content.mains.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
        views: around.views.clone(),
        manifest: None,
    };
    let compiled = around.compile(&sources, frame.recorded);
    match compiled.program {
        Some(program) if compiled.findings.iter().all(|f| f.severity != Severity::Error) => {
            let wanted = wanted(&program, &around);
            let Around { queues, calendar, plans, .. } = around;
            let warnings = compiled.findings;
            Ok(Assembled { program: Arc::new(program), queues, calendar, plans, wanted, warnings })
        }
        _ => Err(compiled.findings),
    }
}

/// Drafts assembled to learn which recordings they want, also while a recording is too long.
pub fn wanted_by(drafts: &Drafts) -> Result<Vec<Wanted>, Vec<Finding>> {
    let content = drafts.read()?;
    let recorded = Recorded::read(&drafts.prompts);
    let (places, offers) = (&drafts.places, &drafts.offers);
    let measured = assemble(&content, &Frame { places, offers, recorded: &recorded });
    let estimated = |findings| {
        assemble(&content, &Frame { places, offers, recorded: &Recorded::default() }).map_err(|_| findings)
    };
    measured.or_else(estimated).map(|assembled| assembled.wanted)
}

/// Texts with the paths under which findings name them.
pub fn named(menus: &BTreeMap<String, String>, directory: &Path) -> Vec<(String, String)> {
    let path = |name: &String| directory.join(name).display().to_string();
    menus.iter().map(|(name, text)| (path(name), text.clone())).collect()
}

/// What menus, system prompts, plans, queues and messages need to be heard.
fn wanted(program: &Program, around: &Around) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut spoken = BTreeSet::new();
    for prompt in program.prompts() {
        spoken.insert(prompt.name.0.as_str());
        wanted.extend(prompt.texts.iter().map(|(language, text)| Wanted {
            language: language.to_string(),
            name: prompt.name.0.clone(),
            kind: kind(prompt.kind).to_owned(),
            text: text.clone(),
        }));
    }
    for plan in &around.plans {
        wanted.extend(plan.texts().map(|(language, text)| Wanted {
            language: language.to_string(),
            name: PlanConfig::prompt(&plan.name).0,
            kind: kind(PromptKind::Notice).to_owned(),
            text: text.to_owned(),
        }));
    }
    let mut wordless = BTreeMap::from([(tones::HOLD, tones::KIND_HOLD), (tones::BEEP, tones::KIND_TONE)]);
    wordless.extend(around.queues.iter().map(|queue| (queue.hold_audio.as_str(), tones::KIND_HOLD)));
    wanted.extend(wordless.into_iter().filter(|(name, _)| !spoken.contains(name)).map(|(name, kind)| {
        Wanted {
            language: PromptTable::ANY.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            text: String::new(),
        }
    }));
    wanted
}

/// Kind as the manifest writes it.
fn kind(kind: PromptKind) -> &'static str {
    match kind {
        PromptKind::Notice => "notice",
        PromptKind::Greeting => "greeting",
        PromptKind::Announcement => "announcement",
        PromptKind::Choice => "choice",
        PromptKind::Information => "information",
        PromptKind::Collect => "collect",
        PromptKind::System => "system",
        PromptKind::Value => "value",
        PromptKind::Advert => "advert",
    }
}
