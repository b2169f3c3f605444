//! What is forbidden in words is forbidden in sound: only recordings on the manifest are played, and
//! each only as what it was approved for.

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::draft::{Book, MenuDraft};
use crate::menu::manifest::{ManifestView, RecordingState, SoundKind};
use crate::menu::model::PromptKind;
use crate::menu::report::{Report, Rule, Spot};
use crate::menu::said::{self, Said};
use crate::menu::standard::told::Told;

pub const AUDIO_UNKNOWN: Rule = Rule {
    id: "audio-unknown",
    source: "CBA-10d",
    severity: Severity::Error,
    explanation: "Sound that nobody entered in the manifest may say anything.",
};
pub const AUDIO_UNKNOWN_TOLD: Told = Told::hard(
    &AUDIO_UNKNOWN,
    r#"# prompts/manifest.toml
[[recording]]
language = "zh-CN"
name = "main.greeting"
kind = "greeting"
approver = ""
"#,
    r#"# prompts/manifest.toml
[[recording]]
language = "zh-CN"
name = "main.greeting"
kind = "greeting"
approver = "Li Wei"
"#,
);

pub const AUDIO_ADVERT: Rule = Rule {
    id: "audio-advert",
    source: "CBA-10c CBA-10d",
    severity: Severity::Error,
    explanation: "A recording approved as an advert is heard by nobody who did not ask for it: not on the main menu, not while waiting.",
};
pub const AUDIO_ADVERT_TOLD: Told = Told::hard(
    &AUDIO_ADVERT,
    r#"# prompts/manifest.toml
[[recording]]
language = "any"
name = "system.hold"
kind = "advert"
approver = "Li Wei"
"#,
    r#"# prompts/manifest.toml
[[recording]]
language = "any"
name = "system.hold"
kind = "hold"
approver = "Li Wei"
"#,
);

pub const AUDIO_KIND: Rule = Rule {
    id: "audio-kind",
    source: "CBA-10d",
    severity: Severity::Error,
    explanation: "Somebody listened to a recording for one purpose; for another it must be listened to again.",
};
pub const AUDIO_KIND_TOLD: Told = Told::hard(
    &AUDIO_KIND,
    r#"# prompts/manifest.toml
[[recording]]
language = "zh-CN"
name = "main.greeting"
kind = "information"
approver = "Li Wei"
"#,
    r#"# prompts/manifest.toml
[[recording]]
language = "zh-CN"
name = "main.greeting"
kind = "greeting"
approver = "Li Wei"
"#,
);

pub const RECORDING_MISSING: Rule = Rule {
    id: "recording-missing",
    source: "CBA-10d",
    severity: Severity::Warning,
    explanation: "A draft may be silent for now; publishing needs a current recording of every text.",
};
pub const RECORDING_MISSING_TOLD: Told = Told::hard(
    &RECORDING_MISSING,
    r#"# prompts/manifest.toml
[[recording]]
language = "zh-CN"
name = "main.greeting"
kind = "greeting"
text = "您好。"
approver = "Li Wei"
"#,
    r#"# prompts/manifest.toml
[[recording]]
language = "zh-CN"
name = "main.greeting"
kind = "greeting"
text = "您好，欢迎致电示范银行。"
approver = "Li Wei"
"#,
);

const BUILD: &str = "Run `hotline prompts build`, or record it and run `hotline prompts approve`.";
const APPROVE: &str = "Listen to it, then run `hotline prompts approve`.";

pub fn check(book: &Book, report: &mut Report<'_>) {
    let Some(manifest) = &book.manifest else { return };
    for file in &manifest.unknown_files {
        let message = format!("`{file}` is not in the manifest");
        report.add_elsewhere(
            &AUDIO_UNKNOWN,
            file,
            message,
            "Remove it, or let a menu say it and approve it.",
        );
    }
    for said in said::everything(book).prompts {
        let asked_for = is_asked_for(book, &said.name.0);
        // A text that a language lacks is another rule's finding; a piece may be absent.
        for (language, text) in &said.texts {
            let prompt = Prompt { said: &said, language, spot: &text.spot, asked_for };
            if !check_kind(manifest, &prompt, report) {
                check_state(manifest, &prompt, report);
            }
        }
    }
    hold(manifest, report);
}

