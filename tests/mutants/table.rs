//! Every mutant of a hotline judged twice, by the checker and by operator or callers, and the sums.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use hotline::config::finding::Severity;
use hotline::io::control::FindingLine;

use super::hotline::{Checked, Hotline};
use super::mutant::{Mutant, Verdict};
use super::operators;
use super::oracle::{self, Fault, Memory, Subject};

/// Two threads: the machine is shared.
const WORKERS: usize = 2;

/// What an operator came to.
#[derive(Clone, Default)]
pub struct Row {
    pub operator: &'static str,
    pub places: usize,
    pub breaking: usize,
    pub found: usize,
    pub harmless: usize,
    pub false_alarms: usize,
    pub open: usize,
    pub mistakes: Vec<String>,
}

pub struct Table {
    name: String,
    rows: Vec<Row>,
}

/// What a mutant really is.
enum Judged {
    Breaking { ids: Vec<&'static str>, severity: Severity, why: String },
    Harmless,
    Open,
}

impl Table {
    /// At most so many mutants of each operator, evenly spread over the places.
    pub fn of(sample: &Hotline, most: usize) -> Table {
        let operators = operators::all();
        let mutants: Vec<(usize, Mutant)> = operators
            .iter()
            .enumerate()
            .flat_map(|(number, (_, make))| {
                spread(make(sample), most).into_iter().map(move |mutant| (number, mutant))
            })
            .collect();
        let memory = Memory::default();
        let usual = faults(&sample.check(), &memory);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((operator, mutant)) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push((*operator, judged(mutant, &usual, &memory)));
            }
            done
        };
        let done: Vec<(usize, Row)> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
        });
        let mut rows: Vec<Row> =
            operators.iter().map(|(operator, _)| Row { operator, ..Row::default() }).collect();
        for (operator, row) in done {
            rows[operator].add(row);
        }
        Table { name: sample.name.clone(), rows }
    }

    /// What the checker did wrong, told for people.
    pub fn mistakes(&self) -> Vec<String> {
        let of = |row: &Row| -> Vec<String> {
            row.mistakes.iter().map(|mistake| format!("{}, {}: {mistake}", self.name, row.operator)).collect()
        };
        self.rows.iter().flat_map(of).collect()
    }

    pub fn sum(&self) -> Row {
        let mut sum = Row { operator: "all", ..Row::default() };
        for row in &self.rows {
            sum.add(row.clone());
        }
        sum
    }
}

impl Row {
    fn add(&mut self, other: Row) {
        self.places += other.places;
        self.breaking += other.breaking;
        self.found += other.found;
        self.harmless += other.harmless;
        self.false_alarms += other.false_alarms;
        self.open += other.open;
        self.mistakes.extend(other.mistakes);
    }
}

fn spread(all: Vec<Mutant>, most: usize) -> Vec<Mutant> {
    let count = all.len().max(1);
    let step = |number: usize| number.saturating_mul(most.min(count)) / count;
    let kept = |number: &usize| *number == 0 || step(*number) != step(*number - 1);
    all.into_iter().enumerate().filter(|(number, _)| kept(number)).map(|(_, mutant)| mutant).collect()
}

/// What callers find wrong; nothing if nobody can ring.
fn faults(checked: &Checked, memory: &Memory) -> Vec<Fault> {
    let program = checked.program();
    program
        .map_or(Vec::new(), |program| oracle::faults(&Subject::new(program, checked.sources.clone()), memory))
}

fn judge(mutant: &Mutant, checked: &Checked, usual: &[Fault], memory: &Memory) -> Judged {
    match &mutant.verdict {
        Verdict::Breaks(ids, severity) => {
            Judged::Breaking { ids: ids.to_vec(), severity: *severity, why: ids.join(" or ") }
        }
        Verdict::Harmless => Judged::Harmless,
        Verdict::Open => Judged::Open,
        Verdict::Measured => {
            if checked.program().is_none() {
                let why = "it leads nowhere, so nobody can ring it".to_owned();
                return Judged::Breaking { ids: Vec::new(), severity: Severity::Error, why };
            }
            let faults = faults(checked, memory);
            let new: Vec<&Fault> = faults.iter().filter(|fault| !usual.contains(fault)).collect();
            let sure = new.iter().filter(|fault| fault.sure);
            let worst = sure.max_by_key(|fault| fault.severity);
            match worst {
                Some(worst) => Judged::Breaking {
                    ids: new
                        .iter()
                        .filter(|f| f.severity == worst.severity)
                        .flat_map(|f| same(f.id))
                        .collect(),
                    severity: worst.severity,
                    why: format!("{}: {}", worst.id, worst.what),
                },
                None if new.is_empty() => Judged::Harmless,
                None => Judged::Open,
            }
        }
    }
}

/// Nobody to be had is told of the menus or of the calendar.
fn same(id: &'static str) -> Vec<&'static str> {
    if id == "CBA-10b" { vec![id, "CBA-8"] } else { vec![id] }
}

fn judged(mutant: &Mutant, usual: &[Fault], memory: &Memory) -> Row {
    let checked = mutant.hotline.check();
    let mut row = Row { places: 1, ..Row::default() };
    match judge(mutant, &checked, usual, memory) {
        Judged::Open => row.open = 1,
        Judged::Breaking { ids, severity, why } => {
            row.breaking = 1;
            let measured = mutant.verdict == Verdict::Measured;
            let fits = |finding: &&FindingLine| {
                let source = finding.source.as_str();
                // What callers measure may be told as a slip of the pen.
                let plain = measured && source.is_empty();
                finding.severity >= severity && (ids.is_empty() || ids.contains(&source) || plain)
            };
            let found: Vec<&FindingLine> = checked.findings.iter().filter(fits).collect();
            let placed = |finding: &&FindingLine| !finding.rule.is_empty() && is_placed(mutant, finding);
            match found.iter().any(|finding| placed(finding)) {
                true => row.found = 1,
                false => row.mistakes.push(format!(
                    "not found: {} ({why}); told instead: {}",
                    mutant.place,
                    told(&checked.findings)
                )),
            }
        }
        Judged::Harmless => {
            row.harmless = 1;
            if checked.errors().next().is_some() {
                row.false_alarms = 1;
                row.mistakes.push(format!("false alarm: {}: {}", mutant.place, told(&checked.findings)));
            }
        }
    }
    row
}

/// At a line that there is, or about a file that is not there.
fn is_placed(mutant: &Mutant, finding: &FindingLine) -> bool {
    let lines = mutant.hotline.files.get(&finding.file).map(|text| text.lines().count());
    finding.line >= 1 && lines.is_none_or(|lines| finding.line as usize <= lines.max(1))
}

fn told(findings: &[FindingLine]) -> String {
    let one = |f: &FindingLine| format!("{} {}:{} {}", f.rule, f.file, f.line, f.message);
    match findings {
        [] => "nothing".to_owned(),
        _ => findings.iter().take(3).map(one).collect::<Vec<_>>().join("; "),
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.name)?;
        writeln!(
            f,
            "{:<52} {:>6} {:>8} {:>6} {:>8} {:>12} {:>5}",
            "operator", "places", "breaking", "found", "harmless", "false alarms", "open"
        )?;
        for row in self.rows.iter().chain([&self.sum()]) {
            writeln!(
                f,
                "{:<52} {:>6} {:>8} {:>6} {:>8} {:>12} {:>5}",
                row.operator, row.places, row.breaking, row.found, row.harmless, row.false_alarms, row.open
            )?;
        }
        Ok(())
    }
}
