//! Places in TOML files, found by walking, and changes there that touch nothing else.

use toml_edit::{DocumentMut, Item, Value};

/// One step down into a document.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    Key(String),
    At(usize),
}

pub type Way = Vec<Step>;

/// `choice.1.text`, counted from 1.
pub fn shown(way: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::At(at) => (at + 1).to_string(),
    };
    way.iter().map(step).collect::<Vec<_>>().join(".")
}

/// The key a way ends with; empty for an item of a list.
pub fn last(way: &[Step]) -> &str {
    match way.last() {
        Some(Step::Key(key)) => key,
        _ => "",
    }
}

pub fn document(text: &str) -> DocumentMut {
    text.parse().unwrap_or_else(|e| panic!("a file of a sample is no TOML: {e}\n{text}"))
}

/// Every place, the document itself first, in the order of the file.
pub fn places(text: &str) -> Vec<Way> {
    fn walk(item: &Item, way: &mut Way, found: &mut Vec<Way>) {
        found.push(way.clone());
        if let Some(table) = item.as_table_like() {
            for (key, below) in table.iter() {
                way.push(Step::Key(key.to_owned()));
                walk(below, way, found);
                way.pop();
            }
            return;
        }
        let mut at = 0;
        while let Some(below) = item.get(at) {
            way.push(Step::At(at));
            walk(below, way, found);
            way.pop();
            at += 1;
        }
    }
    let mut found = Vec::new();
    walk(document(text).as_item(), &mut Vec::new(), &mut found);
    found
}

pub fn find<'i>(item: &'i Item, way: &[Step]) -> Option<&'i Item> {
    way.iter().try_fold(item, |item, step| match step {
        Step::Key(key) => item.get(key),
        Step::At(at) => item.get(*at),
    })
}

fn find_mut<'i>(item: &'i mut Item, way: &[Step]) -> &'i mut Item {
    way.iter().fold(item, |item, step| {
        let below = match step {
            Step::Key(key) => item.get_mut(key),
            Step::At(at) => item.get_mut(*at),
        };
        below.expect("a place that was found")
    })
}

/// The string at a place.
pub fn string(text: &str, way: &[Step]) -> Option<String> {
    find(document(text).as_item(), way)?.as_str().map(str::to_owned)
}

/// The text with one item changed.
pub fn edited(text: &str, way: &[Step], change: impl FnOnce(&mut Item)) -> String {
    let mut document = document(text);
    change(find_mut(document.as_item_mut(), way));
    document.to_string()
}

/// The text with another value at a place; spaces and comments around it stay.
pub fn set(text: &str, way: &[Step], to: impl Into<Value>) -> String {
    edited(text, way, |item| put(item, to))
}

pub fn put(item: &mut Item, to: impl Into<Value>) {
    let mut to = to.into();
    if let Some(value) = item.as_value() {
        *to.decor_mut() = value.decor().clone();
    }
    *item = Item::Value(to);
}

/// The text with a value added to the table at a place, or put in place of the one there.
pub fn add(text: &str, table: &[Step], key: &str, to: impl Into<Value>) -> String {
    edited(text, table, |item| {
        let table = item.as_table_like_mut().expect("a table");
        match table.get_mut(key) {
            Some(item) => put(item, to),
            None => {
                table.insert(key, Item::Value(to.into()));
            }
        }
    })
}

/// The text without the item at a place.
pub fn removed(text: &str, way: &[Step]) -> String {
    let Some((last, above)) = way.split_last() else { return String::new() };
    edited(text, above, |item| match last {
        Step::Key(key) => {
            item.as_table_like_mut().expect("a table").remove(key);
        }
        Step::At(at) => match item {
            Item::ArrayOfTables(tables) => {
                tables.remove(*at);
            }
            _ => {
                item.as_array_mut().expect("a list").remove(*at);
            }
        },
    })
}

/// The text with two items of one file in each other's place.
pub fn swapped(text: &str, one: &[Step], other: &[Step]) -> String {
    let mut document = document(text);
    let root = document.as_item_mut();
    let (mut first, mut second) =
        (find(root, one).expect("a place").clone(), find(root, other).expect("a place").clone());
    // Tables are written where they stood, which is now the other place.
    if let (Item::Table(first), Item::Table(second)) = (&mut first, &mut second) {
        let place = first.position();
        first.set_position(second.position());
        second.set_position(place);
    }
    *find_mut(root, one) = second;
    *find_mut(root, other) = first;
    document.to_string()
}

/// Values of an inline table, such as `{ menu = "loans" }`.
pub fn table(key: &str, value: &str) -> Value {
    let mut table = toml_edit::InlineTable::new();
    table.insert(key, value.into());
    Value::InlineTable(table)
}
