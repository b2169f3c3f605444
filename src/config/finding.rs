//! What is wrong with a file, said so that somebody who is no programmer can mend it.

mod translate;

use serde::{Deserialize, Serialize};

pub use translate::{Tongue, chinese};

/// One finding of `hotline check`: where, what, why, and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// Stable id of the rule, e.g. `person-reachable`.
    pub rule: &'static str,
    /// Requirement ids behind it, e.g. `CBA-10b`; empty for plain syntax.
    pub source: &'static str,
    pub severity: Severity,
    /// Path as given on the command line, joined with the file's name.
    pub file: String,
    /// Byte offsets in the file; empty range = the file as a whole.
    pub span: std::ops::Range<usize>,
    /// 1-based place of the span's start, for people and editors.
    pub line: u32,
    pub column: u32,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do about it, one sentence.
    pub help: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look; publishing goes on.
    Warning,
    /// Nothing of it is published.
    Error,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Line and column (both from 1, columns in characters) of a byte offset.
pub fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(super::place("ab\n挂失x", "ab\n挂失".len()), (2, 3));
        assert_eq!(super::place("", 99), (1, 1));
    }
}
