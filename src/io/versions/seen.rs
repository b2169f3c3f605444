//! Menus with all that callers notice beside them, to be compared: drafts or snapshots.

use std::time::Duration;

use super::around::{Around, Checked, Texts};
use super::assemble::named;
use super::content::{Content, Offers, Places};
use super::{Versions, broken};
use crate::acd::api::QueueConfig;
use crate::config::calendar::Calendar;
use crate::config::finding::{Finding, Severity};
use crate::config::plans::PlanConfig;
use crate::event::OverflowTarget;
use crate::ids::ConfigVersion;
use crate::io::prompts::lengths::Recorded;
use crate::io::prompts::manifest::Manifest;
use crate::media::command::PromptTable;
use crate::menu::Program;
use crate::menu::diff::{self, Difference, Settings, Side, Sounds};
use crate::menu::outline::{Hours, duration};
use crate::menu::prove::Proof;

/// Menus without errors, and what is around them.
#[derive(Debug)]
pub struct Seen {
    program: Program,
    proof: Proof,
    findings: Vec<Finding>,
    hours: Hours,
    settings: Settings,
    sounds: Sounds,
}

impl Seen {
    /// All findings if one of them is an error.
    pub fn new(around: &Around, checked: Checked, manifest: &Manifest) -> Result<Seen, Vec<Finding>> {
        let (Some(program), Some(proof)) = (checked.program, checked.proof) else {
            return Err(checked.findings);
        };
        if checked.findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(checked.findings);
        }
        Ok(Seen {
            hours: hours(around.calendar.as_deref()),
            settings: settings(&around.queues, &around.plans),
            sounds: sounds(manifest),
            program,
            proof,
            findings: checked.findings,
        })
    }

    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    fn side(&self) -> Side<'_> {
        Side {
            program: &self.program,
            proof: &self.proof,
            findings: &self.findings,
            hours: &self.hours,
            settings: &self.settings,
            sounds: &self.sounds,
        }
    }

    /// What changes for callers from these to the new ones.
    pub fn difference(&self, new: &Seen) -> Difference {
        diff::compare(&self.side(), &new.side())
    }
}

impl Versions {
    /// A snapshot, to be compared.
    pub fn seen(&self, version: ConfigVersion) -> Result<Seen, Vec<Finding>> {
        let directory = self.store.directory(version);
        if !directory.is_dir() {
            let help = "see `hotline versions` for the numbers there are".to_owned();
            return Err(vec![Finding { help, ..broken(&directory, "there is no such version") }]);
        }
        let content = Content::read(&directory)?;
        let mut prompts = PromptTable::default();
        for recording in content.manifest.recordings.values() {
            prompts.insert(&recording.language, &recording.name, self.read_clip(recording.sha256)?);
        }
        self.remember(&prompts);
        let recorded = Recorded::of(&prompts, &content.manifest);
        let places = Places::new(directory.join("menus"), &directory);
        seen(&content, &places, &Offers::default(), &recorded)
    }
}

/// A content, held against what is offered.
fn seen(
    content: &Content,
    places: &Places,
    offers: &Offers,
    recorded: &Recorded,
) -> Result<Seen, Vec<Finding>> {
    let texts = Texts {
        queues: Some(&content.queues),
        calendar: content.calendar.as_deref(),
        plans: content.plans.as_deref(),
    };
    let around = Around::read(&texts, places, offers);
    let sources = crate::menu::Sources {
        files: named(&content.menus, &places.menus),
        mains: content.mains.iter().map(|(entry, menu)| (entry.clone(), menu.clone())).collect(),
        views: around.views.clone(),
        manifest: None,
    };
    Seen::new(&around, around.compile(&sources, recorded, None), &content.manifest)
}

/// Words for every schedule of a calendar.
pub fn hours(calendar: Option<&Calendar>) -> Hours {
    let words = |calendar: &Calendar, name: &str| Some((name.to_owned(), calendar.words(name)?));
    let all = |calendar| Calendar::schedules(calendar).filter_map(move |name| words(calendar, name));
    calendar.into_iter().flat_map(all).collect()
}

/// What callers who wait, or hear of a plan, notice.
fn settings(queues: &[QueueConfig], plans: &[PlanConfig]) -> Settings {
    let mut settings = Settings::new();
    let mut add = |place: String, what: &str, value: String| {
        settings.insert((place, what.to_owned()), value);
    };
    for queue in queues {
        let place = || format!("queue {}", queue.id);
        let or = |time: Option<Duration>| time.map_or_else(|| "never".to_owned(), duration);
        let target = queue.service_target;
        add(place(), "promise", format!("{} % within {}", target.percent, duration(target.within)));
        add(place(), "most callers waiting", queue.limit.map_or("no limit".to_owned(), |n| n.to_string()));
        add(place(), "longest wait", or(queue.max_wait));
        let overflow = match &queue.overflow {
            OverflowTarget::Queue(next) => format!("queue {next}"),
            OverflowTarget::Message => "message".to_owned(),
            OverflowTarget::Callback => "callback".to_owned(),
        };
        add(place(), "overflow", overflow);
        add(place(), "position told every", or(queue.announce_every));
        add(place(), "hold audio", queue.hold_audio.clone());
    }
    for plan in plans {
        let place = || format!("plan {}", plan.name);
        for (language, text) in plan.texts() {
            add(place(), &format!("announcement ({language})"), format!("“{text}”"));
        }
        add(place(), "ends after", plan.ends_after.map_or("a command".to_owned(), duration));
    }
    settings
}

fn sounds(manifest: &Manifest) -> Sounds {
    let all = manifest.recordings.values().map(|recording| {
        let name = format!("{} ({})", recording.name, recording.language);
        ((name, recording.text.clone()), recording.sha256.to_string())
    });
    all.collect()
}
