//! The menus as a Mermaid flow chart.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::menu::draw::Picture;
use crate::menu::draw::rows::Row;
use crate::menu::outline::{Place, PlaceKind};

/// Colours that carry dark text on light and on dark pages.
const CLASSES: &str = "  classDef menu fill:#dbe9ff,stroke:#3b6fb5,color:#10233f
  classDef person fill:#d8f3dc,stroke:#2d7d46,color:#0f2f1b
  classDef later fill:#fff0c9,stroke:#a97a10,color:#3d2c05
  classDef node fill:#ece6fb,stroke:#6b4fb0,color:#241743
  classDef other fill:#eceff3,stroke:#6b7280,color:#1f2430
";

pub fn draw(picture: &Picture<'_>) -> String {
    let mut text = String::from("flowchart LR\n");
    text.push_str(CLASSES);
    for (number, tree) in picture.trees().iter().enumerate() {
        let id = |at: usize| format!("t{number}n{at}");
        let drawn: BTreeMap<&Place, usize> = {
            let open = tree.rows.iter().enumerate().filter(|(_, row)| row.place.opens() && !row.elsewhere);
            open.map(|(at, row)| (row.place, at)).collect()
        };
        for (at, row) in tree.rows.iter().enumerate() {
            // What is drawn elsewhere is pointed at.
            let to = drawn.get(row.place).filter(|_| row.elsewhere).copied();
            if to.is_none() {
                let (open, close) = shape(row.place.kind);
                let _ =
                    writeln!(text, "  {}{open}\"{}\"{close}:::{}", id(at), label(row), class(row.place.kind));
            }
            if let Some(above) = row.above {
                let way = if row.announced.is_empty() {
                    row.by.clone()
                } else {
                    format!("{} {}", row.by, row.announced)
                };
                let _ = writeln!(text, "  {} -->|\"{}\"| {}", id(above), quote(&way), id(to.unwrap_or(at)));
            }
        }
    }
    text
}

fn label(row: &Row<'_>) -> String {
    let mut lines = vec![quote(&row.title)];
    if !row.person.is_empty() {
        lines[0] = quote(&format!("{} ({})", row.title, row.person));
    }
    lines.extend((!row.facts.is_empty()).then(|| quote(&row.facts.join(", "))));
    lines.join("<br/>")
}

fn shape(kind: PlaceKind) -> (&'static str, &'static str) {
    match kind {
        PlaceKind::Menu => ("[", "]"),
        PlaceKind::Branch => ("{{", "}}"),
        PlaceKind::Lookup | PlaceKind::Verify => ("[/", "/]"),
        PlaceKind::Person | PlaceKind::Queue => ("([", "])"),
        _ => ("(", ")"),
    }
}

/// How a kind of place is coloured, here and in the SVG.
pub fn class(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Menu => "menu",
        PlaceKind::Person | PlaceKind::Queue | PlaceKind::Transfer => "person",
        PlaceKind::Message | PlaceKind::Callback => "later",
        PlaceKind::Branch
        | PlaceKind::Collect
        | PlaceKind::Step
        | PlaceKind::Lookup
        | PlaceKind::Verify
        | PlaceKind::Survey
        | PlaceKind::Complaint => "node",
        PlaceKind::Information
        | PlaceKind::Language
        | PlaceKind::Elderly
        | PlaceKind::Again
        | PlaceKind::Back
        | PlaceKind::Top
        | PlaceKind::End => "other",
    }
}

/// Mermaid reads quotation marks, hashes and angle brackets in labels as its own.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | '"' | '<' | '>' | '&' | '|' | '`' | '\\' => {
                let _ = write!(quoted, "#{};", u32::from(c));
            }
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted
}
