//! What is forbidden in words is forbidden in sound: only recordings on the manifest are played.

use crate::config::finding::Severity;
use crate::menu::draft::Book;
use crate::menu::manifest::RecordingState;
use crate::menu::report::{At, Report, Rule};
use crate::menu::said;

pub const AUDIO_UNKNOWN: Rule = Rule {
    id: "audio-unknown",
    source: "CBA-10d",
    severity: Severity::Error,
    explanation: "Sound that nobody entered in the manifest may say anything.",
};
pub const RECORDING_MISSING: Rule = Rule {
    id: "recording-missing",
    source: "CBA-10d",
    severity: Severity::Warning,
    explanation: "A draft may be silent for now; publishing needs a current recording of every text.",
};

const BUILD: &str = "Run `hotline prompts build`, or record it and run `hotline prompts approve`.";

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
        let name = &said.name.0;
        // A text that a language lacks is another rule's finding; a piece may be absent.
        for (language, At { spot, .. }) in &said.texts {
            let key = (language.clone(), said.name.clone());
            match manifest.recordings.get(&key) {
                Some(RecordingState::Current) => {}
                None => {
                    let message = format!("`{name}` has no recording in {language}");
                    report.add(&RECORDING_MISSING, spot, message, BUILD);
                }
                Some(RecordingState::TextChanged) => {
                    let message = format!("the recording of `{name}` in {language} says an older text");
                    report.add(&RECORDING_MISSING, spot, message, BUILD);
                }
                Some(RecordingState::HashMismatch) => {
                    let message =
                        format!("the recording of `{name}` in {language} is not the one in the manifest");
                    report.add(
                        &AUDIO_UNKNOWN,
                        spot,
                        message,
                        "Restore the approved file, or run `hotline prompts approve`.",
                    );
                }
                Some(RecordingState::Unapproved) => {
                    let message = format!("nobody has approved the recording of `{name}` in {language}");
                    report.add(
                        &AUDIO_UNKNOWN,
                        spot,
                        message,
                        "Listen to it, then run `hotline prompts approve`.",
                    );
                }
            }
        }
    }
}
