//! The two sample hotlines, whole or changed, compiled with what is around them.

use std::path::{Path, PathBuf};

use hotline::config::calendar::{self, Calendar};
use hotline::ids::{EntryId, MenuId, QueueId};
use hotline::menu::diff::{Settings, Side, Sounds};
use hotline::menu::outline::Hours;
use hotline::menu::view::{CalendarClass, CalendarView, PlanView, QueueView, Views, WhenClosed};
use hotline::menu::{Compiled, Sources, compile};

/// A sample's files and surroundings.
#[derive(Clone)]
pub struct Sample {
    pub name: &'static str,
    pub sources: Sources,
    pub hours: Hours,
    pub settings: Settings,
    pub sounds: Sounds,
}

/// Compiled without an error.
pub struct Made {
    pub compiled: Compiled,
    pub hours: Hours,
    pub settings: Settings,
    pub sounds: Sounds,
}

pub fn root(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if name == "bank" { root.to_owned() } else { root.join("samples/city-services") }
}

pub fn bank() -> Sample {
    sample("bank", "95599", &["general", "card-loss", "complaints", "overflow"], |_| {})
}

pub fn city() -> Sample {
    sample("city", "12345", &["citizens", "faults", "night-duty"], |views| {
        let closed = |hours: &str, when_closed| QueueView { hours: Some(hours.to_owned()), when_closed };
        let queues = [
            ("citizens", closed("day", WhenClosed::Callback)),
            ("faults", closed("day", WhenClosed::Queue(QueueId::new("citizens")))),
            ("night-duty", closed("day", WhenClosed::Message)),
        ];
        views.queues = Some(queues.into_iter().map(|(name, view)| (QueueId::new(name), view)).collect());
        let storm = PlanView { name: "storm".into(), announcement: true, instead_of_people: false };
        views.plans = vec![storm];
    })
}

fn sample(name: &'static str, entry: &str, queues: &[&str], change: impl Fn(&mut Views)) -> Sample {
    let root = root(name);
    let calendar = calendar(&root.join("ops/calendar.toml"));
    let mut views = Views::of_queues(queues.iter().map(QueueId::new));
    views.calendar = Some(view(&calendar));
    change(&mut views);
    let hours = calendar.schedules().filter_map(|name| Some((name.to_owned(), calendar.words(name)?)));
    let mut files: Vec<(String, String)> = std::fs::read_dir(root.join("menus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    let mains = vec![(EntryId::new(entry), MenuId::new("main"))];
    let sources = Sources { files, mains, views, manifest: None };
    Sample { name, sources, hours: hours.collect(), settings: Settings::new(), sounds: Sounds::new() }
}

fn calendar(path: &Path) -> Calendar {
    let text = std::fs::read_to_string(path).unwrap();
    calendar::parse(&path.display().to_string(), &text).0
}

fn view(calendar: &Calendar) -> CalendarView {
    let classes = calendar.classes().into_iter();
    let class = |class: calendar::CalendarClass| CalendarClass {
        open: class.open,
        holiday: class.holiday,
        example: class.example,
    };
    CalendarView {
        schedules: calendar.schedules().map(str::to_owned).collect(),
        classes: classes.map(class).collect(),
    }
}

impl Sample {
    /// With a text of one of its files replaced; the text must be there.
    pub fn edited(&self, file: &str, from: &str, to: &str) -> Sample {
        let mut edited = self.clone();
        let found = edited.sources.files.iter_mut().find(|(name, _)| name == file);
        let (_, text) = found.unwrap_or_else(|| panic!("{}: no {file}", self.name));
        assert!(text.contains(from), "{}/{file} has no {from:?}", self.name);
        *text = text.replacen(from, to, 1);
        edited
    }

    /// `None` if something is wrong with it.
    pub fn make(&self) -> Option<Made> {
        let compiled = compile(&self.sources);
        let sound = compiled.program.is_some() && compiled.proof.is_some();
        let Sample { hours, settings, sounds, .. } = self.clone();
        sound.then_some(Made { compiled, hours, settings, sounds })
    }

    /// Must be sound.
    pub fn made(&self) -> Made {
        self.make().unwrap_or_else(|| panic!("{}: {:#?}", self.name, compile(&self.sources).findings))
    }
}

impl Made {
    pub fn side(&self) -> Side<'_> {
        Side {
            program: self.compiled.program.as_ref().expect("made of a sound hotline"),
            proof: self.compiled.proof.as_ref().expect("made of a sound hotline"),
            findings: &self.compiled.findings,
            hours: &self.hours,
            settings: &self.settings,
            sounds: &self.sounds,
        }
    }
}