/// A text of the hotline in a language.
struct Prompt<'b> {
    said: &'b Said,
    language: &'b Language,
    spot: &'b Spot,
    /// Heard only by those who chose it, or below the main menu.
    asked_for: bool,
}

fn is_asked_for(book: &Book, name: &str) -> bool {
    let own =
        |menu: &&MenuDraft| name.strip_prefix(menu.id.as_str()).is_some_and(|rest| rest.starts_with('.'));
    book.menus.iter().find(own).is_some_and(|menu| {
        let chosen = menu.information.iter().any(|node| {
            let whole = format!("{}.{}", menu.id, node.name.value);
            name == whole || name.strip_prefix(&whole).is_some_and(|piece| piece.starts_with('.'))
        });
        chosen || !book.is_main(&menu.id)
    })
}

/// Was it approved for another purpose? Then nothing else need be said of it.
fn check_kind(manifest: &ManifestView, prompt: &Prompt<'_>, report: &mut Report<'_>) -> bool {
    let Prompt { said, language, spot, asked_for } = prompt;
    let key = ((*language).clone(), said.name.clone());
    let Some(approved) = manifest.kinds.get(&key) else { return false };
    if *approved == SoundKind::Prompt(said.kind) {
        return false;
    }
    let name = &said.name.0;
    if *approved == SoundKind::Prompt(PromptKind::Advert) && !asked_for {
        let message = format!("the recording of `{name}` in {language} was approved as an advert");
        report.add(&AUDIO_ADVERT, spot, message, "Record the text of the menu and nothing else.");
    } else {
        let (was, is) = (approved.word(), said.kind.word());
        let message =
            format!("the recording of `{name}` in {language} was approved as {was} and is used as {is}");
        report.add(&AUDIO_KIND, spot, message, APPROVE);
    }
    true
}

fn check_state(manifest: &ManifestView, prompt: &Prompt<'_>, report: &mut Report<'_>) {
    let Prompt { said, language, spot, .. } = prompt;
    let name = &said.name.0;
    let key = ((*language).clone(), said.name.clone());
    let (rule, message, help) = match manifest.recordings.get(&key) {
        Some(RecordingState::Current) => return,
        None => (&RECORDING_MISSING, format!("`{name}` has no recording in {language}"), BUILD),
        Some(RecordingState::TextChanged) => {
            (&RECORDING_MISSING, format!("the recording of `{name}` in {language} says an older text"), BUILD)
        }
        Some(RecordingState::HashMismatch) => (
            &AUDIO_UNKNOWN,
            format!("the recording of `{name}` in {language} is not the one in the manifest"),
            "Restore the approved file, or run `hotline prompts approve`.",
        ),
        Some(RecordingState::Unapproved) => {
            (&AUDIO_UNKNOWN, format!("nobody has approved the recording of `{name}` in {language}"), APPROVE)
        }
    };
    report.add(rule, spot, message, help);
}

/// What waiting callers hear.
fn hold(manifest: &ManifestView, report: &mut Report<'_>) {
    for ((language, name), kind) in
        manifest.kinds.iter().filter(|((_, name), _)| manifest.hold.contains(name))
    {
        let file = format!("prompts/{language}/{}.wav", name.0);
        let name = &name.0;
        match kind {
            SoundKind::Prompt(PromptKind::Advert) => {
                let message = format!("the hold audio `{name}` was approved as an advert");
                report.add_elsewhere(
                    &AUDIO_ADVERT,
                    &file,
                    message,
                    "Name other hold_audio in ops/queues.toml.",
                );
            }
            SoundKind::Hold | SoundKind::Prompt(_) => {}
            SoundKind::Tone | SoundKind::Unknown => {
                let message = format!("the hold audio `{name}` was approved as {}", kind.word());
                report.add_elsewhere(&AUDIO_KIND, &file, message, APPROVE);
            }
        }
    }
}
