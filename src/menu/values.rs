//! Texts with values in them: "Your balance is {balance:amount}." Cut into what is recorded and
//! what is spoken from small prompts.

use crate::menu::speak::Kind;

/// A part of a text, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// As it is said: doubled braces are single ones here.
    Text(String),
    /// A field of an answer, or a step that was keyed in.
    Value { name: String, kind: Kind },
}

/// What is wrong with the braces of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    pub message: String,
    pub help: &'static str,
}

const HELP: &str = "Write {NAME} or {NAME:KIND}; a brace that is meant as a brace is written twice.";
const KINDS: &str = "Write digits, number, amount, date, time or duration behind the colon.";

/// Cuts a text at its values.
pub fn parts(text: &str) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let mut said = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        said.push_str(before);
        if let Some(after) = from.strip_prefix("{{") {
            said.push('{');
            rest = after;
        } else if let Some(after) = from.strip_prefix("}}") {
            said.push('}');
            rest = after;
        } else if let Some((inside, after)) = from.strip_prefix('{').and_then(|from| from.split_once('}')) {
            if !said.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut said)));
            }
            parts.push(value(inside)?);
            rest = after;
        } else {
            let brace = from.chars().next().unwrap_or('{');
            return Err(Fault { message: format!("the brace `{brace}` has no partner"), help: HELP });
        }
    }
    said.push_str(rest);
    if !said.is_empty() || parts.is_empty() {
        parts.push(Part::Text(said));
    }
    Ok(parts)
}

fn value(inside: &str) -> Result<Part, Fault> {
    let (name, kind) = inside.split_once(':').unwrap_or((inside, Kind::Digits.as_str()));
    let (name, kind) = (name.trim(), kind.trim());
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(letters) {
        return Err(Fault { message: format!("`{{{inside}}}` names no value"), help: HELP });
    }
    match kind.parse() {
        Ok(kind) => Ok(Part::Value { name: name.to_owned(), kind }),
        Err(_) => Err(Fault { message: format!("`{kind}` is no way to say a value"), help: KINDS }),
    }
}

/// The values of a text with their kinds; none where the braces are wrong.
pub fn of(text: &str) -> Vec<(String, Kind)> {
    let parts = parts(text).unwrap_or_default();
    let values = parts.into_iter().filter_map(|part| match part {
        Part::Value { name, kind } => Some((name, kind)),
        Part::Text(_) => None,
    });
    values.collect()
}

/// The text as it is said, without values; as written where the braces are wrong.
pub fn plain(text: &str) -> String {
    match parts(text).as_deref() {
        Ok([Part::Text(text)]) => text.clone(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn value(name: &str, kind: Kind) -> Part {
        Part::Value { name: name.to_owned(), kind }
    }

    #[test]
    fn texts_are_cut_at_their_values() {
        for (written, wanted) in [
            ("余额查询", vec![text("余额查询")]),
            ("", vec![text("")]),
            (
                "您的余额是{balance:amount}。",
                vec![text("您的余额是"), value("balance", Kind::Amount), text("。")],
            ),
            ("{area}{until:time}", vec![value("area", Kind::Digits), value("until", Kind::Time)]),
            ("{ area : number }", vec![value("area", Kind::Number)]),
            ("a {{b}} c", vec![text("a {b} c")]),
            ("{{{a}}}", vec![text("{"), value("a", Kind::Digits), text("}")]),
        ] {
            assert_eq!(parts(written), Ok(wanted), "{written}");
        }
    }

    #[test]
    fn wrong_braces_are_told() {
        for (written, part) in [
            ("a { b", "no partner"),
            ("a } b", "no partner"),
            ("{}", "names no value"),
            ("{a b}", "names no value"),
            ("{a:money}", "`money`"),
            ("{a:}", "no way to say"),
        ] {
            let fault = parts(written).unwrap_err();
            assert!(fault.message.contains(part), "{written}: {fault:?}");
            assert_eq!(plain(written), written);
            assert!(of(written).is_empty());
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[{}a:é ]{0,12}") {
            if let Ok(parts) = parts(&text) {
                let written: String = parts.iter().map(|part| match part {
                    Part::Text(text) => text.replace('{', "{{").replace('}', "}}"),
                    Part::Value { name, kind } => format!("{{{name}:{}}}", kind.as_str()),
                }).collect();
                proptest::prop_assert_eq!(super::parts(&written), Ok(parts));
            }
        }
    }
}
