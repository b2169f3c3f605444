//! `system.toml`: languages, packs, levels, the profile for elderly callers, texts of the hotline.

use crate::ids::Language;
use crate::menu::draft::{ElderlyDraft, SystemDraft};
use crate::menu::parse::fields::Fields;
use crate::menu::parse::{check_name, keys};
use crate::menu::reader::{self, UNKNOWN_KEY};
use crate::menu::report::{At, Report, Spot, did_you_mean};

const ELDERLY_FIRST_DIGIT_MS: u32 = 10_000;
const ELDERLY_INTER_DIGIT_MS: u32 = 8_000;

/// The languages, the first one spoken first, and everything else.
pub fn system(file: usize, text: &str, report: &mut Report<'_>) -> (Vec<Language>, SystemDraft) {
    let document = reader::document(file, text, report);
    let root = Fields::open(document.get_ref(), Spot::file(file), &keys::SYSTEM, report);
    let languages = languages(&root, report);
    let mut draft = SystemDraft {
        languages: root.spot_at("languages"),
        packs: root.list("packs", report),
        accepted: root.rows("accept", report).iter().filter_map(|row| accepted(row, report)).collect(),
        levels: root.list("levels", report),
        elderly: root.one("elderly", report).map(|fields| elderly(&fields, report)),
        ..SystemDraft::new(Spot::file(file))
    };
    for level in &draft.levels {
        check_name("a level of verification", level, &[], report);
    }
    texts(&root, &mut draft, report);
    (languages, draft)
}

/// A rule, if it is signed.
fn accepted(row: &Fields<'_, '_>, report: &mut Report<'_>) -> Option<At<String>> {
    let (rule, by, on) = (row.text("rule", report), row.text("by", report), row.date("on", report));
    by.and(on).and(rule)
}

fn languages(root: &Fields<'_, '_>, report: &mut Report<'_>) -> Vec<Language> {
    let mut languages = Vec::new();
    for tag in root.list("languages", report) {
        if is_tag(&tag.value) {
            languages.push(Language::new(&tag.value));
        } else {
            let message = format!("`{}` is no language", tag.value);
            report.add(
                &reader::WRONG_VALUE,
                &tag.spot,
                message,
                "Write a tag such as \"zh-CN\" or \"en-US\".",
            );
        }
    }
    languages
}

/// A language tag is also the name of a directory of prompts.
fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.len() <= 16 && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn elderly(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> ElderlyDraft {
    ElderlyDraft {
        spot: fields.spot(),
        first_digit: fields.seconds("first_digit", report).unwrap_or(ELDERLY_FIRST_DIGIT_MS),
        inter_digit: fields.seconds("inter_digit", report).unwrap_or(ELDERLY_INTER_DIGIT_MS),
        straight_to_person: fields.flag("straight_to_person", report).is_none_or(|at| at.value),
    }
}

fn texts(root: &Fields<'_, '_>, draft: &mut SystemDraft, report: &mut Report<'_>) {
    let Some(value) = root.get("text") else { return };
    let Some(table) = value.get_ref().as_table() else {
        return root.wrong("text", value, "Open a table: [text].", report);
    };
    for (name, value) in table.iter() {
        let known: &str = name.get_ref();
        if !keys::system_texts().any(|name| name == known) {
            let spot = Spot::new(root.file(), name.span());
            let message = format!("the hotline never says `{known}`");
            report.add(&UNKNOWN_KEY, &spot, message, did_you_mean(known, keys::system_texts()));
        } else if let Some(speech) = reader::speech(root.file(), value, known, report) {
            draft.texts.insert(known.to_owned(), speech);
        }
    }
}
