//! What callers know of a hotline from its files: what an answer of the bank may say, and which
//! texts belong to what was asked for.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, Item};

/// Read from the menu files as they stand.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// Fields of answers with the values that decide ways; one of its own kind for the others.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Prompts of surveys and complaints: `MENU.NODE`.
    pub asked_for: BTreeSet<String>,
    /// Those of them that something else leads to, too.
    pub perhaps: BTreeSet<String>,
    /// The files with what is said taken out of them: what decides how callers are led.
    pub structure: String,
}

impl Nodes {
    pub fn of(files: &[(String, String)]) -> Nodes {
        let mut nodes = Nodes::default();
        for (path, text) in files {
            let name = path.rsplit('/').next().unwrap_or(path);
            let menu = name.strip_suffix(".toml").unwrap_or(name);
            nodes.structure.push_str(menu);
            let Ok(mut document) = text.parse::<DocumentMut>() else { continue };
            nodes.read(menu, document.as_item());
            nodes.read_collects(menu, document.as_item());
            nodes.read_fields(document.as_item());
            blank(document.as_item_mut(), "");
            nodes.structure.push_str(&document.to_string());
        }
        nodes
    }

    fn read(&mut self, menu: &str, root: &Item) {
        for kind in ["survey", "complaint"] {
            let Some(table) = root.get(kind).and_then(Item::as_table_like) else { continue };
            for (name, node) in table.iter() {
                self.asked_for.insert(format!("{menu}.{name}"));
                let steps = node.get("ask").and_then(Item::as_array);
                let steps = steps.into_iter().flatten().filter_map(|step| step.as_str());
                self.asked_for.extend(steps.map(|step| format!("{menu}.{step}")));
            }
        }
    }

    /// Steps that something leads to directly.
    fn read_collects(&mut self, menu: &str, item: &Item) {
        if let Some(name) = item.get("collect").and_then(Item::as_str) {
            self.perhaps.insert(format!("{menu}.{name}"));
        }
        if let Some(table) = item.as_table_like() {
            table.iter().for_each(|(_, below)| self.read_collects(menu, below));
        } else {
            let mut at = 0;
            while let Some(below) = item.get(at) {
                self.read_collects(menu, below);
                at += 1;
            }
        }
    }

    /// Fields of conditions, and values spoken in texts.
    fn read_fields(&mut self, item: &Item) {
        if let Some(text) = item.as_str() {
            for part in text.split('{').skip(1) {
                let Some((value, _)) = part.split_once('}') else { continue };
                let (name, kind) = value.split_once(':').unwrap_or((value, "digits"));
                let values = self.fields.entry(name.to_owned()).or_default();
                values.insert(0, example(kind).to_owned());
            }
            return;
        }
        let field = item.get("field").and_then(Item::as_str);
        for said in ["is", "is_not"] {
            if let (Some(field), Some(value)) = (field, item.get(said).and_then(Item::as_str)) {
                let values = self.fields.entry(field.to_owned()).or_default();
                // First what no condition names.
                if values.is_empty() {
                    values.push(example("").to_owned());
                }
                values.push(value.to_owned());
            }
        }
        if let Some(table) = item.as_table_like() {
            table.iter().for_each(|(_, below)| self.read_fields(below));
        } else {
            let mut at = 0;
            while let Some(below) = item.get(at) {
                self.read_fields(below);
                at += 1;
            }
        }
    }

    /// Does this prompt belong to a survey or a complaint?
    pub fn is_asked_for(&self, prompt: &str) -> bool {
        is_among(prompt, &self.asked_for)
    }

    /// And may it be asked for other purposes, too?
    pub fn is_perhaps(&self, prompt: &str) -> bool {
        self.is_asked_for(prompt) && is_among(prompt, &self.perhaps)
    }
}

fn is_among(prompt: &str, names: &BTreeSet<String>) -> bool {
    let is_of = |name: &String| prompt.strip_prefix(name.as_str());
    names.iter().filter_map(is_of).any(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn example(kind: &str) -> &'static str {
    match kind {
        "date" => "2026-05-03",
        "time" => "17:30",
        "duration" => "90",
        "amount" => "12.50",
        _ => "1234",
    }
}

/// Takes the words out of texts, and leaves their values: these decide what is played.
fn blank(item: &mut Item, key: &str) {
    let is_text = key.len() == 5 && key.as_bytes()[2] == b'-';
    if let Some(text) = item.as_str().filter(|_| is_text) {
        // Targets of languages are no texts.
        if text.len() != 5 || text.as_bytes()[2] != b'-' {
            let values: String = text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
            let said = if text.trim().is_empty() { "" } else { "said" };
            *item = toml_edit::value(format!("{said}{values}"));
        }
        return;
    }
    if let Some(table) = item.as_table_like_mut() {
        for (name, below) in table.iter_mut() {
            blank(below, name.get());
        }
        return;
    }
    let mut at = 0;
    while let Some(below) = item.get_mut(at) {
        blank(below, "");
        at += 1;
    }
}
