//! What went wrong where a file is not TOML, said for people: the quotation mark or bracket that is
//! missing, at the line where it is missing and not where a parser at last gave up.
//!
//! Looks at lines only and knows no grammar; asked only when the parser has refused the file.

use std::ops::Range;

/// A slip of the pen: where, what, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slip {
    pub span: Range<usize>,
    pub message: String,
    pub help: String,
}

impl Slip {
    fn new(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Slip { span, message: message.into(), help: help.into() }
    }
}

/// Marks that open something, with what closes it and how people call them.
const PAIRS: [(char, char, &str); 2] = [('{', '}', "brace"), ('[', ']', "square bracket")];

const LONG_QUOTES: [&str; 2] = ["\"\"\"", "'''"];

/// The first slip in a text, if it is one of the common ones.
pub fn first(text: &str) -> Option<Slip> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut long_quote: Option<&str> = None;
    let mut at = 0;
    let mut before: Option<Range<usize>> = None;
    for line in text.split_inclusive('\n') {
        let begin = at;
        at += line.len();
        let content = line.trim_end();
        if let Some(quote) = long_quote {
            if content.contains(quote) {
                long_quote = None;
            }
            continue;
        }
        let trimmed = content.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let start = begin + (content.len() - trimmed.len());
        if let (Some((mark, opened)), Some(before)) = (open.last(), &before)
            && begins_anew(trimmed)
            && !continues(text, before)
        {
            return Some(never_closed(*mark, *opened..before.end));
        }
        if let Some(quote) = LONG_QUOTES.into_iter().find(|quote| content.matches(quote).count() % 2 == 1) {
            long_quote = Some(quote);
            continue;
        }
        if open.is_empty()
            && let Some(slip) = unlike_a_line(trimmed, start)
        {
            return Some(slip);
        }
        if let Some(slip) = marks(content, begin, &mut open) {
            return Some(slip);
        }
        before = Some(start..begin + content.len());
    }
    let (mark, opened) = open.pop()?;
    Some(never_closed(mark, opened..before.map_or(text.len(), |line| line.end)))
}

/// Does a line look like the beginning of something new?
fn begins_anew(line: &str) -> bool {
    let name: String = line.chars().take_while(|c| is_name(*c)).collect();
    let rest = line.get(name.len()..).unwrap_or_default().trim_start();
    let heading = line.starts_with('[') && !line.contains('"');
    heading || (!name.is_empty() && rest.starts_with('=') && !rest.starts_with("=="))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.'
}

/// Does this line say that more follows?
fn continues(text: &str, line: &Range<usize>) -> bool {
    text.get(line.clone()).is_some_and(|line| line.ends_with([',', '{', '[']))
}

fn never_closed(mark: char, span: Range<usize>) -> Slip {
    let (_, close, name) = PAIRS.into_iter().find(|(open, ..)| *open == mark).unwrap_or(PAIRS[0]);
    Slip::new(
        span,
        format!("the {name} `{mark}` that opens here is never closed"),
        format!("Write `{close}` where it ends."),
    )
}

/// A line of its own must be a heading or NAME = VALUE.
fn unlike_a_line(line: &str, start: usize) -> Option<Slip> {
    let whole = start..start + line.len();
    if line.starts_with('[') {
        return None;
    }
    let Some((name, value)) = line.split_once('=') else {
        return Some(Slip::new(
            whole,
            "this line is neither a heading nor NAME = VALUE",
            "Is an equals sign missing? Remarks begin with `#`.",
        ));
    };
    let value = value.trim_start();
    if value.is_empty() || value.starts_with('#') {
        let message = format!("`{}` has no value", name.trim());
        return Some(Slip::new(
            whole,
            message,
            "Write the value behind the equals sign, or remove the line.",
        ));
    }
    let bare: String = value.chars().take_while(|c| !c.is_whitespace() && *c != '#').collect();
    let word = bare.chars().next().is_some_and(char::is_alphabetic);
    let constants = ["true", "false", "inf", "nan"];
    if word && !constants.contains(&bare.as_str()) {
        let at = start + line.len() - value.len();
        let span = at..at + value.trim_end().len();
        return Some(Slip::new(span, "a text stands in quotation marks", format!("Write \"{bare}\".")));
    }
    None
}

