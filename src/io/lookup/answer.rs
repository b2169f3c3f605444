//! The body of a question and what is taken out of an answer: JSON (RFC 8259) in, texts out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::menu::ask::{Answer, LONGEST_VALUE, MOST_FIELDS, Question};
use crate::sealed::Redacted;

/// The fields of a question as a JSON object of texts.
pub fn body(question: &Question) -> Vec<u8> {
    let fields: BTreeMap<&str, &str> =
        question.fields.iter().map(|(name, value)| (name.as_str(), value.reveal().as_str())).collect();
    serde_json::to_vec(&fields).unwrap_or_default()
}

/// Is this the media type of JSON (`application/json`, or `application/….+json`)?
pub fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The answer in a body; `None` unless it is one JSON object within the bounds, no name in it twice.
pub fn parse(body: &[u8]) -> Option<Answer> {
    serde_json::from_slice::<Scalars>(body).ok().map(|scalars| scalars.0)
}

struct Scalars(Answer);

impl<'de> Deserialize<'de> for Scalars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Scalars;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalars, A::Error> {
        let mut names = BTreeSet::new();
        let mut answer = Answer::default();
        while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
            let scalar = scalar(raw.get()).map_err(|_| A::Error::custom("a value is out of bounds"))?;
            if let Some(value) = scalar {
                answer.fields.insert(name.clone(), Redacted(value));
            }
            let too_long = name.chars().count() > LONGEST_VALUE;
            if too_long || answer.fields.len() > MOST_FIELDS || !names.insert(name) {
                return Err(A::Error::custom("too many fields, or one twice"));
            }
        }
        Ok(Scalars(answer))
    }
}

struct OutOfBounds;

/// A value as text, numbers as they are written; `None` for null, lists and objects.
fn scalar(raw: &str) -> Result<Option<String>, OutOfBounds> {
    let text = match raw.as_bytes().first() {
        Some(b'{' | b'[' | b'n') | None => return Ok(None),
        Some(b'"') => serde_json::from_str(raw).map_err(|_| OutOfBounds)?,
        Some(_) => raw.to_owned(),
    };
    // Values go on into speech, routing and signalling, where a line end would be a hole.
    let fits = text.chars().count() <= LONGEST_VALUE && !text.chars().any(char::is_control);
    if fits { Ok(Some(text)) } else { Err(OutOfBounds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str) -> Option<Vec<(String, String)>> {
        let answer = parse(body.as_bytes())?;
        Some(answer.fields.into_iter().map(|(name, value)| (name, value.reveal().clone())).collect())
    }

    #[test]
    fn numbers_keep_their_written_form() {
        let body = r#" {"a": 1200.50, "b": 6217000000000000123, "c": -0.0, "d": 1E+2, "e": true, "f": "\u6302失\"" } "#;
        let wanted = [
            ("a", "1200.50"),
            ("b", "6217000000000000123"),
            ("c", "-0.0"),
            ("d", "1E+2"),
            ("e", "true"),
            ("f", "挂失\""),
        ];
        let wanted: Vec<_> = wanted.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(texts(body), Some(wanted));
    }

    #[test]
    fn what_is_nested_or_null_is_left_out() {
        let body = r#"{"card": {"balance": 1}, "list": [1, [2]], "none": null, "ok": false}"#;
        assert_eq!(texts(body), Some(vec![("ok".to_owned(), "false".to_owned())]));
        assert_eq!(texts("{}"), Some(vec![]));
    }

    #[test]
    fn what_is_no_object_or_out_of_bounds_makes_no_sense() {
        let long = format!(r#"{{"a": "{}"}}"#, "挂".repeat(LONGEST_VALUE + 1));
        let many: Vec<String> = (0..=MOST_FIELDS).map(|n| format!("\"f{n}\": {n}")).collect();
        let many = format!("{{{}}}", many.join(","));
        let digits = format!(r#"{{"a": {}}}"#, "9".repeat(LONGEST_VALUE + 1));
        let deep = format!(r#"{{"a": {}}}"#, "[".repeat(60_000));
        for wrong in [
            "",
            "null",
            "[]",
            "\"x\"",
            "7",
            "{",
            "{\"a\": 1",
            "{\"a\": }",
            "{\"a\": 01}",
            "{'a': 1}",
            "{\"a\": 1} {}",
            "{\"verified\": false, \"verified\": true}",
            "{\"verified\": null, \"verified\": true}",
            r#"{"a": "x\r\ny"}"#,
            r#"{"a": "\ud800"}"#,
            "<html>",
            &long,
            &many,
            &digits,
            &deep,
        ] {
            assert_eq!(texts(wrong), None, "{}", wrong.chars().take(60).collect::<String>());
        }
        assert_eq!(parse(b"{\"a\": \"\xff\"}"), None, "not UTF-8");
        let fits = format!(r#"{{"a": "{}"}}"#, "挂".repeat(LONGEST_VALUE));
        assert!(texts(&fits).is_some());
    }

    #[test]
    fn media_types() {
        for right in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"] {
            assert!(is_json(right), "{right}");
        }
        for wrong in
            ["", "text/html", "text/json", "application/jsonx", "image/svg+json", "application/xml; a=json"]
        {
            assert!(!is_json(wrong), "{wrong}");
        }
    }

    #[test]
    fn fields_are_sent_as_texts() {
        let field = |name: &str, value: &str| (name.to_owned(), Redacted(value.to_owned()));
        let question = Question {
            service: "bank".to_owned(),
            path: String::new(),
            fields: vec![field("card", "6217\"\n"), field("pin", "1"), field("pin", "2")],
        };
        assert_eq!(body(&question), br#"{"card":"6217\"\n","pin":"2"}"#);
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_reading_panic(body in "[{}\\[\\]\":,a-c0-9.eE+\\\\u -]{0,60}") {
            let _ = parse(body.as_bytes());
        }

        #[test]
        fn what_is_written_is_read(values in proptest::collection::btree_map("[a-z]{1,6}", "[^\\p{Cc}]{0,40}", 0..20)) {
            let read = parse(&serde_json::to_vec(&values).unwrap()).unwrap();
            let read: BTreeMap<String, String> =
                read.fields.into_iter().map(|(name, value)| (name, value.reveal().clone())).collect();
            proptest::prop_assert_eq!(read, values);
        }
    }
}
