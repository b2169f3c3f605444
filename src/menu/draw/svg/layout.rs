//! Where boxes stand: a tidy tree from left to right. A box stands in the column of its depth, level
//! with its first child; boxes below one another never overlap. All lengths are in pixels.

use std::collections::VecDeque;

use crate::menu::draw::rows::Row;

/// Width of a half-width character and height of a line, at a font size of 13.
pub const CHARACTER: usize = 8;
pub const LINE: usize = 17;
/// Between the border of a box and its text.
pub const PADDING: usize = 9;
/// Between columns, and between boxes one below the other.
pub const COLUMN_GAP: usize = 54;
const ROW_GAP: usize = 12;
/// Half-width characters in a line, and lines of one text.
const MOST_COLUMNS: usize = 36;
const MOST_LINES: usize = 4;

/// A line of a box and how it looks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub look: Look,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// How one comes here.
    Way,
    Title,
    /// What callers hear.
    Spoken,
    Fact,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    pub lines: Vec<Line>,
}

/// A place for each row, and how much room all take.
pub fn place(rows: &[Row<'_>]) -> (Vec<Placed>, usize, usize) {
    let lines: Vec<Vec<Line>> = rows.iter().map(lines).collect();
    let heights: Vec<usize> = lines.iter().map(|lines| lines.len() * LINE + 2 * PADDING).collect();
    let columns = column_edges(rows, &lines);
    let below = below_parents(rows, &heights);
    let mut placed: Vec<Placed> = Vec::with_capacity(rows.len());
    for (at, (row, lines)) in rows.iter().zip(lines).enumerate() {
        let y = row.above.map_or(0, |above| placed[above].y) + below[at];
        let (x, width) = columns[row.depth];
        placed.push(Placed { x, y, width, height: heights[at], lines });
    }
    let right = columns.last().map_or(0, |(x, width)| x + width);
    let bottom = placed.iter().map(|at| at.y + at.height).max().unwrap_or(0);
    (placed, right, bottom)
}

/// By row: how far it stands below its parent. Subtrees are moved up until they touch what stands
/// above them, column by column, so that a long branch leaves no hole beside it.
fn below_parents(rows: &[Row<'_>], heights: &[usize]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (at, row) in rows.iter().enumerate() {
        if let Some(above) = row.above {
            children[above].push(at);
        }
    }
    let mut below = vec![0; rows.len()];
    let mut outlines: Vec<VecDeque<Edges>> = vec![VecDeque::new(); rows.len()];
    for at in (0..rows.len()).rev() {
        let mut whole: VecDeque<Edges> = VecDeque::new();
        for child in &children[at] {
            let one = std::mem::take(&mut outlines[*child]);
            let clear = |(above, own): (&Edges, &Edges)| (above.bottom + ROW_GAP).saturating_sub(own.top);
            below[*child] = whole.iter().zip(&one).map(clear).max().unwrap_or(0);
            whole = joined(whole, one, below[*child]);
        }
        whole.push_front(Edges { top: 0, bottom: heights[at] });
        outlines[at] = whole;
    }
    below
}

/// Where the boxes of a subtree begin and end in a column, from its own top.
#[derive(Clone, Copy)]
struct Edges {
    top: usize,
    bottom: usize,
}

/// Of a subtree and one placed below it.
fn joined(mut above: VecDeque<Edges>, mut one: VecDeque<Edges>, below: usize) -> VecDeque<Edges> {
    one.iter_mut().for_each(|edges| *edges = Edges { top: edges.top + below, bottom: edges.bottom + below });
    for (edges, own) in above.iter_mut().zip(&one) {
        edges.bottom = own.bottom;
    }
    let known = above.len();
    above.extend(one.into_iter().skip(known));
    above
}

/// By depth: left edge and width of its column.
fn column_edges(rows: &[Row<'_>], lines: &[Vec<Line>]) -> Vec<(usize, usize)> {
    let mut widths: Vec<usize> = Vec::new();
    for (row, lines) in rows.iter().zip(lines) {
        let widest = lines.iter().map(|line| columns(&line.text)).max().unwrap_or(0);
        if widths.len() <= row.depth {
            widths.resize(row.depth + 1, 0);
        }
        widths[row.depth] = widths[row.depth].max(widest * CHARACTER + 2 * PADDING);
    }
    let mut x = 0;
    let edge = |width: usize| {
        let left = x;
        x += width + COLUMN_GAP;
        (left, width)
    };
    widths.into_iter().map(edge).collect()
}

fn lines(row: &Row<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |look, text: &str| {
        lines.extend(wrapped(text).into_iter().map(|text| Line { look, text }));
    };
    if !row.has_key && !row.by.is_empty() {
        add(Look::Way, &row.by);
    }
    add(Look::Spoken, row.announced);
    let title = if row.elsewhere { format!("{} ↑", row.title) } else { row.title.clone() };
    add(Look::Title, &title);
    add(Look::Fact, &row.person);
    row.facts.iter().for_each(|fact| add(Look::Fact, fact));
    for (what, said) in &row.said {
        if what.starts_with("question ") {
            add(Look::Fact, what);
        }
        add(Look::Spoken, &format!("“{said}”"));
    }
    lines
}

/// Cut into lines, at spaces where there are some; too long texts end in `…`.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        if !line.is_empty() && columns(&line) + columns(word.trim_end()) > MOST_COLUMNS {
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(if line.is_empty() { word.trim_start() } else { word });
    }
    lines.push(line);
    let mut lines: Vec<String> =
        lines.into_iter().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect();
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// Pieces that may begin a line: words with the spaces behind them, and single characters of scripts
/// without spaces. Long words are cut.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut begin = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = before.is_some_and(|before| {
            let after_space = before == ' ' && c != ' ';
            let ideographs = is_wide(before) && !"，。、；：？！”）".contains(c) && c != ' ';
            after_space || ideographs || is_wide(c) && !"，。、；：？！”）".contains(c) && before != '“'
        });
        if at > begin && (breaks || columns(&text[begin..at]) >= MOST_COLUMNS) {
            words.push(&text[begin..at]);
            begin = at;
        }
        before = Some(c);
    }
    words.push(&text[begin..]);
    words
}

/// Columns of a fixed-width font that a text takes: Chinese characters take two.
pub fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian wide and fullwidth characters (Unicode Annex 11), in their main ranges.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}
