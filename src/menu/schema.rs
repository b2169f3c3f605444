//! JSON Schemas (draft 2020-12) of the files that operations write, for editors: keys are offered
//! and mistakes underlined while somebody types. Made from the very tables the parser reads by, so
//! the two cannot differ. What only the whole of a hotline shows (names, circles, secrets) is left
//! to `hotline check`.

use serde_json::{Map, Value, json};

use crate::menu::parse::keys::{self, Key, Need, Shape, Table};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const LANGUAGE: &str = "^[A-Za-z0-9-]{1,16}$";
const NAME: &str = "^[a-z0-9_-]{1,48}$";

/// Of a menu file.
pub fn menu() -> Value {
    file(&keys::MENU, "a menu of the hotline")
}

/// Of `system.toml`.
pub fn system() -> Value {
    file(&keys::SYSTEM, "languages, and what the hotline says by itself")
}

fn file(table: &Table, title: &str) -> Value {
    let mut schema = object(table);
    schema.insert("$schema".to_owned(), json!(DRAFT));
    schema.insert("title".to_owned(), json!(title));
    schema.insert("$defs".to_owned(), json!({ "speech": speech(), "target": target() }));
    Value::Object(schema)
}

/// Known keys only, the needed ones present.
fn object(table: &Table) -> Map<String, Value> {
    let properties: Map<String, Value> =
        table.keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let needed: Vec<&str> =
        table.keys.iter().filter(|key| key.need == Need::Needed).map(|key| key.name).collect();
    let mut object = Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
        ("additionalProperties".to_owned(), json!(false)),
    ]);
    if !needed.is_empty() {
        object.insert("required".to_owned(), json!(needed));
    }
    object
}

fn property(key: &Key) -> Value {
    let mut schema = shape(&key.shape);
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), json!(key.about));
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text { example } => {
            json!({ "type": "string", "minLength": 1, "maxLength": keys::LONGEST, "examples": [example] })
        }
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Seconds { least, most } => json!({ "type": "number", "minimum": least, "maximum": most }),
        Shape::Span => json!({ "type": "string", "examples": ["30 s", "5 min", "1 h 30 min"] }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::Phone => json!({ "type": "string", "pattern": "^[0-9*#]$" }),
        Shape::Speech => json!({ "$ref": "#/$defs/speech" }),
        Shape::List { most, example } => json!({
            "type": "array",
            "items": { "type": "string", "minLength": 1, "maxLength": keys::LONGEST },
            "minItems": 1,
            "maxItems": most,
            "uniqueItems": true,
            "examples": [[example]],
        }),
        Shape::Target => json!({ "$ref": "#/$defs/target" }),
        Shape::Languages => json!({ "anyOf": [{ "type": "string", "pattern": LANGUAGE }, languages()] }),
        Shape::SystemTexts => {
            let texts: Map<String, Value> = keys::system_texts()
                .map(|name| (name.to_owned(), json!({ "$ref": "#/$defs/speech" })))
                .collect();
            json!({ "type": "object", "properties": texts, "additionalProperties": false })
        }
        Shape::One(table) => Value::Object(object(table)),
        Shape::Named(table) => json!({
            "type": "object",
            "propertyNames": { "pattern": NAME },
            "additionalProperties": object(table),
        }),
        Shape::Rows(table) => json!({ "type": "array", "items": object(table), "minItems": 1 }),
    }
}

fn languages() -> Value {
    json!({
        "type": "object",
        "propertyNames": { "pattern": LANGUAGE },
        "additionalProperties": { "type": "string" },
    })
}

fn speech() -> Value {
    let mut speech = languages();
    speech["description"] = json!("a text in every language of system.toml");
    speech
}

fn target() -> Value {
    let mut named = object(&keys::TARGETS);
    named.insert("minProperties".to_owned(), json!(1));
    named.insert("maxProperties".to_owned(), json!(1));
    json!({ "anyOf": [{ "enum": keys::WORDS }, named] })
}
