//! The house rules that a compiler does not know: who may know whom, what the cores must not
//! touch, how long things may be. A rule that is broken names its file, line and remedy.
//!
//! Sources are read as text with comments, strings and tests blanked out. [`EXEMPT`] names tables
//! and plain data for which the caps make no sense; [`EXCEPTIONS`] are debts: the list only shrinks,
//! and one that is paid must be struck out.

#[path = "tidy/rust.rs"]
mod rust;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rust::{
    Function, blank, blanked, closing, crate_uses, functions, hash_iterations, is_word, places, structs,
};

/// Longest file, longest function, most parameters beside `self`, most fields of a struct.
const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;
const PARAMETERS: usize = 5;
const FIELDS: usize = 12;

/// Transition tables, rows, events and pure data: `file item`.
const EXEMPT: &[&str] = &["src/record/row.rs CallRow", "src/menu/model.rs Menu"];

/// Debts: `layer FILE MODULE`.
const EXCEPTIONS: &[&str] = &[];

/// Modules without IO, clock, tasks, locks or randomness.
const CORES: &[&str] = &["sip", "sdp", "media", "menu", "acd", "stats", "call", "record", "engine", "sim"];

/// Base types that everybody may use.
const BASE: &[&str] = &["ids", "now"];

/// Who may use whom inside the crate, apart from themselves and [`BASE`].
const MAY_USE: &[(&str, &[&str])] = &[
    ("sip", &["sealed", "sdp", "media"]),
    ("sdp", &["sip", "media"]),
    ("media", &["sealed", "sip", "sdp"]),
    ("menu", &["event", "sealed", "config"]),
    ("acd", &["event"]),
    ("stats", &["event"]),
    ("call", &["event", "sealed", "sdp", "sip"]),
    ("record", &["event", "sealed"]),
    ("phone", &["sealed", "media"]),
    ("config", &["event", "sealed", "acd", "menu", "media", "sip", "record", "stats"]),
    ("engine", ALL_CORES),
    ("sim", ALL_CORES),
];

/// Plain data that two modules must name alike, and the one table of G.711: a recording is rendered
/// with what was heard.
const SHARED: &[(&str, &str)] = &[
    ("media", "event::LegStats"),
    ("record", "media::command::Codec"),
    ("record", "media::command::Clip"),
    ("record", "media::g711"),
];

const ALL_CORES: &[&str] = &[
    "event", "sealed", "config", "sip", "sdp", "media", "menu", "acd", "stats", "call", "record", "engine",
    "sim",
];

/// What a core never says, and whom to leave it to.
const IMPURE: &[(&str, &str)] = &[
    ("std::fs", "files are read by io/"),
    ("std::env", "settings are arguments"),
    ("std::process", "io/ starts programs"),
    ("std::thread", "io/ owns threads"),
    ("UdpSocket", "io/ owns sockets"),
    ("TcpStream", "io/ owns sockets"),
    ("TcpListener", "io/ owns sockets"),
    ("tokio", "tasks belong to io/"),
    ("Instant", "time is `now: Mono`"),
    ("SystemTime", "time is `now: Wall`"),
    ("Mutex", "one owner, messages between"),
    ("RwLock", "one owner, messages between"),
    ("rand::random", "seeds are arguments"),
    ("OsRng", "seeds are arguments"),
    ("ring::rand", "seeds are arguments"),
    ("SystemRandom", "seeds are arguments"),
    ("println", "outputs and events say what happened"),
    ("eprintln", "outputs and events say what happened"),
];

#[test]
fn files_open_with_their_purpose_and_stay_short() {
    let mut broken = Report::default();
    for file in sources() {
        if !file.text.starts_with("//!") {
            broken.add("doc", &file, 0, "it does not open with `//!`: say what it is for");
        }
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            broken.add("file-length", &file, 0, &format!("{lines} lines: split it by concepts"));
        }
    }
    broken.finish();
}

#[test]
fn functions_and_structs_stay_small() {
    let mut broken = Report::default();
    for file in sources() {
        for function in functions(&file.code) {
            let exempt = is_exempt(&file, &function.name);
            if function.lines > FUNCTION_LINES && !exempt {
                let why = format!("`{}` has {} lines: split it by steps", function.name, function.lines);
                broken.add("function-length", &file, function.at, &why);
            }
        }
        for (name, fields, at) in structs(&file.code) {
            if fields > FIELDS && !is_exempt(&file, &name) {
                broken.add("fields", &file, at, &format!("`{name}` has {fields} fields: group them"));
            }
        }
    }
    broken.finish();
}

#[test]
fn functions_take_few_parameters() {
    let mut broken = Report::default();
    for file in product() {
        for Function { name, parameters, at, .. } in functions(&file.code) {
            if parameters > PARAMETERS && !is_exempt(&file, &name) {
                let why = format!("`{name}` has {parameters} parameters: give them a type");
                broken.add("parameters", &file, at, &why);
            }
        }
    }
    broken.finish();
}

#[test]
fn nothing_is_left_for_later_and_no_test_is_skipped() {
    let mut broken = Report::default();
    let words = [
        (concat!("TO", "DO"), "do it, or open an issue"),
        (concat!("FIX", "ME"), "mend it, or open an issue"),
        (concat!("todo", "!("), "write it"),
        (concat!("unimplemented", "!("), "write it"),
        (concat!("#[ig", "nore"), "long tests belong into `tests/run --long`"),
    ];
    for file in sources() {
        for (word, remedy) in words {
            for at in places(&file.text, word) {
                broken.add("later", &file, at, &format!("`{word}`: {remedy}"));
            }
        }
    }
    broken.finish();
}

