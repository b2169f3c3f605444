//! How long callers must listen, estimated from the texts.

use std::time::Duration;

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::{Book, MenuDraft, SpeechDraft};
use crate::menu::length::estimate;
use crate::menu::report::{Report, Rule, Spot};

pub const TOO_LONG: Rule = Rule {
    id: "too-long",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "The notice takes at most 8 s, a greeting 8 s, and within 30 s a caller knows how to reach a person.",
};

const NOTICE: Duration = Duration::from_secs(8);
const GREETING: Duration = Duration::from_secs(8);
const MENU: Duration = Duration::from_secs(30);

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        for language in &book.languages {
            check_menu(book, menu, language, report);
        }
    }
}

fn length(speech: Option<&SpeechDraft>, language: &Language) -> Duration {
    speech.and_then(|speech| speech.texts.get(language)).map_or(Duration::ZERO, |text| estimate(&text.value))
}

fn check_menu(book: &Book, menu: &MenuDraft, language: &Language, report: &mut Report<'_>) {
    let mut limit = |what: &str, took: Duration, limit: Duration, spot: &Spot| {
        if took > limit {
            let (took, limit) = (took.as_secs_f64(), limit.as_secs());
            let message = format!("{what} takes about {took:.0} s in {language}, at most {limit} s");
            report.add(&TOO_LONG, spot, message, "Say it in fewer words.");
        }
    };
    let spot = |speech: Option<&SpeechDraft>| speech.map_or(menu.spot.clone(), |speech| speech.spot.clone());
    let notice = length(menu.notice.as_ref(), language);
    let greeting = length(menu.greeting.as_ref(), language);
    limit("the notice", notice, NOTICE, &spot(menu.notice.as_ref()));
    limit("the greeting", greeting, GREETING, &spot(menu.greeting.as_ref()));

    let announcement = menu.announcement.as_ref().and_then(|said| said.text.as_ref());
    let choices: Duration = menu.choices.iter().map(|choice| length(choice.text.as_ref(), language)).sum();
    let person = length(book.system.texts.get("system.menu.person"), language);
    let total = notice + greeting + length(announcement, language) + choices + person;
    let what = format!("menu `{}` up to the announcement of a person", menu.id);
    let last = menu.choices.last().map_or(&menu.spot, |choice| &choice.spot);
    limit(&what, total, MENU, last);
}
