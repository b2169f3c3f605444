//! The sample hotlines keep to the schemas, and what is wrong does not.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::menu::schema;

/// Directories of menus that come with the product.
fn sample_dirs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut dirs = vec![root.join("menus")];
    let others = std::fs::read_dir(root.join("samples")).into_iter().flatten();
    dirs.extend(others.map(|entry| entry.unwrap().path().join("menus")).filter(|dir| dir.is_dir()));
    dirs
}

fn schema_of(path: &Path) -> Value {
    if path.ends_with("system.toml") { schema::system() } else { schema::menu() }
}

fn json_of(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap()
}

/// As much of JSON Schema as ours use. Gives what is wrong, and counts the keys looked at.
struct Walk<'s> {
    root: &'s Value,
    keys: usize,
}

impl Walk<'_> {
    fn wrong(&mut self, schema: &Value, value: &Value) -> Option<String> {
        for (word, told) in schema.as_object()? {
            let wrong = match (word.as_str(), value) {
                ("$ref", _) => {
                    let name = told.as_str()?.strip_prefix("#/$defs/")?;
                    let schema = self.root["$defs"][name].clone();
                    assert!(schema.is_object(), "{name} is defined");
                    self.wrong(&schema, value)
                }
                ("type", _) => (!is_a(value, told.as_str()?)).then(|| format!("{value} is no {told}")),
                ("enum", _) => (!told.as_array()?.contains(value)).then(|| format!("{value} not in {told}")),
                ("anyOf", _) => {
                    let tries: Vec<_> =
                        told.as_array()?.iter().map(|schema| self.wrong(schema, value)).collect();
                    tries.iter().all(Option::is_some).then(|| format!("{tries:?}"))
                }
                ("minimum", Value::Number(n)) => {
                    (n.as_f64() < told.as_f64()).then(|| format!("{n} < {told}"))
                }
                ("maximum", Value::Number(n)) => {
                    (n.as_f64() > told.as_f64()).then(|| format!("{n} > {told}"))
                }
                ("minProperties", Value::Object(all)) => (all.len() < size(told)).then(|| "too few".into()),
                ("maxProperties", Value::Object(all)) => (all.len() > size(told)).then(|| "too many".into()),
                ("minItems", Value::Array(all)) => (all.len() < size(told)).then(|| "too few".into()),
                ("maxItems", Value::Array(all)) => (all.len() > size(told)).then(|| "too many".into()),
                ("items", Value::Array(all)) => all.iter().find_map(|value| self.wrong(told, value)),
                ("properties", Value::Object(all)) => all.iter().find_map(|(key, value)| {
                    self.keys += 1;
                    self.wrong(told.get(key)?, value).map(|wrong| format!("{key}: {wrong}"))
                }),
                ("additionalProperties", Value::Object(all)) => {
                    let known = schema.get("properties");
                    let mut others = all.iter().filter(|(key, _)| known.is_none_or(|k| k.get(key).is_none()));
                    match told {
                        Value::Bool(false) => others.next().map(|(key, _)| format!("{key} is unknown")),
                        told => others.find_map(|(_, value)| self.wrong(told, value)),
                    }
                }
                ("required", Value::Object(all)) => {
                    let missing = |key: &&Value| !all.contains_key(key.as_str().unwrap());
                    told.as_array()?.iter().find(missing).map(|key| format!("{key} is missing"))
                }
                _ => None,
            };
            if wrong.is_some() {
                return wrong;
            }
        }
        None
    }
}

fn size(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn is_a(value: &Value, wanted: &str) -> bool {
    match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        other => panic!("{other}"),
    }
}

fn wrong(path: &Path, text: &str) -> (Option<String>, usize) {
    let schema = schema_of(path);
    let mut walk = Walk { root: &schema, keys: 0 };
    (walk.wrong(&schema, &json_of(text)), walk.keys)
}

#[test]
fn the_sample_hotlines_keep_to_the_schemas() {
    let mut files = 0;
    for dir in sample_dirs() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let (wrong, keys) = wrong(&path, &std::fs::read_to_string(&path).unwrap());
                assert_eq!(wrong, None, "{}", path.display());
                assert!(keys > 3, "{} was walked", path.display());
                files += 1;
            }
        }
    }
    assert!(files >= 6);
}

#[test]
fn mistakes_do_not() {
    let menu = Path::new("main.toml");
    for (text, part) in [
        ("greating = { zh-CN = \"您好\" }", "greating is unknown"),
        ("greeting = \"hello\"", "no \"object\""),
        ("[timing]\nsilences = 9", "9 > 5"),
        ("[timing]\nfirst_digit = 1", "1 < 2"),
        ("[[choice]]\nkey = \"1\"", "is missing"),
        ("[information.x]\ntext = { zh-CN = \"a\" }\nleads_to = \"persn\"", "persn"),
        ("[information.x]\ntext = { zh-CN = \"a\" }\nleads_to = { menu = \"a\", queue = \"b\" }", "too many"),
        ("[information.x]\ntext = { zh-CN = \"a\" }\nkind = \"ad\"", "\"ad\" not in"),
        ("[branch.b]\notherwise = \"top\"\nwhen = []", "too few"),
    ] {
        let (wrong, _) = wrong(menu, text);
        assert!(wrong.as_ref().is_some_and(|wrong| wrong.contains(part)), "{text}: {wrong:?}");
    }
    assert_eq!(json!({}), json_of(""));
    let (unknown, _) = wrong(Path::new("system.toml"), "languages = [\"zh-CN\"]\n[text]\n\"system.x\" = {}");
    assert_eq!(unknown.as_deref(), Some("text: system.x is unknown"));
}