#[test]
fn the_text_speaks_of_the_product_only() {
    let mut broken = Report::default();
    let words = [concat!("/wo", "rk/"), concat!("C", "EO"), concat!("/tmp/", "wt/")];
    for file in files(&["rs", "toml", "md", "script", "sh", "yml", "service", "sql", "csv", "html"]) {
        for word in words {
            for at in places(&file.text, word) {
                broken.add(
                    "workplace",
                    &file,
                    at,
                    &format!("`{word}` means nothing to a reader of the product"),
                );
            }
        }
    }
    broken.finish();
}

#[test]
fn cores_are_pure() {
    let mut broken = Report::default();
    for file in product().iter().filter(|file| CORES.contains(&file.module())) {
        for (word, remedy) in IMPURE {
            for at in places(&file.code, word) {
                broken.add("pure", file, at, &format!("`{word}`: {remedy}"));
            }
        }
        for at in hash_iterations(&file.code) {
            broken.add("order", file, at, "the order of a hash map shows: use BTreeMap or sort");
        }
    }
    broken.finish();
}

#[test]
fn only_the_shell_reads_clocks() {
    let mut broken = Report::default();
    for file in product() {
        if !["io", "cli", "phone"].contains(&file.module()) {
            for at in places(&file.code, "disallowed_methods") {
                broken.add("clock", &file, at, "only io/, cli/ and phone/ may use what clippy.toml bans");
            }
        }
    }
    broken.finish();
}

#[test]
fn nobody_knows_more_than_they_should() {
    let mut broken = Report::default();
    for file in product() {
        let Some((module, allowed)) = MAY_USE.iter().find(|(module, _)| *module == file.module()) else {
            continue;
        };
        for (path, at) in crate_uses(&file.code) {
            let used = path.split("::").next().unwrap_or_default();
            let known = used == *module || BASE.contains(&used) || allowed.contains(&used);
            if !known && !SHARED.contains(&(*module, path.as_str())) {
                broken.add_debt("layer", &file, at, used);
            }
        }
    }
    broken.finish_layers();
}

// ---- reports -----------------------------------------------------------------------------------

#[derive(Default)]
struct Report {
    lines: Vec<String>,
    used_exceptions: BTreeSet<String>,
}

impl Report {
    fn add(&mut self, rule: &str, file: &Source, at: usize, why: &str) {
        self.lines.push(format!("{}:{}: {rule}: {why}", file.path, file.line(at)));
    }

    fn add_debt(&mut self, rule: &str, file: &Source, at: usize, what: &str) {
        let debt = format!("{rule} {} {what}", file.path);
        if EXCEPTIONS.contains(&debt.as_str()) {
            self.used_exceptions.insert(debt);
        } else {
            self.add(rule, file, at, &format!("{} must not know `{what}`", file.module()));
        }
    }

    fn finish(self) {
        assert!(self.lines.is_empty(), "\n{}\n", self.lines.join("\n"));
    }

    fn finish_layers(mut self) {
        for debt in EXCEPTIONS.iter().filter(|debt| !self.used_exceptions.contains(**debt)) {
            self.lines.push(format!("exception `{debt}` is paid: strike it out"));
        }
        self.finish();
    }
}

fn is_exempt(file: &Source, item: &str) -> bool {
    EXEMPT.contains(&format!("{} {item}", file.path).as_str())
}

// ---- sources -----------------------------------------------------------------------------------

struct Source {
    /// From the root of the project.
    path: String,
    text: String,
    /// `text` with comments, strings and characters blanked; in [`product`] tests too.
    code: String,
}

impl Source {
    /// `acd` for `src/acd/router.rs`; empty outside of modules.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or_default();
        inside.split_once('/').map_or("", |(module, _)| module)
    }

    fn line(&self, at: usize) -> usize {
        self.text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1
    }
}

fn files(endings: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = vec![root.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "var", "corpus", "artifacts"].contains(&name.as_str())
                    && !name.starts_with('.')
                {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                found.push(Source { path, code: String::new(), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Everything in Rust, tests included.
fn sources() -> Vec<Source> {
    let mut all = files(&["rs"]);
    for file in &mut all {
        file.code = blanked(&file.text);
    }
    assert!(all.len() > 10, "the sources are found");
    all
}

/// What is compiled into the product: `src/` without tests.
fn product() -> Vec<Source> {
    let mut all: Vec<Source> = sources().into_iter().filter(|f| f.path.starts_with("src/")).collect();
    let tests: BTreeSet<String> = all.iter().flat_map(test_modules).collect();
    let is_test =
        |path: &str| tests.iter().any(|t| path == format!("{t}.rs") || path.starts_with(&format!("{t}/")));
    all.retain(|file| !is_test(&file.path));
    for file in &mut all {
        file.code = without_tests(&file.code);
    }
    all
}

/// Paths (without `.rs`) of modules declared under `#[cfg(test)]`.
fn test_modules(file: &Source) -> Vec<String> {
    let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
    let stem = if file.path == "src/lib.rs" { "src" } else { stem };
    let modules = places(&file.code, "#[cfg(test)]").into_iter().filter_map(|at| {
        let declared = file.code.get(at..)?.split_once(']')?.1.trim_start();
        let name = declared.strip_prefix("pub(super) ").unwrap_or(declared).strip_prefix("mod ")?;
        let name: String = name.chars().take_while(|c| is_word(*c)).collect();
        Some(format!("{stem}/{name}"))
    });
    modules.collect()
}

/// Blanks every `#[cfg(test)]` item that has a body.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    for at in places(code, "#[cfg(test)]") {
        let Some(open) = code[at..].find(['{', ';']).map(|i| at + i) else { continue };
        let end = if code.as_bytes()[open] == b'{' { closing(code, open) } else { open };
        blank(&mut out, at, end);
    }
    out
}
