//! What callers hear: the notice first, nothing sold, options before keys, the person announced.

use std::collections::BTreeSet;

use hotline::ids::Language;
use hotline::menu::PromptKind;
use hotline::menu::api::PromptName;

use super::behaviour::Care;
use super::caller::{Caller, Deed, Heard, Millis};
use super::lexicon::{STAR, ZERO, asks_secret, says_complaint, says_person, says_recorded, slogan_in};
use super::speech::too_long;
use super::world::{World, worlds};
use super::{Fault, Subject};

const PERSON: &str = "system.menu.person";
const COLLECT: &str = "system.collect.keys";
/// Within so long callers have heard of a person.
const PERSON_TOLD: Millis = 30_000;

pub fn faults(subject: &Subject, all: &[Heard]) -> Vec<Fault> {
    let mut faults = notices(subject);
    let mains: BTreeSet<String> = subject.program.mains().map(|(_, menu)| menu.to_string()).collect();
    for heard in all {
        let is_menu =
            plays(heard, PERSON) || heard.prompts.iter().any(|prompt| prompt.0.contains(".choice."));
        if is_menu {
            faults.extend(menu(subject, heard));
        }
        faults.extend(silences(subject, heard));
        if plays(heard, COLLECT) || heard.secret {
            faults.extend(digits(subject, heard));
        }
        if heard.keys == 0 || (is_menu && mains.contains(&heard.menu)) {
            faults.extend(adverts(subject, heard));
        }
        if is_menu && mains.contains(&heard.menu) {
            faults.extend(complaint(subject, heard));
        }
    }
    faults.extend(system_adverts(subject));
    faults.extend(languages(subject, all));
    faults
}

fn plays(heard: &Heard, prompt: &str) -> bool {
    heard.prompts.iter().any(|name| name.0 == prompt)
}

fn text<'s>(subject: &'s Subject, heard: &Heard, prompt: &str) -> &'s str {
    let name = heard.prompts.iter().find(|name| name.0 == prompt);
    name.map_or("", |name| subject.program.text_of(name, &heard.language))
}

/// The first words of a call, whatever language is spoken first, and when a person is told of.
fn notices(subject: &Subject) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(usual) = worlds(subject, Care::Brisk).into_iter().next() else { return faults };
    for language in subject.program.languages() {
        let world = World { language: Some(language.clone()), ..usual.clone() };
        let mut caller = Caller::rings(subject, &world);
        let first = caller.heard.first().and_then(|heard| heard.prompts.first());
        if !first.is_some_and(|prompt| says_recorded(subject.program.text_of(prompt, language))) {
            faults.push(Fault::error("HB-notice", format!("the notice is not said in {language}")));
        }
        let told = |heard: &Heard| plays(heard, PERSON) || plays(heard, COLLECT);
        for _ in 0..16 {
            if caller.heard.last().is_some_and(told) || caller.ending.is_some() {
                break;
            }
            caller.does(Deed::Nothing);
        }
        if let Some(heard) = caller.heard.last().filter(|heard| told(heard)) {
            let what = format!("from the answer to hearing of a person in {language}");
            faults.extend(too_long(
                "CBA-10b",
                caller.clock + until_person(subject, heard),
                PERSON_TOLD,
                what,
            ));
        }
    }
    faults
}

/// Until the person was announced.
fn until_person(subject: &Subject, heard: &Heard) -> Millis {
    let person = heard.prompts.iter().position(|name| name.0 == PERSON).unwrap_or(heard.prompts.len());
    let until = heard.prompts.iter().take(person + 1);
    until.map(|prompt| subject.seconds.prompt(&prompt.0, &heard.language)).sum()
}

/// Prompts that say nothing.
fn silences(subject: &Subject, heard: &Heard) -> Vec<Fault> {
    let mute = |prompt: &&PromptName| subject.program.text_of(prompt, &heard.language).trim().is_empty();
    // Plans are announced in the voice of whoever puts them in force.
    let mute = heard.prompts.iter().filter(mute).filter(|prompt| !prompt.0.starts_with("plan."));
    mute.map(|prompt| Fault::error("CBA-9", format!("`{}` is silent in {}", prompt.0, heard.language)))
        .collect()
}

