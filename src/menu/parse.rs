//! One TOML file to its draft. Nothing is resolved here; names may point nowhere.

mod fields;
pub(in crate::menu) mod keys;
mod menu;
mod nodes;
mod system;
mod target;
#[cfg(test)]
pub(in crate::menu) mod tests;
mod when;

pub use keys::{MAX_DIGITS, MAX_LANGUAGES};
pub use menu::menu;
pub use system::system;

use crate::menu::reader::WRONG_VALUE;
use crate::menu::report::{At, Report};

/// Names of menus and nodes are names of prompts and so of files.
fn is_name(name: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    !name.is_empty() && name.len() <= 48 && name.chars().all(letters)
}

/// Reports what is no name, or is taken by something else.
fn check_name(what: &str, name: &At<String>, taken: &[&str], report: &mut Report<'_>) {
    let Some(why) = no_name(&name.value, taken) else { return };
    let message = format!("`{}` is no name for {what}", name.value);
    report.add(&WRONG_VALUE, &name.spot, message, why);
}

fn no_name(name: &str, taken: &[&str]) -> Option<String> {
    if taken.contains(&name) {
        return Some(format!("Choose another one: {} are taken.", taken.join(", ")));
    }
    let help = "Use lower-case letters, digits and hyphens, at most 48 in all.";
    (!is_name(name)).then(|| help.to_owned())
}
