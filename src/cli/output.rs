//! Writing to standard output: lines, tables, JSON. A reader that closed the pipe is no error.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;

use crate::menu::draw::columns;

/// Lets a command write to standard output and takes its exit code.
pub fn print(command: impl FnOnce(&mut dyn Write) -> io::Result<u8>) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match command(&mut out).and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => Ok(ExitCode::from(code)),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error).context("writing the output"),
    }
}

/// Writes a text as it is.
pub fn write(text: &str) -> anyhow::Result<()> {
    print(|out| out.write_all(text.as_bytes()).map(|()| 0)).map(drop)
}

pub fn line(text: &str) -> anyhow::Result<()> {
    write(&format!("{text}\n"))
}

pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string_pretty(value).context("writing JSON")?)
}

/// Rows under a heading, columns aligned.
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = heading.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    let mut text = aligned(heading.iter().copied(), &widths);
    for row in rows {
        text.push_str(&aligned(row.iter().map(String::as_str), &widths));
    }
    text
}

fn aligned<'c>(cells: impl Iterator<Item = &'c str>, widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, widest) in cells.zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', widest - width(cell).min(*widest) + 2));
    }
    format!("{}\n", line.trim_end())
}

/// Columns of a terminal that a text takes: Chinese characters take two.
pub fn width(text: &str) -> usize {
    columns(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stay_aligned_with_chinese_names() {
        let rows = vec![
            vec!["1001".to_owned(), "李伟".to_owned(), "x".to_owned()],
            vec!["2".to_owned(), "Wang".to_owned(), String::new()],
        ];
        assert_eq!(table(&["agent", "name", "q"], &rows), "agent  name  q\n1001   李伟  x\n2      Wang\n");
    }
}
