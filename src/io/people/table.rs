//! CSV files of agents and devices, read as a whole: either every row, or every mistake with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::config::finding::{Finding, Severity};
use crate::ids::{AgentId, DeviceId, Language, QueueId, Skill};
use crate::sealed::Redacted;

pub const AGENT_COLUMNS: [&str; 7] =
    ["work_number", "name", "secret", "skills", "queues", "languages", "announce"];
/// Columns that a file may lack: their cells are empty then.
const OPTIONAL: [&str; 1] = ["announce"];
pub const DEVICE_COLUMNS: [&str; 3] = ["device", "kind", "password_or_contact"];
/// Rows of one file.
const MOST_ROWS: usize = 20_000;
/// Shortest secret of an agent and shortest password of a device, in characters.
const SHORTEST_SECRET: usize = 4;

/// An agent as the file says. Without a secret the one stored before stays.
#[derive(Debug)]
pub struct AgentRow {
    pub id: AgentId,
    pub name: Redacted<String>,
    pub secret: Option<Redacted<String>>,
    pub skills: BTreeMap<Skill, u8>,
    pub queues: Vec<QueueId>,
    pub languages: Vec<Language>,
    /// May record an emergency announcement by telephone.
    pub announce: bool,
}

#[derive(Debug)]
pub struct DeviceRow {
    pub id: DeviceId,
    pub access: DeviceAccess,
}

#[derive(Debug)]
pub enum DeviceAccess {
    /// Without a password the one stored before stays.
    Registers {
        password: Option<Redacted<String>>,
    },
    Static {
        contact: String,
    },
}

/// A mistake in a cell: what is wrong, and what to do.
pub(super) type Wrong = (String, &'static str);

/// Agents of the file; `stored` are those whose secret is known already.
pub fn agents(file: &str, text: &str, stored: &BTreeSet<String>) -> Result<Vec<AgentRow>, Vec<Finding>> {
    let mut table = Table::open(file, text, &AGENT_COLUMNS)?;
    while let Some(row) = table.next_row() {
        let id = table.cell(&row, 0, work_number);
        let secret = table.cell(&row, 2, |cell| secret(cell, row.is_stored(stored)));
        let name = table.cell(&row, 1, name);
        let skills = table.cell(&row, 3, skills);
        let queues = table.cell(&row, 4, |cell| names(cell, is_name).map(|l| l.map(QueueId::from).collect()));
        let languages =
            table.cell(&row, 5, |cell| names(cell, is_language).map(|l| l.map(Language::from).collect()));
        let announce = table.cell(&row, 6, yes_or_no);
        if let (
            Some(id),
            Some(name),
            Some(secret),
            Some(skills),
            Some(queues),
            Some(languages),
            Some(announce),
        ) = (id, name, secret, skills, queues, languages, announce)
        {
            table.rows.push(AgentRow { id, name, secret, skills, queues, languages, announce });
        }
    }
    table.close()
}

/// Devices of the file; `stored` are those that register and whose password is known already.
pub fn devices(file: &str, text: &str, stored: &BTreeSet<String>) -> Result<Vec<DeviceRow>, Vec<Finding>> {
    let mut table = Table::open(file, text, &DEVICE_COLUMNS)?;
    while let Some(row) = table.next_row() {
        let id = table.cell(&row, 0, device);
        let access = match row.cells[1].as_str() {
            "registers" => table
                .cell(&row, 2, |cell| secret(cell, row.is_stored(stored)))
                .map(|password| DeviceAccess::Registers { password }),
            "static" => table.cell(&row, 2, contact).map(|contact| DeviceAccess::Static { contact }),
            other => {
                let wrong =
                    (format!("there is no kind of device `{other}`"), "Write `registers` or `static`.");
                table.cell::<DeviceAccess>(&row, 1, |_| Err(wrong))
            }
        };
        if let (Some(id), Some(access)) = (id, access) {
            table.rows.push(DeviceRow { id, access });
        }
    }
    table.close()
}

/// One data row: its cells in the order of the wanted columns.
pub(super) struct Row {
    line: u32,
    cells: Vec<String>,
}

impl Row {
    fn is_stored(&self, stored: &BTreeSet<String>) -> bool {
        self.cells.first().is_some_and(|id| stored.contains(id))
    }
}

pub(super) struct Table<'t, T> {
    file: &'t str,
    columns: &'static [&'static str],
    /// Where each wanted column stands in the file.
    places: Vec<Option<usize>>,
    /// Columns of the file.
    width: usize,
    records: csv::StringRecordsIntoIter<&'t [u8]>,
    /// Identities seen, with their lines.
    seen: BTreeMap<String, u32>,
    rows: Vec<T>,
    findings: Vec<Finding>,
}

