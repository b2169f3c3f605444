//! One TOML file to its draft. Nothing is resolved here; names may point nowhere.

use toml::de::DeTable;

use crate::ids::{Key, Language, MenuId, QueueId};
use crate::menu::draft::*;
use crate::menu::reader::{self, MISSING, Reader, UNKNOWN_KEY, Value, WRONG_VALUE};
use crate::menu::report::{At, Report, Spot, did_you_mean};
use crate::menu::standard;
use crate::menu::system;

/// Most languages a hotline speaks.
pub const MAX_LANGUAGES: usize = 8;
/// Most digits one step takes.
pub const MAX_DIGITS: u8 = 32;

const MENU: [&str; 8] =
    ["person", "notice", "greeting", "announcement", "timing", "choice", "information", "collect"];
const TIMING: [&str; 4] = ["first_digit", "inter_digit", "silences", "wrong_keys"];
const CHOICE: [&str; 5] = ["key", "text", "kind", "service_notice", "leads_to"];
const ANNOUNCEMENT: [&str; 3] = ["text", "kind", "service_notice"];
const SYSTEM: [&str; 4] = ["languages", "packs", "accept", "text"];
const INFORMATION: [&str; 3] = ["text", "kind", "leads_to"];
const COLLECT: [&str; 9] =
    ["text", "form", "min", "max", "secret", "retries", "first_digit", "inter_digit", "leads_to"];
const TARGETS: [&str; 6] = ["menu", "queue", "information", "collect", "language", "message"];
const WORDS: [&str; 5] = ["person", "repeat", "back", "message", "end"];
const TARGET_HELP: &str = "Write \"person\", \"repeat\", \"back\", \"message\" or \"end\", or one of \
     { menu = \"…\" }, { queue = \"…\" }, { information = \"…\" }, { collect = \"…\" }, \
     { language = \"…\" }, { message = \"QUEUE\" }.";

/// `system.toml`: the languages, the first one spoken first, and the texts.
pub fn system(file: usize, text: &str, report: &mut Report<'_>) -> (Vec<Language>, SystemDraft) {
    let document = reader::document(file, text, report);
    let root = Reader::new(document.get_ref(), Spot::file(file), "system.toml", &SYSTEM, report);
    let languages = languages(&root, report);
    let house = standard::read_house(&root, report);
    let mut draft = SystemDraft { spot: Spot::file(file), house, texts: Default::default() };
    if let Some((table, _)) = root.sub("text", report) {
        for (name, value) in table.iter() {
            let known: &str = name.get_ref();
            if !system::NAMES.contains(&known) {
                let spot = Spot::new(file, name.span());
                let message = format!("the hotline never says `{known}`");
                report.add(&UNKNOWN_KEY, &spot, message, did_you_mean(known, system::NAMES));
            } else if let Some(speech) = reader::speech(file, value, known, report) {
                draft.texts.insert(known.to_owned(), speech);
            }
        }
    }
    (languages, draft)
}

fn languages(root: &Reader<'_, '_>, report: &mut Report<'_>) -> Vec<Language> {
    const HELP: &str = "Write the languages, the first one spoken first: languages = [\"zh-CN\", \"en-US\"].";
    let Some(value) = root.get("languages") else {
        root.missing("languages", HELP, report);
        return Vec::new();
    };
    let mut languages: Vec<Language> = Vec::new();
    for item in value.get_ref().as_array().into_iter().flat_map(|array| array.iter()) {
        match item.get_ref().as_str() {
            Some(tag) if is_tag(tag) && !languages.iter().any(|l| l.as_str() == tag) => {
                languages.push(tag.into())
            }
            _ => root.wrong(item, "languages", HELP, report),
        }
    }
    if languages.is_empty() || languages.len() > MAX_LANGUAGES {
        root.wrong(value, "languages", HELP, report);
        languages.truncate(MAX_LANGUAGES);
    }
    languages
}

/// A language tag is also the name of a directory of prompts.
fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.len() <= 16 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// Names of menus and nodes are names of prompts and so of files.
pub fn is_name(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= 48 && name.chars().all(letters)
}

pub fn menu(file: usize, id: &str, text: &str, report: &mut Report<'_>) -> MenuDraft {
    let document = reader::document(file, text, report);
    if !is_name(id) {
        report.add(
            &WRONG_VALUE,
            &Spot::file(file),
            format!("`{id}` is no name for a menu"),
            "Name the file with lower-case letters, digits and hyphens.",
        );
    }
    let root = Reader::new(document.get_ref(), Spot::file(file), "a menu", &MENU, report);
    MenuDraft {
        id: MenuId::new(id),
        spot: Spot::file(file),
        person: root.text("person", report).map(|at| At { value: QueueId::new(&at.value), spot: at.spot }),
        notice: root.speech("notice", report),
        greeting: root.speech("greeting", report),
        announcement: root.sub("announcement", report).map(|(table, spot)| announcement(table, spot, report)),
        timing: root.sub("timing", report).map_or_else(TimingDraft::default, |(table, spot)| {
            timing(&Reader::new(table, spot, "[timing]", &TIMING, report), report)
        }),
        choices: choices(&root, report),
        information: nodes(&root, "information", report, information),
        collects: nodes(&root, "collect", report, collect),
    }
}

