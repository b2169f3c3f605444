//! How long callers must listen: measured on the recordings, estimated from texts that have none yet.

use std::time::Duration;

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::draft::{Book, MenuDraft, SpeechDraft};
use crate::menu::length::estimate;
use crate::menu::report::{Report, Rule, Spot};
use crate::menu::standard::packs::bounds;
use crate::menu::standard::told::Told;

pub const TOO_LONG: Rule = Rule {
    id: "too-long",
    source: "CBA-10b",
    severity: Severity::Error,
    explanation: "A notice and a greeting take at most 8 s each, a menu at most 30 s: nobody listens longer.",
};
pub const TOO_LONG_TOLD: Told = Told::hard(
    &TOO_LONG,
    r#"# menus/main.toml
greeting = { zh-CN = "您好，欢迎您致电示范银行全国统一客户服务热线，我们将竭诚为您服务，感谢您的信任与支持。", en-US = "Welcome." }
"#,
    r#"# menus/main.toml
greeting = { zh-CN = "您好，欢迎致电示范银行。", en-US = "Welcome." }
"#,
);

/// How long one language's prompts sound.
pub struct Lengths<'b> {
    pub book: &'b Book,
    pub language: &'b Language,
}

/// A length, and whether all of it was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Length {
    pub time: Duration,
    pub measured: bool,
}

impl Length {
    const NOTHING: Length = Length { time: Duration::ZERO, measured: true };

    pub fn and(self, other: Length) -> Length {
        Length { time: self.time + other.time, measured: self.measured && other.measured }
    }

    /// `12 s`, or `about 12 s` if it is an estimate.
    pub fn words(self) -> String {
        let seconds = self.time.as_secs_f64();
        // Rounded up, so that what is too long never reads as if it fitted.
        let seconds = seconds.ceil();
        if self.measured { format!("{seconds:.0} s") } else { format!("about {seconds:.0} s") }
    }
}

impl Lengths<'_> {
    /// Of the prompt with this name, which says this.
    pub fn of(&self, name: String, speech: Option<&SpeechDraft>) -> Length {
        let key = (self.language.clone(), PromptName(name));
        if let Some(time) = self.book.measured.get(&key).filter(|_| speech.is_some()) {
            return Length { time: *time, measured: true };
        }
        match speech.and_then(|speech| speech.texts.get(self.language)) {
            Some(text) => Length { time: estimate(&text.value), measured: false },
            None => Length::NOTHING,
        }
    }

    pub fn notice(&self, menu: &MenuDraft) -> Length {
        self.of(format!("{}.notice", menu.id), menu.notice.as_ref())
    }

    pub fn greeting(&self, menu: &MenuDraft) -> Length {
        self.of(format!("{}.greeting", menu.id), menu.greeting.as_ref())
    }

    /// From the greeting to the end of the announcement of a person.
    pub fn menu(&self, menu: &MenuDraft) -> Length {
        let said = menu.announcement.as_ref().and_then(|said| said.text.as_ref());
        let announcement = self.of(format!("{}.announcement", menu.id), said);
        let choices = menu.choices.iter().map(|choice| {
            let key = choice.key.as_ref().map_or(String::new(), |key| key.value.to_string());
            self.of(format!("{}.choice.{key}", menu.id), choice.text.as_ref())
        });
        let person = "system.menu.person";
        let person = self.of(person.to_owned(), self.book.system.texts.get(person));
        choices.fold(self.greeting(menu).and(announcement), Length::and).and(person)
    }
}

pub fn check(book: &Book, report: &mut Report<'_>) {
    for menu in &book.menus {
        for language in &book.languages {
            check_menu(&Lengths { book, language }, menu, report);
        }
    }
}

fn check_menu(lengths: &Lengths<'_>, menu: &MenuDraft, report: &mut Report<'_>) {
    let bounds = bounds(lengths.book);
    let language = lengths.language;
    let mut limit = |what: &str, took: Length, most: u64, spot: &Spot| {
        if took.time > Duration::from_secs(most) {
            let message = format!("{what} takes {} in {language}, at most {most} s", took.words());
            report.add(&TOO_LONG, spot, message, "Say it in fewer words.");
        }
    };
    let spot = |speech: Option<&SpeechDraft>| speech.map_or(menu.spot.clone(), |speech| speech.spot.clone());
    limit("the notice", lengths.notice(menu), bounds.notice, &spot(menu.notice.as_ref()));
    limit("the greeting", lengths.greeting(menu), bounds.greeting, &spot(menu.greeting.as_ref()));
    let what = format!("menu `{}` up to the announcement of a person", menu.id);
    let last = menu.choices.last().map_or(&menu.spot, |choice| &choice.spot);
    limit(&what, lengths.menu(menu), bounds.menu, last);
}