impl<'t, T> Table<'t, T> {
    pub fn open(
        file: &'t str,
        text: &'t str,
        columns: &'static [&'static str],
    ) -> Result<Self, Vec<Finding>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .has_headers(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let is_there = |column: &str| header.iter().any(|h| h == column) || OPTIONAL.contains(&column);
        let missing: Vec<_> = columns.iter().filter(|column| !is_there(column)).copied().collect();
        let strange: Vec<_> = header.iter().filter(|h| !columns.contains(h)).map(str::to_owned).collect();
        if !missing.is_empty() || !strange.is_empty() {
            let help = format!("Make the first line `{}`.", columns.join(","));
            let mut findings: Vec<_> = missing
                .iter()
                .map(|c| finding(file, 1, format!("column `{c}` is missing"), help.clone()))
                .collect();
            findings.extend(
                strange.iter().map(|h| finding(file, 1, format!("there is no column `{h}`"), help.clone())),
            );
            return Err(findings);
        }
        let places = columns.iter().map(|c| header.iter().position(|h| h == *c)).collect();
        let width = header.len();
        let records = reader.into_records();
        Ok(Table {
            file,
            columns,
            places,
            width,
            records,
            seen: BTreeMap::new(),
            rows: Vec::new(),
            findings: Vec::new(),
        })
    }

    /// The next row with the right number of cells and an identity not seen before.
    pub fn next_row(&mut self) -> Option<Row> {
        loop {
            let record = match self.records.next()? {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    self.note(
                        line,
                        "the line is no readable CSV".to_owned(),
                        "Save the file as CSV in UTF-8.",
                    );
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            if self.seen.len() >= MOST_ROWS {
                self.note(line, format!("more than {MOST_ROWS} rows"), "Import them in several files.");
                return None;
            }
            if record.len() != self.width {
                let message = format!("{} cells instead of {}", record.len(), self.width);
                self.note(line, message, "Give every column a cell; put a cell with a comma in \"quotes\".");
                continue;
            }
            let cell =
                |place: &Option<usize>| place.and_then(|place| record.get(place)).unwrap_or("").to_owned();
            let cells: Vec<String> = self.places.iter().map(cell).collect();
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            let id = cells.first().cloned().unwrap_or_default();
            if let Some(first) = self.seen.get(&id) {
                // A caller's number is not for messages.
                let what =
                    if self.columns[0] == "number" { "the same".to_owned() } else { format!("`{id}`") };
                let message = format!("{what} stands on line {first} already");
                self.note(u64::from(line), message, "Keep one of the two lines.");
                continue;
            }
            self.seen.insert(id, line);
            return Some(Row { line, cells });
        }
    }

    /// Reads one cell; a mistake is noted.
    pub fn cell<V>(
        &mut self,
        row: &Row,
        column: usize,
        read: impl FnOnce(&str) -> Result<V, Wrong>,
    ) -> Option<V> {
        let cell = row.cells.get(column).map_or("", String::as_str);
        match read(cell) {
            Ok(value) => Some(value),
            Err((message, help)) => {
                let name = self.columns.get(column).copied().unwrap_or("");
                self.note(u64::from(row.line), format!("{name}: {message}"), help);
                None
            }
        }
    }

    fn note(&mut self, line: u64, message: String, help: &str) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.findings.push(finding(self.file, line, message, help.to_owned()));
    }

    pub fn push(&mut self, row: T) {
        self.rows.push(row);
    }

    pub fn close(self) -> Result<Vec<T>, Vec<Finding>> {
        if self.findings.is_empty() { Ok(self.rows) } else { Err(self.findings) }
    }
}

