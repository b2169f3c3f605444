//! The tree as text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::menu::draw::rows::{Row, Tree};
use crate::menu::draw::svg::layout::columns;
use crate::menu::draw::{Picture, legend};

pub fn draw(picture: &Picture<'_>) -> String {
    let mut text = String::new();
    for tree in picture.trees() {
        draw_one(&tree, &mut text);
        text.push('\n');
    }
    for section in legend::sections(picture) {
        let _ = writeln!(text, "{}", section.heading);
        let widest = section.lines.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
        for (name, words) in section.lines {
            let gap = " ".repeat(widest - columns(&name).min(widest) + 2);
            let _ = writeln!(text, "{}", format!("  {name}{gap}{words}").trim_end());
        }
    }
    text
}

fn draw_one(tree: &Tree<'_>, text: &mut String) {
    let lasts = lasts(&tree.rows);
    let above: BTreeSet<usize> = tree.rows.iter().filter_map(|row| row.above).collect();
    // By depth: does a line go on below?
    let mut goes_on: Vec<bool> = Vec::new();
    for (at, (row, last)) in tree.rows.iter().zip(lasts).enumerate() {
        goes_on.truncate(row.depth.saturating_sub(1));
        let bars: String = goes_on.iter().map(|on| if *on { "│  " } else { "   " }).collect();
        let tee = match (row.depth, last) {
            (0, _) => "",
            (_, true) => "└─ ",
            (_, false) => "├─ ",
        };
        let _ = writeln!(text, "{bars}{tee}{}", line(row));
        if row.depth > 0 {
            goes_on.push(!last);
        }
        for (what, said) in &row.said {
            let bars: String = goes_on.iter().map(|on| if *on { "│  " } else { "   " }).collect();
            let bar = if above.contains(&at) { "│  " } else { "   " };
            let what = if what == "text" { String::new() } else { format!("{what}: ") };
            let _ = writeln!(text, "{bars}{bar}{what}“{said}”");
        }
    }
}

/// Is it the last one below its parent?
fn lasts(rows: &[Row<'_>]) -> Vec<bool> {
    let mut seen = vec![false; rows.len()];
    let mut lasts = vec![true; rows.len()];
    for (at, row) in rows.iter().enumerate().rev() {
        if let Some(above) = row.above.and_then(|above| seen.get_mut(above)) {
            lasts[at] = !std::mem::replace(above, true);
        }
    }
    lasts
}

fn line(row: &Row<'_>) -> String {
    let mut line = row.by.clone();
    if !row.announced.is_empty() {
        let _ = write!(line, "  {}", row.announced);
    }
    if !line.is_empty() {
        line.push_str(" → ");
    }
    line.push_str(&row.title);
    if !row.person.is_empty() {
        let _ = write!(line, " ({})", row.person);
    }
    if !row.facts.is_empty() {
        let _ = write!(line, " ({})", row.facts.join(", "));
    }
    if row.elsewhere {
        line.push_str(" ↑");
    }
    line
}
