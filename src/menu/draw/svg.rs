//! The tree as a picture: boxes from left to right, the key on the edge of each. Every box has its own
//! ground and every line a middle grey, so that the picture can be read on light and on dark pages.

pub mod layout;

use std::fmt::Write as _;

use crate::menu::draw::Picture;
use crate::menu::draw::legend::{self, Section};
use crate::menu::draw::mermaid::class;
use crate::menu::draw::rows::{Row, Tree};
use crate::menu::outline::Outline;
use layout::{CHARACTER, COLUMN_GAP, LINE, Look, PADDING, Placed, columns};

const MARGIN: usize = 24;
const TREE_GAP: usize = 36;
/// Radius of the circle around a key, and of corners.
const KEY: usize = 11;
const CORNER: usize = 8;

const STYLE: &str = "<style>
text{font:13px ui-monospace,'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace;fill:#1d2330}
.title{font-weight:bold}.way{font-style:italic;fill:#4a5262}.spoken{fill:#4a5262}.fact{fill:#1d2330}
.box{stroke-width:1.5}.menu{fill:#dbe9ff;stroke:#3b6fb5}.person{fill:#d8f3dc;stroke:#2d7d46}
.later{fill:#fff0c9;stroke:#a97a10}.node{fill:#ece6fb;stroke:#6b4fb0}.other{fill:#eceff3;stroke:#6b7280}
.elsewhere{stroke-dasharray:5 3}.edge{fill:none;stroke:#808080;stroke-width:1.5}
.key{fill:#1d2330;stroke:#f4f6fa;stroke-width:1.5}.keyed{fill:#fff;font-weight:bold;text-anchor:middle}
</style>
";

pub fn draw(picture: &Picture<'_>) -> String {
    let mut body = String::new();
    let (mut width, mut y) = (0, MARGIN);
    for tree in picture.trees() {
        let (placed, right, height) = layout::place(&tree.rows);
        draw_tree(&mut body, picture, (&tree, &placed), y);
        width = width.max(right);
        y += height + TREE_GAP;
    }
    let mut x = MARGIN;
    let mut tallest = 0;
    for section in legend::sections(picture) {
        let (wide, high) = draw_section(&mut body, &section, x, y);
        x += wide + MARGIN;
        tallest = tallest.max(high);
    }
    let width = (width + 2 * MARGIN).max(x);
    let height = y + tallest + MARGIN;
    let named: Vec<&str> = picture.outline.entries.iter().map(|(entry, _)| entry.as_str()).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\">\n<title>{}</title>\n{STYLE}{body}</svg>\n",
        escape(&format!("Menus of {}", named.join(", ")))
    )
}

fn draw_tree(body: &mut String, picture: &Picture<'_>, (tree, placed): (&Tree<'_>, &[Placed]), y: usize) {
    // Edges first, so that boxes and keys lie over them.
    for (row, at) in tree.rows.iter().zip(placed) {
        if let Some(from) = row.above.and_then(|above| placed.get(above)) {
            edge(body, from, at, y);
        }
    }
    for (row, at) in tree.rows.iter().zip(placed) {
        draw_box(body, (row, at), y, &spoken(&picture.outline, row));
    }
}

/// From the right side of a box along its first line, down, and to the left side of the next.
fn edge(body: &mut String, from: &Placed, to: &Placed, y: usize) {
    let middle = PADDING + LINE / 2;
    let (x0, y0) = (MARGIN + from.x + from.width, y + from.y + middle);
    let (x1, y1) = (MARGIN + to.x, y + to.y + middle);
    let turn = x0 + COLUMN_GAP / 3;
    let _ = match y0 == y1 {
        true => writeln!(body, "<path class=\"edge\" d=\"M{x0} {y0}H{x1}\"/>"),
        false => writeln!(
            body,
            "<path class=\"edge\" d=\"M{x0} {y0}H{}Q{turn} {y0} {turn} {}V{}Q{turn} {y1} {} {y1}H{x1}\"/>",
            turn - CORNER,
            y0 + CORNER,
            y1 - CORNER,
            turn + CORNER,
        ),
    };
}

fn draw_box(body: &mut String, (row, at): (&Row<'_>, &Placed), y: usize, tip: &str) {
    let (x, y) = (MARGIN + at.x, y + at.y);
    let elsewhere = if row.elsewhere { " elsewhere" } else { "" };
    let _ = writeln!(body, "<g>{tip}");
    let _ = writeln!(
        body,
        "<rect class=\"box {}{elsewhere}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
        class(row.place.kind),
        at.width,
        at.height,
    );
    for (n, line) in at.lines.iter().enumerate() {
        let look = match line.look {
            Look::Way => "way",
            Look::Title => "title",
            Look::Spoken => "spoken",
            Look::Fact => "fact",
        };
        text(body, look, (x + PADDING, y + PADDING + n * LINE + 13), &line.text);
    }
    if row.has_key {
        let (middle, left) = (y + PADDING + LINE / 2, x - KEY - 4);
        let _ = writeln!(body, "<circle class=\"key\" cx=\"{left}\" cy=\"{middle}\" r=\"{KEY}\"/>");
        text(body, "keyed", (left, middle + 5), &row.by);
    }
    body.push_str("</g>\n");
}

/// All languages, for whoever rests on a box.
fn spoken(outline: &Outline, row: &Row<'_>) -> String {
    let about = outline.about(row.place).filter(|_| !row.elsewhere);
    let says = about.map_or(&[][..], |about| &about.says);
    let mut tip = String::new();
    for said in says {
        for (language, text) in &said.texts {
            let _ = writeln!(tip, "{} ({language}): {text}", said.what);
        }
    }
    if tip.is_empty() { tip } else { format!("<title>{}</title>", escape(tip.trim_end())) }
}

/// Its width and height.
fn draw_section(body: &mut String, section: &Section, x: usize, y: usize) -> (usize, usize) {
    let names = section.lines.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
    let words = section.lines.iter().map(|(_, words)| columns(words)).max().unwrap_or(0);
    let widest = (names + 2 + words).max(columns(section.heading));
    let (width, height) = (widest * CHARACTER + 2 * PADDING, (section.lines.len() + 1) * LINE + 2 * PADDING);
    let _ = writeln!(
        body,
        "<rect class=\"box other\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>"
    );
    let (left, first) = (x + PADDING, y + PADDING + 13);
    text(body, "title", (left, first), section.heading);
    for (n, (name, words)) in section.lines.iter().enumerate() {
        let line = first + (n + 1) * LINE;
        text(body, "fact", (left, line), name);
        text(body, "spoken", (left + (names + 2) * CHARACTER, line), words);
    }
    (width, height)
}

fn text(body: &mut String, class: &str, (x, y): (usize, usize), text: &str) {
    let _ = writeln!(body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(text));
}

/// Text within XML, without the characters that XML cannot hold.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