fn finding(file: &str, line: u32, message: String, help: String) -> Finding {
    let file = file.to_owned();
    let severity = Severity::Error;
    Finding {
        rule: "people-row",
        source: "CBA-35c",
        severity,
        file,
        span: 0..0,
        line,
        column: 1,
        message,
        help,
    }
}

fn work_number(cell: &str) -> Result<AgentId, Wrong> {
    if (1..=12).contains(&cell.len()) && cell.bytes().all(|b| b.is_ascii_digit()) {
        Ok(AgentId::from(cell))
    } else {
        Err((format!("`{cell}` is no work number"), "Write 1 to 12 digits: callers are told this number."))
    }
}

fn device(cell: &str) -> Result<DeviceId, Wrong> {
    if is_name(cell) {
        Ok(DeviceId::from(cell))
    } else {
        Err((format!("`{cell}` is no SIP user"), "Write up to 64 letters, digits, `.`, `-` or `_`."))
    }
}

fn name(cell: &str) -> Result<Redacted<String>, Wrong> {
    if cell.is_empty() || cell.chars().count() > 100 || cell.chars().any(char::is_control) {
        return Err(("there is no name of 1 to 100 characters".to_owned(), "Write the agent's name."));
    }
    Ok(Redacted(cell.to_owned()))
}

/// `None` keeps what is stored. The cell itself never stands in a message.
fn secret(cell: &str, stored: bool) -> Result<Option<Redacted<String>>, Wrong> {
    let length = cell.chars().count();
    match (length, stored) {
        (0, true) => Ok(None),
        (0, false) => {
            Err(("a new one needs a secret".to_owned(), "Write one; it may be left empty later on."))
        }
        (SHORTEST_SECRET..=128, _) => Ok(Some(Redacted(cell.to_owned()))),
        _ => Err(("the secret is too short or too long".to_owned(), "Take 4 to 128 characters.")),
    }
}

fn yes_or_no(cell: &str) -> Result<bool, Wrong> {
    match cell {
        "yes" => Ok(true),
        "no" | "" => Ok(false),
        other => Err((format!("`{other}` is neither yes nor no"), "Write `yes` or `no`; nothing means no.")),
    }
}

fn skills(cell: &str) -> Result<BTreeMap<Skill, u8>, Wrong> {
    const HELP: &str = "Write skills with proficiency 1 to 10, e.g. `card=5;general=7`.";
    let mut skills = BTreeMap::new();
    for part in cell.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (skill, level) = part.split_once('=').ok_or_else(|| (format!("`{part}` has no `=`"), HELP))?;
        let (skill, level) = (skill.trim(), level.trim());
        let level: u8 = level.parse().map_err(|_| (format!("`{level}` is no proficiency"), HELP))?;
        if !is_name(skill) || !(1..=10).contains(&level) {
            return Err((format!("`{part}` is no skill with proficiency 1 to 10"), HELP));
        }
        if skills.insert(Skill::from(skill), level).is_some() {
            return Err((format!("skill `{skill}` stands in it twice"), HELP));
        }
    }
    Ok(skills)
}

/// Names parted by semicolons.
fn names(cell: &str, right: fn(&str) -> bool) -> Result<impl Iterator<Item = &str>, Wrong> {
    let parts = || cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    match parts().find(|part| !right(part)) {
        Some(part) => Err((format!("`{part}` is no name"), "Part names with `;`, without blanks in them.")),
        None => Ok(parts()),
    }
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

pub(super) fn is_language(text: &str) -> bool {
    text.split('-')
        .all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// `sip:[USER@]IP[:PORT]`: names are not resolved while a caller waits.
fn contact(cell: &str) -> Result<String, Wrong> {
    let wrong =
        || (format!("`{cell}` is no contact"), "Write e.g. `sip:desk1@192.0.2.31:5060`, with an IP address.");
    let address = cell.strip_prefix("sip:").ok_or_else(wrong)?;
    let (user, host) = address.rsplit_once('@').unwrap_or(("", address));
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = host.parse::<SocketAddr>().is_ok() || literal.parse::<IpAddr>().is_ok();
    if is_address && (user.is_empty() || is_name(user)) { Ok(cell.to_owned()) } else { Err(wrong()) }
}
