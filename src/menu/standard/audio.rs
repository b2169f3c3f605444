//! What is forbidden in words is forbidden in sound: only recordings on the manifest are played, and
//! each only as what it was approved for.

use crate::config::finding::Severity;
use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::draft::{Book, SpeechDraft};
use crate::menu::manifest::{ManifestView, RecordingState, SoundKind};
use crate::menu::model::PromptKind;
use crate::menu::report::{Report, Rule};
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
    for (name, speech, kind) in book.speeches() {
        let prompt = Prompt { asked_for: is_asked_for(book, &name), name: PromptName(name), speech, kind };
        for language in &book.languages {
            if !check_kind(manifest, &prompt, language, report) {
                check_state(manifest, &prompt, language, report);
            }
        }
    }
    hold(manifest, report);
}

/// A text of the menus.
struct Prompt<'b> {
    name: PromptName,
    speech: &'b SpeechDraft,
    kind: PromptKind,
    /// Heard only by those who chose it, or below the main menu.
    asked_for: bool,
}

fn is_asked_for(book: &Book, name: &str) -> bool {
    let menu = book
        .menus
        .iter()
        .find(|menu| name.strip_prefix(menu.id.as_str()).is_some_and(|rest| rest.starts_with('.')));
    menu.is_some_and(|menu| {
        let chosen = menu.information.iter().any(|node| name == format!("{}.{}", menu.id, node.name.value));
        chosen || !book.is_main(&menu.id)
    })
}

/// Was it approved for another purpose? Then nothing else need be said of it.
fn check_kind(
    manifest: &ManifestView,
    prompt: &Prompt<'_>,
    language: &Language,
    report: &mut Report<'_>,
) -> bool {
    let Some(approved) = manifest.kinds.get(&(language.clone(), prompt.name.clone())) else { return false };
    if *approved == SoundKind::Prompt(prompt.kind) {
        return false;
    }
    let spot = prompt.speech.texts.get(language).map_or(&prompt.speech.spot, |text| &text.spot);
    let name = &prompt.name.0;
    if *approved == SoundKind::Prompt(PromptKind::Advert) && !prompt.asked_for {
        let message = format!("the recording of `{name}` in {language} was approved as an advert");
        report.add(&AUDIO_ADVERT, spot, message, "Record the text of the menu and nothing else.");
    } else {
        let (was, is) = (approved.word(), prompt.kind.word());
        let message =
            format!("the recording of `{name}` in {language} was approved as {was} and is used as {is}");
        report.add(&AUDIO_KIND, spot, message, APPROVE);
    }
    true
}

fn check_state(manifest: &ManifestView, prompt: &Prompt<'_>, language: &Language, report: &mut Report<'_>) {
    let spot = prompt.speech.texts.get(language).map_or(&prompt.speech.spot, |text| &text.spot);
    let name = &prompt.name.0;
    let (rule, message, help) = match manifest.recordings.get(&(language.clone(), prompt.name.clone())) {
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