/// A menu as it is told: options, keys, the person.
fn menu(subject: &Subject, heard: &Heard) -> Vec<Fault> {
    let mut faults = Vec::new();
    let place = format!("{} in {}", heard.menu, heard.language);
    if !says_person(text(subject, heard, PERSON), &ZERO) {
        faults.push(Fault::error("CBA-10b", format!("{place}: nobody says how to reach a person")));
    }
    let mut expected = 1;
    let mut seen = BTreeSet::new();
    for prompt in &heard.prompts {
        let Some((_, key)) = prompt.0.split_once(".choice.") else { continue };
        let said = subject.program.text_of(prompt, &heard.language);
        if !option_then_key(said, key) {
            faults.push(Fault::error(
                "CBA-10a",
                format!("{place}: `{}` says no option and then its key", prompt.0),
            ));
        }
        if !seen.insert(key) {
            faults.push(Fault::error("CBA-10a", format!("{place}: key {key} twice")));
        }
        if key != expected.to_string() {
            faults.push(Fault::warning("CBA-10a", format!("{place}: keys do not ascend without gaps")));
        }
        expected += 1;
    }
    match expected - 1 {
        ..=5 => {}
        6..=9 => faults.push(Fault::warning("CBA-10a", format!("{place}: many options"))),
        _ => faults.push(Fault::error("CBA-10a", format!("{place}: too many options"))),
    }
    let before = until_person(subject, heard);
    let choices = heard.prompts.iter().any(|prompt| prompt.0.contains(".choice."));
    if choices && !plays(heard, "system.silence") && !plays(heard, "system.wrong_key") {
        let what = format!("{place}: the way to hearing of a person");
        faults.extend(too_long("CBA-10b", before, PERSON_TOLD, what));
    }
    faults
}

/// `挂失请按1。`, `To report a lost card, press 1.`: something before the key, nothing behind it.
fn option_then_key(text: &str, key: &str) -> bool {
    let digit = key.chars().next().and_then(|c| c.to_digit(10)).unwrap_or(99) as usize;
    let chinese = "零一二三四五六七八九".chars().nth(digit).map(String::from).unwrap_or_default();
    let english = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"].get(digit);
    let lower = text.to_lowercase();
    let lower = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
    let names = [Some(key.to_owned()), Some(chinese), english.map(|word| (*word).to_owned())];
    let names = names.into_iter().flatten().filter(|name| !name.is_empty());
    let option = names.filter_map(|name| lower.strip_suffix(&name).map(str::to_owned)).next();
    let Some(option) = option else { return false };
    if option.chars().next_back().is_some_and(|c| c.is_ascii_digit()) {
        return false;
    }
    let said: String = option.replace("请按", "").replace("press", "");
    said.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// Steps that take digits: star is a person, secrets are masked.
fn digits(subject: &Subject, heard: &Heard) -> Vec<Fault> {
    let mut faults = Vec::new();
    let place = format!("{} in {}", heard.menu, heard.language);
    if !says_person(text(subject, heard, COLLECT), &STAR) {
        faults.push(Fault::error("CBA-10b", format!("{place}: nobody says that star is a person")));
    }
    let secret = heard.prompts.iter().any(|p| asks_secret(subject.program.text_of(p, &heard.language)));
    if secret && !heard.secret {
        faults.push(Fault::error("CBA-35d", format!("{place}: a secret is keyed in without a mask")));
    }
    faults
}

/// Nothing is sold before the first choice.
fn adverts(subject: &Subject, heard: &Heard) -> Vec<Fault> {
    let mut faults = Vec::new();
    for prompt in &heard.prompts {
        let kind = subject.program.prompts().iter().find(|p| p.name == *prompt).map(|p| p.kind);
        let sells = slogan_in(subject.program.text_of(prompt, &heard.language)).is_some();
        if sells || kind == Some(PromptKind::Advert) {
            faults.push(Fault::error(
                "CBA-10c",
                format!("`{}` sells something before the first choice", prompt.0),
            ));
        }
    }
    faults
}

/// What the hotline says by itself is asked for by nobody.
fn system_adverts(subject: &Subject) -> Vec<Fault> {
    let system = subject.program.prompts().iter().filter(|prompt| prompt.kind == PromptKind::System);
    let sells = system.filter(|prompt| prompt.texts.values().any(|text| slogan_in(text).is_some()));
    sells.map(|prompt| Fault::error("CBA-10c", format!("`{}` sells something", prompt.name.0))).collect()
}

fn complaint(subject: &Subject, heard: &Heard) -> Vec<Fault> {
    let texts = || heard.prompts.iter().map(|prompt| subject.program.text_of(prompt, &heard.language));
    let offered = texts().any(says_complaint);
    let what = format!("{} in {} has no option for complaints", heard.menu, heard.language);
    if offered { Vec::new() } else { vec![Fault::warning("CBA-38", what)] }
}

/// Every language of the texts can be chosen by key.
fn languages(subject: &Subject, all: &[Heard]) -> Vec<Fault> {
    let heard: BTreeSet<&Language> = all.iter().map(|heard| &heard.language).collect();
    let missing = subject.program.languages().iter().filter(|language| !heard.contains(language));
    missing.map(|language| Fault::error("CBA-9", format!("{language} cannot be chosen"))).collect()
}
