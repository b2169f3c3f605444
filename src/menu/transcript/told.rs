//! Facts and what leaves the menus, as lines of a transcript. Secrets are never shown.

use std::fmt::Write as _;

use super::Telling;
use crate::event::MenuError;
use crate::ids::Language;
use crate::menu::api::{Fact, Handover, MessagePurpose, PromptName};
use crate::menu::ask::Question;
use crate::menu::speak::{self, Voice};

impl Telling {
    /// What is heard, spoken values as they are written; a prompt without a text by its name.
    pub(super) fn words(&self, language: &Language, prompts: &[PromptName]) -> String {
        let mut words: Vec<String> = Vec::new();
        let is_value = |prompt: &PromptName| prompt.0.starts_with("say.");
        for group in prompts.chunk_by(|a, b| is_value(a) && is_value(b)) {
            let Some(first) = group.first() else { continue };
            if is_value(first) {
                words.push(speak::text(group, Voice::from(language)));
                continue;
            }
            words.push(match self.program.text_of(first, language) {
                "" => self.world.text(language, first).map_or(format!("({})", first.0), str::to_owned),
                text => text.to_owned(),
            });
        }
        words.join(" ")
    }

    /// What is sent is shown by its names only.
    pub(super) fn ask(&mut self, question: &Question) {
        let names: Vec<&str> = question.fields.iter().map(|(name, _)| name.as_str()).collect();
        let sent = if names.is_empty() { String::new() } else { format!(" with {}", names.join(", ")) };
        self.line("ask", &format!("{} {}{sent}", question.service, question.path));
    }

    pub(super) fn fact(&mut self, fact: &Fact) {
        match fact {
            Fact::Language(language) => self.line("language", language.as_str()),
            Fact::Entered(menu) => self.line("menu", menu.as_str()),
            // Pressed is told where it happens; typed ahead, it was told then.
            Fact::Key { .. } => {}
            Fact::Failed { error, .. } => self.line("mistake", mistake(*error)),
            Fact::Information { node, .. } => self.line("heard all of", node),
            Fact::Collected { node, count, digits, .. } => {
                let open = if digits.is_some() { "digits" } else { "secret digits" };
                self.line("collected", &format!("{node}: {count} {open}"));
            }
            Fact::AgentRequested { .. } => self.line("person", "asked for"),
            Fact::LookedUp { node, result, .. } => self.line("looked up", &format!("{node}: {result}")),
            Fact::Verified { node, level, .. } => self.line("verified", &format!("{node}: {level}")),
            Fact::NotVerified { node, result, .. } => {
                self.line("not verified", &format!("{node}: {result}"));
            }
            Fact::Surveyed { node, answers, .. } => {
                let answers: Vec<String> =
                    answers.iter().map(|(name, key)| format!("{name} {key}")).collect();
                self.line("survey", &format!("{node}: {}", answers.join(", ")));
            }
            Fact::Elderly => self.line("elderly", "slower and longer from here on"),
            Fact::PlanAnnounced(plan) => self.line("announced", plan.as_str()),
        }
    }

    pub(super) fn line(&mut self, what: &str, detail: &str) {
        // Writing to a String does not fail.
        let _ = match detail {
            "" => writeln!(self.text, "{what}"),
            _ => writeln!(self.text, "{what:<13} {detail}"),
        };
    }
}

fn mistake(error: MenuError) -> &'static str {
    match error {
        MenuError::Silence => "silence",
        MenuError::WrongKey => "wrong key",
        MenuError::BadInput => "bad input",
    }
}

/// What a person who takes the call over knows.
pub(super) fn handover(handover: &Handover) -> String {
    let mut text = String::new();
    if let Some((level, _)) = &handover.verified {
        text.push_str(&format!(", {level}"));
    }
    if handover.elderly {
        text.push_str(", elderly");
    }
    text
}

pub(super) fn purpose(purpose: &MessagePurpose) -> String {
    match purpose {
        MessagePurpose::Message => String::new(),
        MessagePurpose::Complaint { node, answers, .. } => {
            let names: Vec<&str> = answers.iter().map(|(name, _)| name.as_str()).collect();
            let with = if names.is_empty() { String::new() } else { format!(" with {}", names.join(", ")) };
            format!(", complaint {node}{with}")
        }
    }
}
