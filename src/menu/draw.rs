//! The menus as a picture: a tree of text, the same tree as SVG, or a Mermaid flow chart.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::menu::model::{Menu, MenuIx, Program, Target};
use crate::menu::prove::Proof;

/// The tree with keys, texts in the first language, and seconds to a person.
pub fn tree(program: &Program, proof: &Proof) -> String {
    rows(program, proof).iter().map(|row| format!("{}{}\n", row.lines, row.text)).collect()
}

/// Height of a row and width of a step to the right, of a half-width character, and a margin.
const ROW: usize = 26;
const STEP: usize = 28;
const CHARACTER: usize = 8;
const MARGIN: usize = 10;

/// The tree as a picture for documents and pages.
pub fn svg(program: &Program, proof: &Proof) -> String {
    let rows = rows(program, proof);
    let columns = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let right = |row: &Row| (row.depth + 1) * STEP + columns(&row.text) * CHARACTER;
    let width = rows.iter().map(right).max().unwrap_or(0) + 2 * MARGIN;
    let height = rows.len() * ROW + 2 * MARGIN;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"monospace\" font-size=\"13\">\n"
    );
    for (at, row) in rows.iter().enumerate() {
        let (x, y) = (MARGIN + row.depth * STEP, MARGIN + at * ROW + ROW / 2);
        if let Some(parent) = row.parent {
            let (from_x, from_y) = (x - STEP / 2, MARGIN + parent * ROW + ROW - 3);
            let _ = writeln!(
                text,
                "<path d=\"M{from_x} {from_y} V{y} H{}\" fill=\"none\" stroke=\"#888\"/>",
                x - 4
            );
        }
        let _ = writeln!(text, "<text x=\"{x}\" y=\"{}\">{}</text>", y + 4, escape(&row.text));
    }
    text.push_str("</svg>\n");
    text
}

/// Text within XML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn rows(program: &Program, proof: &Proof) -> Vec<Row> {
    let mut tree = Tree { program, proof, seen: BTreeSet::new(), rows: Vec::new() };
    for main in &program.mains {
        let text = format!("{} → {}", main.entry, title(program, proof, main.menu));
        tree.rows.push(Row { depth: 0, parent: None, lines: String::new(), text });
        tree.seen = BTreeSet::from([main.menu]);
        tree.branch(main.menu, "", (0, tree.rows.len() - 1));
    }
    tree.rows
}

/// One line of the tree.
struct Row {
    depth: usize,
    /// Row of what leads here.
    parent: Option<usize>,
    /// Drawn before the text of a tree in text.
    lines: String,
    text: String,
}

fn title(program: &Program, proof: &Proof, menu: MenuIx) -> String {
    let id = &program.menu(menu).id;
    match proof.menus.iter().find(|row| row.menu == *id) {
        Some(row) => format!("{id} (0 → {}, {:.0} s)", row.person, row.listening.as_secs_f64()),
        None => id.to_string(),
    }
}

/// A tree being drawn; a menu is drawn where it comes first.
struct Tree<'p> {
    program: &'p Program,
    proof: &'p Proof,
    seen: BTreeSet<MenuIx>,
    rows: Vec<Row>,
}

impl Tree<'_> {
    fn branch(&mut self, at: MenuIx, indent: &str, (depth, parent): (usize, usize)) {
        let program = self.program;
        let menu = program.menu(at);
        let last = menu.choices.len().saturating_sub(1);
        for (ix, choice) in menu.choices.iter().enumerate() {
            let (tee, bar) = if ix == last { ("└─", "   ") } else { ("├─", "│  ") };
            let said = program.languages().first().map_or("", |l| program.text_of(&choice.prompt, l));
            let leads = match choice.target {
                Target::Menu(next) => title(program, self.proof, next),
                other => target(program, menu, other),
            };
            self.rows.push(Row {
                depth: depth + 1,
                parent: Some(parent),
                lines: format!("{indent}{tee} "),
                text: format!("{}  {said} → {leads}", choice.key),
            });
            if let Target::Menu(next) = choice.target
                && self.seen.insert(next)
            {
                let below = (depth + 1, self.rows.len() - 1);
                self.branch(next, &format!("{indent}{bar}"), below);
            }
        }
    }
}

fn target(program: &Program, menu: &Menu, target: Target) -> String {
    match target {
        Target::Menu(ix) => program.menu(ix).id.to_string(),
        Target::Queue(queue) => format!("queue {}", program.queue(queue)),
        Target::Information(node) => {
            let node = menu.information.get(usize::from(node));
            format!("information {}", node.map_or("", |node| &node.name))
        }
        Target::Collect(node) => collect(program, menu, node),
        Target::Language(table) => {
            let to: BTreeSet<&str> =
                program.languages().iter().zip(table).map(|(_, to)| program.language(to).as_str()).collect();
            format!("language {}", to.into_iter().collect::<Vec<_>>().join(" or "))
        }
        Target::Message(Some(queue)) => format!("message for {}", program.queue(queue)),
        Target::Message(None) => "message".to_owned(),
        Target::Person => "person".to_owned(),
        Target::Repeat => "again".to_owned(),
        Target::Back => "back".to_owned(),
        Target::End => "farewell".to_owned(),
        Target::Branch(_)
        | Target::Lookup(_)
        | Target::Verify(_)
        | Target::Survey(_)
        | Target::Complaint(_)
        | Target::Callback(_)
        | Target::Transfer(_)
        | Target::Elderly
        | Target::Top
        | Target::Stay => String::new(),
    }
}

/// Steps that collect digits follow one another: the whole chain.
fn collect(program: &Program, menu: &Menu, node: u16) -> String {
    let mut text = String::new();
    let mut at = node;
    for _ in 0..=menu.collects.len() {
        let Some(step) = menu.collects.get(usize::from(at)) else { break };
        let secret = if step.secret { " (secret)" } else { "" };
        let _ = write!(text, "collect {}{secret} → ", step.name);
        match step.target {
            Target::Collect(next) => at = next,
            other => {
                text.push_str(&target(program, menu, other));
                return text;
            }
        }
    }
    text.push('…');
    text
}

/// A flow chart for documents (Mermaid).
pub fn mermaid(program: &Program, proof: &Proof) -> String {
    let mut text = String::from("flowchart LR\n");
    for main in &program.mains {
        let _ = writeln!(text, "  E{}([\"{}\"]) --> M{}", main.menu, quote(main.entry.as_str()), main.menu);
    }
    for (ix, menu) in program.menus.iter().enumerate() {
        let title = title(program, proof, ix as MenuIx);
        let _ = writeln!(text, "  M{ix}[\"{}\"]", quote(&title));
        for (place, choice) in menu.choices.iter().enumerate() {
            let said = program.languages().first().map_or("", |l| program.text_of(&choice.prompt, l));
            let label = quote(&format!("{} {said}", choice.key));
            match choice.target {
                Target::Menu(next) => {
                    let _ = writeln!(text, "  M{ix} -->|\"{label}\"| M{next}");
                }
                other => {
                    let leads = quote(&target(program, menu, other));
                    let _ = writeln!(text, "  M{ix} -->|\"{label}\"| M{ix}C{place}(\"{leads}\")");
                }
            }
        }
    }
    text
}

/// Mermaid reads quotation marks and hashes in labels as its own.
fn quote(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;")
}