fn announcement(table: &DeTable<'_>, spot: Spot, report: &mut Report<'_>) -> AnnouncementDraft {
    let reader = Reader::new(table, spot, "an announcement", &ANNOUNCEMENT, report);
    AnnouncementDraft {
        spot: reader.spot.clone(),
        purpose: purpose(&reader, report),
        service_notice: standard::read_service_notice(&reader, report),
        text: needed_speech(&reader, report),
    }
}

fn timing(reader: &Reader<'_, '_>, report: &mut Report<'_>) -> TimingDraft {
    TimingDraft {
        first_digit: reader.seconds("first_digit", (2, 30), report),
        inter_digit: reader.seconds("inter_digit", (1, 15), report),
        silences: reader.count("silences", (0, 5), report),
        wrong_keys: reader.count("wrong_keys", (0, 5), report),
    }
}

fn needed_speech(reader: &Reader<'_, '_>, report: &mut Report<'_>) -> Option<SpeechDraft> {
    if reader.get("text").is_none() {
        reader.missing("text", "Write text = { zh-CN = \"…\", en-US = \"…\" }.", report);
    }
    reader.speech("text", report)
}

fn purpose(reader: &Reader<'_, '_>, report: &mut Report<'_>) -> Purpose {
    match reader.get("kind").map(|value| (value, value.get_ref().as_str())) {
        None | Some((_, Some("service"))) => Purpose::Service,
        Some((_, Some("advert"))) => Purpose::Advert,
        Some((value, _)) => {
            reader.wrong(value, "kind", "Write \"service\" or \"advert\".", report);
            Purpose::Service
        }
    }
}

fn choices(root: &Reader<'_, '_>, report: &mut Report<'_>) -> Vec<ChoiceDraft> {
    let Some(value) = root.get("choice") else { return Vec::new() };
    let Some(items) = value.get_ref().as_array() else {
        root.wrong(value, "choice", "Open each choice with [[choice]].", report);
        return Vec::new();
    };
    let mut choices = Vec::new();
    for item in items.iter() {
        match item.get_ref().as_table() {
            Some(table) => choices.push(choice(table, Spot::new(root.file, item.span()), report)),
            None => root.wrong(item, "choice", "Open each choice with [[choice]].", report),
        }
    }
    choices
}

fn choice(table: &DeTable<'_>, spot: Spot, report: &mut Report<'_>) -> ChoiceDraft {
    const KEY_HELP: &str = "Write one key of a telephone in quotation marks: key = \"1\".";
    let reader = Reader::new(table, spot, "a choice", &CHOICE, report);
    let mut key = None;
    match reader.get("key") {
        None => reader.missing("key", KEY_HELP, report),
        Some(value) => {
            let mut chars = value.get_ref().as_str().unwrap_or("").chars();
            key = chars.next().and_then(Key::from_char).filter(|_| chars.next().is_none());
            if key.is_none() {
                reader.wrong(value, "key", KEY_HELP, report);
            }
        }
    }
    let key = key.and_then(|key| Some(At { value: key, spot: reader.spot_of(reader.get("key")?) }));
    ChoiceDraft {
        key,
        purpose: purpose(&reader, report),
        service_notice: standard::read_service_notice(&reader, report),
        text: needed_speech(&reader, report),
        leads_to: needed_target(&reader, report),
        spot: reader.spot,
    }
}

type NodeParser<T> = fn(At<String>, &DeTable<'_>, Spot, &mut Report<'_>) -> T;

/// `[information.NAME]` or `[collect.NAME]`: each table below one node.
fn nodes<T>(
    root: &Reader<'_, '_>,
    kind: &'static str,
    report: &mut Report<'_>,
    parse: NodeParser<T>,
) -> Vec<T> {
    let Some((table, _)) = root.sub(kind, report) else { return Vec::new() };
    let mut nodes = Vec::new();
    for (name, value) in table.iter() {
        let at = At { value: name.get_ref().to_string(), spot: Spot::new(root.file, name.span()) };
        let reserved = ["notice", "greeting", "announcement", "choice"].contains(&at.value.as_str());
        if !is_name(&at.value) || reserved {
            let help =
                "Use lower-case letters, digits and hyphens; not notice, greeting, announcement or choice.";
            report.add(&WRONG_VALUE, &at.spot, format!("`{}` is no name for a node", at.value), help);
        }
        match value.get_ref().as_table() {
            Some(table) => nodes.push(parse(at, table, Spot::new(root.file, value.span()), report)),
            None => root.wrong(value, kind, &format!("Open a table: [{kind}.NAME]."), report),
        }
    }
    nodes
}

