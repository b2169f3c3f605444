//! CBA-10d: what is forbidden in words is forbidden in sound: only recordings of the manifest are heard.

use hotline::config::finding::Severity;
use hotline::ids::Language;
use hotline::menu::RecordingState;
use hotline::menu::api::PromptName;

use crate::bench::bank;
use crate::hotline::{Hotline, Sound};

fn with(sound: Sound) -> Hotline {
    Hotline { sound: Some(sound), ..bank().clone() }
}

fn greeting(state: RecordingState) -> Sound {
    Sound::State(Language::new("en-US"), PromptName("main.greeting".to_owned()), state)
}

#[test]
fn cba_10d_recordings_as_approved_are_fine() {
    assert_eq!(with(Sound::Complete).check().errors().count(), 0);
}

#[test]
fn cba_10d_another_sound_an_unapproved_one_and_one_beside_are_refused() {
    for sound in [
        greeting(RecordingState::HashMismatch),
        greeting(RecordingState::Unapproved),
        Sound::Unknown("prompts/zh-CN/jingle.wav".to_owned()),
    ] {
        let checked = with(sound.clone()).check();
        let told = checked.errors().find(|finding| finding.source == "CBA-10d");
        assert!(told.is_some_and(|finding| !finding.help.is_empty()), "{sound:?}: {:#?}", checked.findings);
    }
}

#[test]
fn cba_10d_a_recording_that_says_an_older_text_is_told() {
    let findings = with(greeting(RecordingState::TextChanged)).check().findings;
    let told = findings.iter().find(|finding| finding.source == "CBA-10d");
    assert_eq!(told.map(|finding| finding.severity), Some(Severity::Warning), "{findings:#?}");
}
