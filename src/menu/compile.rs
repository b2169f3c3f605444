//! From files to a program: every finding at once, and a program only if none is an error.

use std::collections::BTreeMap;

use crate::config::finding::{Finding, Severity};
use crate::ids::{EntryId, Key, MenuId};
use crate::menu::draft::{Book, MenuDraft, SystemDraft};
use crate::menu::length::Measured;
use crate::menu::manifest::ManifestView;
use crate::menu::model::Program;
use crate::menu::prove::{self, Proof};
use crate::menu::reader::MISSING;
use crate::menu::report::{Report, Rule, Spot};
use crate::menu::view::Views;
use crate::menu::{parse, resolve, standard};

/// What menus are compiled from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    /// Path and text of each TOML file; the menu is named by the file, `system.toml` is special.
    pub files: Vec<(String, String)>,
    /// Entries (dialled numbers) with their main menus.
    pub mains: Vec<(EntryId, MenuId)>,
    pub views: Views,
    /// `None`: recordings are not checked.
    pub manifest: Option<ManifestView>,
}

#[derive(Debug)]
pub struct Compiled {
    /// Present if no finding is an error.
    pub program: Option<Program>,
    pub findings: Vec<Finding>,
    /// Present if the menus could be walked, even with findings.
    pub proof: Option<Proof>,
}

/// Most files of one hotline.
const MAX_FILES: usize = 2_000;

pub const TOO_LARGE: Rule = Rule {
    id: "too-large",
    source: "",
    severity: Severity::Error,
    explanation: "Everything has a bound, also the number of menus.",
};

/// How often each key of a menu was pressed, over whatever time it was counted.
pub type Statistics = BTreeMap<(MenuId, Key), u64>;

pub fn compile(sources: &Sources) -> Compiled {
    compile_counted(sources, None)
}

/// As [`compile_counted`], with the true lengths of recordings; those of the manifest go first.
pub fn compile_measured(sources: &Sources, measured: Measured, statistics: Option<Statistics>) -> Compiled {
    let mut report = Report::new(&sources.files);
    let mut book = Book { statistics, ..read(sources, &mut report) };
    for (prompt, length) in measured {
        book.measured.entry(prompt).or_insert(length);
    }
    judge(book, report)
}

/// As [`compile`], with how often each key was pressed.
pub fn compile_counted(sources: &Sources, statistics: Option<Statistics>) -> Compiled {
    let mut report = Report::new(&sources.files);
    let book = Book { statistics, ..read(sources, &mut report) };
    judge(book, report)
}

fn judge(book: Book, mut report: Report<'_>) -> Compiled {
    standard::check(&book, &mut report);
    // A file that cannot be read may hold anything, so nothing is proved without it.
    let program = if report.is_broken() { None } else { resolve::resolve(&book) };
    let proof = program.as_ref().map(|program| prove::prove(program, &book.measured));
    for (spot, failure) in
        proof.iter().flat_map(|proof| &proof.failures).map(|f| (menu_spot(&book, &f.menu), f))
    {
        report.add(failure.rule, &spot, failure.message.clone(), failure.help);
    }
    if program.is_none() && !report.has_errors() {
        report.add_elsewhere(&TOO_LARGE, "", "the menus are too large".to_owned(), "Leave some out.");
    }
    let program = program.filter(|_| !report.has_errors());
    Compiled { program, findings: report.into_findings(), proof }
}

/// What a refused draft would do, for tests that ask whether it was refused rightly. No server runs
/// this. `None` where a name leads nowhere.
#[doc(hidden)]
pub fn compile_unchecked(sources: &Sources) -> Option<Program> {
    resolve::resolve(&read(sources, &mut Report::new(&sources.files)))
}

fn menu_spot(book: &Book, id: &MenuId) -> Spot {
    MenuDraft::find(&book.menus, id).map_or(Spot::file(usize::MAX), |menu| menu.spot.clone())
}

fn read(sources: &Sources, report: &mut Report<'_>) -> Book {
    let mut book = Book {
        languages: Vec::new(),
        system: SystemDraft::new(Spot::file(usize::MAX)),
        menus: Vec::new(),
        mains: sources.mains.clone(),
        views: sources.views.clone(),
        manifest: sources.manifest.clone(),
        measured: sources.manifest.as_ref().map_or_else(Measured::new, |known| known.measured.clone()),
        statistics: None,
    };
    if sources.files.len() > MAX_FILES {
        let message = format!("{} menu files, at most {MAX_FILES}", sources.files.len());
        report.add_elsewhere(&TOO_LARGE, "", message, "Leave some out.");
    }
    let mut has_system = false;
    for (file, (path, text)) in sources.files.iter().enumerate().take(MAX_FILES) {
        match id_of(path) {
            "system" => {
                has_system = true;
                (book.languages, book.system) = parse::system(file, text, report);
                if report.is_broken_file(file) {
                    // Half a list of languages would make the rest of every menu look wrong.
                    book.languages.clear();
                    book.system.packs.clear();
                    book.system.accepted.clear();
                }
            }
            id => book.menus.push(parse::menu(file, id, text, report)),
        }
    }
    if !has_system {
        report.break_off();
        let help = "Write system.toml with languages = [\"zh-CN\"] and a table [text].";
        report.add_elsewhere(&MISSING, "system.toml", "there is no system.toml".to_owned(), help);
    }
    if book.mains.is_empty() {
        let help = "Name an entry and its main menu under [sip] entries of ops/hotline.toml.";
        report.add_elsewhere(
            &MISSING,
            standard::ENTRIES,
            "no dialled number has a main menu".to_owned(),
            help,
        );
    }
    book
}

/// Name of the file without directories and `.toml`.
pub fn id_of(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}