fn information(
    name: At<String>,
    table: &DeTable<'_>,
    spot: Spot,
    report: &mut Report<'_>,
) -> InformationDraft {
    let reader = Reader::new(table, spot, "an information", &INFORMATION, report);
    let leads_to = reader.get("leads_to").and_then(|value| target(&reader, value, report));
    InformationDraft {
        name,
        purpose: purpose(&reader, report),
        text: needed_speech(&reader, report),
        leads_to,
    }
}

fn collect(name: At<String>, table: &DeTable<'_>, spot: Spot, report: &mut Report<'_>) -> CollectDraft {
    let reader = Reader::new(table, spot, "a step that collects digits", &COLLECT, report);
    let (min, max) =
        (reader.count("min", (1, MAX_DIGITS), report), reader.count("max", (1, MAX_DIGITS), report));
    if reader.get("max").is_none() {
        reader.missing("max", "Say how many digits there are at most: max = 6.", report);
    }
    if let (Some(min), Some(max), Some(value)) = (min, max, reader.get("min"))
        && min > max
    {
        reader.wrong(value, "min", "It is more than `max`.", report);
    }
    let timing = TimingDraft {
        first_digit: reader.seconds("first_digit", (2, 30), report),
        inter_digit: reader.seconds("inter_digit", (1, 15), report),
        ..TimingDraft::default()
    };
    CollectDraft {
        name,
        text: needed_speech(&reader, report),
        form: form(&reader, report),
        min: min.unwrap_or(1),
        max: max.unwrap_or(MAX_DIGITS),
        secret: reader.flag("secret", report).unwrap_or(false),
        retries: reader.count("retries", (0, 5), report).unwrap_or(2),
        timing,
        leads_to: needed_target(&reader, report),
    }
}

fn form(reader: &Reader<'_, '_>, report: &mut Report<'_>) -> Form {
    match reader.get("form").map(|value| (value, value.get_ref().as_str())) {
        None | Some((_, Some("digits"))) => Form::Digits,
        Some((_, Some("card"))) => Form::Card,
        Some((_, Some("date"))) => Form::Date,
        Some((value, _)) => {
            reader.wrong(value, "form", "Write \"digits\", \"card\" or \"date\".", report);
            Form::Digits
        }
    }
}

fn needed_target(reader: &Reader<'_, '_>, report: &mut Report<'_>) -> Option<At<TargetDraft>> {
    match reader.get("leads_to") {
        Some(value) => target(reader, value, report),
        None => {
            reader.missing("leads_to", TARGET_HELP, report);
            None
        }
    }
}

fn target(reader: &Reader<'_, '_>, value: &Value<'_>, report: &mut Report<'_>) -> Option<At<TargetDraft>> {
    let spot = reader.spot_of(value);
    if let Some(word) = value.get_ref().as_str() {
        let target = match word {
            "person" => TargetDraft::Person,
            "repeat" => TargetDraft::Repeat,
            "back" => TargetDraft::Back,
            "message" => TargetDraft::Message(None),
            "end" => TargetDraft::End,
            _ => {
                let help = match crate::menu::report::suggest(word, WORDS) {
                    Some(near) => format!("Did you mean \"{near}\"?"),
                    None => TARGET_HELP.to_owned(),
                };
                report.add(&WRONG_VALUE, &spot, format!("`leads_to` cannot be \"{word}\""), help);
                return None;
            }
        };
        return Some(At { value: target, spot });
    }
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong(value, "leads_to", TARGET_HELP, report);
        return None;
    };
    let inner = Reader::new(table, spot.clone(), "`leads_to`", &TARGETS, report);
    if table.len() != 1 {
        report.add(&MISSING, &spot, "`leads_to` must name exactly one target", TARGET_HELP);
        return None;
    }
    named_target(&inner, report)
}

fn named_target(inner: &Reader<'_, '_>, report: &mut Report<'_>) -> Option<At<TargetDraft>> {
    let kind = TARGETS.into_iter().find(|kind| inner.get(kind).is_some())?;
    let value = inner.get(kind)?;
    if kind == "language" {
        return language_target(inner, value, report);
    }
    let name = inner.text(kind, report)?;
    let target = match kind {
        "menu" => TargetDraft::Menu(name.value),
        "queue" => TargetDraft::Queue(QueueId::new(&name.value)),
        "information" => TargetDraft::Information(name.value),
        "collect" => TargetDraft::Collect(name.value),
        _ => TargetDraft::Message(Some(QueueId::new(&name.value))),
    };
    Some(At { value: target, spot: name.spot })
}

/// `"en-US"`, or from each language to another: `{ zh-CN = "en-US", en-US = "zh-CN" }`.
fn language_target(
    inner: &Reader<'_, '_>,
    value: &Value<'_>,
    report: &mut Report<'_>,
) -> Option<At<TargetDraft>> {
    let spot = inner.spot_of(value);
    if let Some(tag) = value.get_ref().as_str() {
        return Some(At { value: TargetDraft::Language(Language::new(tag)), spot });
    }
    let speech = inner.speech("language", report)?;
    let pairs = speech.texts.into_iter().map(|(from, to)| (from, Language::new(&to.value))).collect();
    Some(At { value: TargetDraft::Languages(pairs), spot })
}