/// Goes through the marks of a line, keeps what stays open, and finds what does not fit.
fn marks(line: &str, begin: usize, open: &mut Vec<(char, usize)>) -> Option<Slip> {
    let mut quote: Option<(char, usize)> = None;
    let mut escaped = false;
    for (offset, c) in line.char_indices() {
        let at = begin + offset;
        if let Some((mark, _)) = quote {
            match c {
                _ if escaped => escaped = false,
                '\\' if mark == '"' => escaped = true,
                _ if c == mark => quote = None,
                _ => {}
            }
            continue;
        }
        match c {
            '#' => break,
            '"' | '\'' => quote = Some((c, at)),
            '“' | '”' | '＂' => {
                let help = "Write the straight quotation mark \" of an English keyboard.";
                return Some(Slip::new(
                    at..at + c.len_utf8(),
                    format!("`{c}` is no quotation mark here"),
                    help,
                ));
            }
            '＝' | '｛' | '｝' | '，' | '［' | '］' => {
                let help = "Switch the keyboard to English for everything outside of the texts.";
                let message = format!("`{c}` is the wide form of a mark");
                return Some(Slip::new(at..at + c.len_utf8(), message, help));
            }
            '{' | '[' => open.push((c, at)),
            '}' | ']' => match open.pop() {
                Some((mark, _)) if PAIRS.iter().any(|(o, e, _)| *o == mark && *e == c) => {}
                Some((mark, opened)) => return Some(never_closed(mark, opened..at)),
                None => {
                    let message = format!("`{c}` closes nothing");
                    return Some(Slip::new(at..at + 1, message, "Remove it, or open it before."));
                }
            },
            _ => {}
        }
    }
    let (_, at) = quote?;
    Some(Slip::new(
        at..begin + line.len(),
        "the quotation mark that opens here is never closed",
        "Write a quotation mark where the text ends.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_slips_are_told_at_their_place() {
        for (text, marked, message) in [
            ("a = { b = \"x\"\nc = 1\n", "{ b = \"x\"", "never closed"),
            ("a = { b = \"x\", c = { d = 1 }\n\n[t]\n", "{ b = \"x\", c = { d = 1 }", "never closed"),
            ("[[choice]\nkey = \"1\"\n", "[[choice]", "square bracket"),
            ("[timing\nfirst = 5\n", "[timing", "square bracket"),
            ("a = \"x\nb = 1\n", "\"x", "quotation mark"),
            ("a = { zh = “x” }\n", "“", "no quotation mark here"),
            ("a ＝ 1\n", "a ＝ 1", "neither a heading"),
            ("a = { b = \"x\"， c = 1 }\n", "，", "wide form"),
            ("a = 1\ngreeting\n", "greeting", "neither a heading"),
            ("a =\n", "a =", "`a` has no value"),
            ("a = hello\n", "hello", "quotation marks"),
            ("a = { b = 1 }}\n", "}", "closes nothing"),
            ("a = [1, 2\n", "[1, 2", "never closed"),
        ] {
            let slip = first(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(text.get(slip.span.clone()), Some(marked), "{text}");
            assert!(slip.message.contains(message), "{text}: {}", slip.message);
        }
    }

    #[test]
    fn what_is_right_is_left_alone() {
        let text = "# a = {\na = { b = \"}\", # {\n  c = '[' }\nd = \"\"\"\n x = {\n\"\"\"\n[[e]]\n\"f.g\" = [\n 1,\n]\n";
        assert!(toml::from_str::<toml::Table>(text).is_ok());
        assert_eq!(first(text), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "[\\[\\]{}=\"'#,\n a录]{0,80}") {
            if let Some(slip) = first(&text) {
                assert!(text.get(slip.span).is_some());
            }
        }
    }
}
