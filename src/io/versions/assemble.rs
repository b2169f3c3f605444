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
use crate::menu::view::Views;
use crate::menu::{ManifestView, Program, PromptKind, Sources, compile};

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
    let around = around(content, frame);
    let sources = sources(content, frame.places, around.views.clone(), None);
    let compiled = around.compile(&sources, frame.recorded, None);
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

fn around(content: &Content, frame: &Frame<'_>) -> Around {
    let texts = Texts {
        queues: Some(&content.queues),
        calendar: content.calendar.as_deref(),
        plans: content.plans.as_deref(),
    };
    Around::read(&texts, frame.places, frame.offers)
}

fn sources(content: &Content, places: &Places, views: Views, manifest: Option<ManifestView>) -> Sources {
    Sources {
        files: named(&content.menus, &places.menus),
        mains: content.mains.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
        views,
        manifest,
    }
}

/// What the recordings show beyond the texts: their true lengths, and what each was approved as.
/// Whether they are there and approved at all, the inspection of the prompts tells.
pub fn heard(content: &Content, frame: &Frame<'_>, manifest: ManifestView) -> Vec<Finding> {
    let views = around(content, frame).views;
    let mut found = compile(&sources(content, frame.places, views, Some(manifest))).findings;
    found.retain(|finding| !["recording-missing", "audio-unknown"].contains(&finding.rule));
    found
}

/// Drafts assembled to learn which recordings they want, also while a recording is too long.
pub fn assembled(drafts: &Drafts) -> Result<Assembled, Vec<Finding>> {
    let content = drafts.read()?;
    let recorded = Recorded::read(&drafts.prompts);
    let (places, offers) = (&drafts.places, &drafts.offers);
    let measured = assemble(&content, &Frame { places, offers, recorded: &recorded });
    let estimated = |findings| {
        assemble(&content, &Frame { places, offers, recorded: &Recorded::default() }).map_err(|_| findings)
    };
    measured.or_else(estimated)
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
            kind: prompt.kind.word().to_owned(),
            text: text.clone(),
        }));
    }
    for plan in &around.plans {
        wanted.extend(plan.texts().map(|(language, text)| Wanted {
            language: language.to_string(),
            name: PlanConfig::prompt(&plan.name).0,
            kind: PromptKind::Notice.word().to_owned(),
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
