//! From the texts of a snapshot to what runs: menus compiled and proved, queues checked, prompts wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::content::{Content, Places};
use crate::acd::api::QueueConfig;
use crate::config::finding::{Finding, Severity};
use crate::config::queues;
use crate::io::prompts::inspect::Wanted;
use crate::io::prompts::tones;
use crate::media::command::PromptTable;
use crate::menu::view::Views;
use crate::menu::{ManifestView, Program, Sources, compile};

/// Menus and queues that are sound and fit together.
#[derive(Clone, Debug)]
pub struct Assembled {
    pub program: Arc<Program>,
    pub queues: Vec<QueueConfig>,
    /// Every recording that callers may come to hear.
    pub wanted: Vec<Wanted>,
    pub warnings: Vec<Finding>,
}

/// Compiles a content; with errors, every finding of menus and queues at once.
pub fn assemble(content: &Content, places: &Places) -> Result<Assembled, Vec<Finding>> {
    let (queues, mut findings) = queues::parse(&places.queues.display().to_string(), &content.queues);
    let views = Views::of_queues(queues.iter().map(|queue| queue.id.clone()));
    let compiled = compile(&sources(content, places, views, None));
    findings.extend(compiled.findings);
    match compiled.program {
        Some(program) if findings.iter().all(|f| f.severity != Severity::Error) => {
            let wanted = wanted(&program, &queues);
            Ok(Assembled { program: Arc::new(program), queues, wanted, warnings: findings })
        }
        _ => Err(findings),
    }
}

fn sources(content: &Content, places: &Places, views: Views, manifest: Option<ManifestView>) -> Sources {
    let files = content.menus.iter().map(|(name, text)| {
        let path = places.menus.join(name);
        (path.display().to_string(), text.clone())
    });
    Sources {
        files: files.collect(),
        mains: content.mains.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
        views,
        manifest,
    }
}

/// What the recordings show beyond the texts: their true lengths, and what each was approved as.
/// Whether they are there and approved at all, the inspection of the prompts tells.
pub fn heard(content: &Content, places: &Places, manifest: ManifestView) -> Vec<Finding> {
    let mut found = compile(&sources(content, places, Views::default(), Some(manifest))).findings;
    found.retain(|finding| !["recording-missing", "audio-unknown"].contains(&finding.rule));
    found
}

/// What menus, system prompts, queues and messages need to be heard.
pub fn wanted(program: &Program, queues: &[QueueConfig]) -> Vec<Wanted> {
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
    let mut wordless = BTreeMap::from([(tones::HOLD, tones::KIND_HOLD), (tones::BEEP, tones::KIND_TONE)]);
    wordless.extend(queues.iter().map(|queue| (queue.hold_audio.as_str(), tones::KIND_HOLD)));
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
