//! Rules as people are told of them: how firm they are, and what they look like kept and broken.

use crate::menu::report::Rule;

/// A rule with an example of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    pub rule: &'static Rule,
    pub kind: RuleKind,
    pub examples: Examples,
}

/// May operations decide otherwise?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleKind {
    /// Nothing switches it off; bounds are tunable downwards only.
    Hard,
    /// Shipped on; operations may accept its findings by name and date.
    Default,
}

/// Snippets of files. Each part begins with a line `# menus/NAME.toml` and stands for those keys of
/// the file that it names; `# menus/NAME.toml, whole` stands for all of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Examples {
    Pair {
        bad: &'static str,
        good: &'static str,
    },
    /// No file can break it; why there is the rule all the same.
    None(&'static str),
}

impl Told {
    pub const fn hard(rule: &'static Rule, bad: &'static str, good: &'static str) -> Told {
        Told { rule, kind: RuleKind::Hard, examples: Examples::Pair { bad, good } }
    }

    pub const fn default(rule: &'static Rule, bad: &'static str, good: &'static str) -> Told {
        Told { rule, kind: RuleKind::Default, examples: Examples::Pair { bad, good } }
    }

    pub const fn without_example(rule: &'static Rule, why: &'static str) -> Told {
        Told { rule, kind: RuleKind::Hard, examples: Examples::None(why) }
    }
}
