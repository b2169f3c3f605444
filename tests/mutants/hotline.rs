//! A hotline as a directory of texts, changed in memory and checked as the command line checks it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hotline::config::finding::Severity;
use hotline::ids::Language;
use hotline::io::control::FindingLine;
use hotline::menu::api::PromptName;
use hotline::menu::{ManifestView, Program, RecordingState, Sources, compile, compile_unchecked};

use crate::around;

/// Languages of the samples.
pub const LANGUAGES: [&str; 2] = ["zh-CN", "en-US"];

/// Every `*.toml` of `menus/` and `ops/`, by its path from the root of the hotline.
#[derive(Clone, Debug)]
pub struct Hotline {
    pub name: String,
    pub files: BTreeMap<String, String>,
    /// `None`: nothing is known of recordings.
    pub sound: Option<Sound>,
}

/// Recordings: all as they should be, apart from one.
#[derive(Clone, Debug)]
pub enum Sound {
    Complete,
    State(Language, PromptName, RecordingState),
    Unknown(String),
}

impl Sound {
    fn manifest(&self, sources: &Sources) -> ManifestView {
        let mut manifest = ManifestView::default();
        let program = compile_unchecked(sources);
        for prompt in program.iter().flat_map(|program| program.prompts()) {
            for language in prompt.texts.keys() {
                let key = (language.clone(), prompt.name.clone());
                manifest.recordings.insert(key, RecordingState::Current);
            }
        }
        match self {
            Sound::Complete => {}
            Sound::State(language, name, state) => {
                manifest.recordings.insert((language.clone(), name.clone()), *state);
            }
            Sound::Unknown(file) => manifest.unknown_files.push(file.clone()),
        }
        manifest
    }
}

/// What `hotline check` says.
pub struct Checked {
    pub findings: Vec<FindingLine>,
    /// What the menus were compiled from.
    pub sources: Sources,
    pub accepted: Option<Arc<Program>>,
}

impl Checked {
    pub fn errors(&self) -> impl Iterator<Item = &FindingLine> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// The program, also of a refused draft; `None` where it leads nowhere.
    pub fn program(&self) -> Option<Arc<Program>> {
        let refused = || compile_unchecked(&self.sources).map(Arc::new);
        self.accepted.clone().or_else(refused)
    }
}

impl Hotline {
    pub fn read(name: &str, root: &Path) -> Hotline {
        let mut files = BTreeMap::new();
        for folder in ["menus", "ops"] {
            for entry in std::fs::read_dir(root.join(folder)).expect("a directory of a sample") {
                let path: PathBuf = entry.expect("an entry").path();
                if path.extension().is_some_and(|ending| ending == "toml") {
                    let file = path.file_name().expect("a name").to_string_lossy();
                    let text = std::fs::read_to_string(&path).expect("a text");
                    files.insert(format!("{folder}/{file}"), text);
                }
            }
        }
        Hotline { name: name.to_owned(), files, sound: None }
    }

    /// The sample hotlines.
    pub fn samples() -> Vec<Hotline> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut samples = vec![Hotline::read("bank", root)];
        let town = root.join("samples/city-services");
        if town.exists() {
            samples.push(Hotline::read("city services", &town));
        }
        samples
    }

    pub fn text(&self, file: &str) -> &str {
        self.files.get(file).map_or("", String::as_str)
    }

    /// With another text in one file.
    pub fn with(&self, file: &str, text: String) -> Hotline {
        let mut changed = self.clone();
        changed.files.insert(file.to_owned(), text);
        changed
    }

    pub fn without(&self, file: &str) -> Hotline {
        let mut changed = self.clone();
        changed.files.remove(file);
        changed
    }

    /// Files of menus, `system.toml` apart.
    pub fn menus(&self) -> impl Iterator<Item = (&str, &str)> {
        let menus = self.files.iter().filter(|(file, _)| file.starts_with("menus/"));
        menus.filter(|(file, _)| *file != SYSTEM).map(|(file, text)| (file.as_str(), text.as_str()))
    }

    /// Names of the menus, as the file tells them.
    pub fn menu_names(&self) -> Vec<String> {
        self.menus().map(|(file, _)| menu_name(file).to_owned()).collect()
    }

    /// Names of the queues of `ops/queues.toml`.
    pub fn queues(&self) -> Vec<String> {
        let queues = crate::edit::document(self.text(QUEUES));
        let table = queues.get("queues").and_then(|item| item.as_table_like());
        table.into_iter().flat_map(|table| table.iter().map(|(name, _)| name.to_owned())).collect()
    }

    /// Has the files read and checked as `hotline check` does.
    pub fn check(&self) -> Checked {
        let languages: Vec<Language> = LANGUAGES.into_iter().map(Language::new).collect();
        let around =
            around::read(&languages, |name| self.files.get(&format!("ops/{name}")).map(String::as_str));
        let menus = self.files.iter().filter(|(file, _)| file.starts_with("menus/"));
        let mut sources = Sources {
            files: menus.map(|(file, text)| (file.clone(), text.clone())).collect(),
            mains: around.mains,
            views: around.views,
            manifest: None,
        };
        sources.manifest = self.sound.as_ref().map(|sound| sound.manifest(&sources));
        let compiled = compile(&sources);
        let all = compiled.findings.iter().chain(&around.findings);
        let findings: Vec<FindingLine> = all.map(FindingLine::from).collect();
        Checked { findings, accepted: compiled.program.map(Arc::new), sources }
    }
}

pub const SYSTEM: &str = "menus/system.toml";
pub const QUEUES: &str = "ops/queues.toml";

/// `loans` for `menus/loans.toml`.
pub fn menu_name(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".toml").unwrap_or(name)
}
