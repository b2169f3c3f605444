//! Findings in another language, in the manner of gettext: the program says things in English; when
//! they are printed, a catalogue of templates gives the words of another language.
//!
//! A finding carries finished sentences, so a template is recognised by its fixed parts; what stands
//! in its holes is translated too if it is listed itself. What is not listed stays English.

use std::sync::LazyLock;

/// Languages that findings are told in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tongue {
    #[default]
    English,
    Chinese,
}

impl Tongue {
    /// From a locale such as `zh_CN.UTF-8`.
    pub fn of_locale(locale: &str) -> Tongue {
        if locale.to_ascii_lowercase().starts_with("zh") { Tongue::Chinese } else { Tongue::English }
    }

    /// A text in this tongue; in English if nobody has translated it.
    pub fn say(self, text: &str) -> String {
        match self {
            Tongue::English => text.to_owned(),
            Tongue::Chinese => chinese(text).unwrap_or_else(|| text.to_owned()),
        }
    }
}

/// A text in Chinese, if the catalogue has it.
pub fn chinese(text: &str) -> Option<String> {
    in_words(text, DEEPEST)
}

/// Holes within holes.
const DEEPEST: u8 = 4;

static CATALOGUE: LazyLock<Vec<Entry>> = LazyLock::new(|| read(include_str!("zh.toml")));

struct Entry {
    from: Vec<Piece>,
    to: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Fixed(String),
    /// `{name}`; `{#name}` holds a number.
    Hole(String),
}

/// Every entry, those with the most fixed text first, so that the special goes before the general.
fn read(text: &str) -> Vec<Entry> {
    // The file is part of the program, and a test reads it.
    let table: toml::Table = toml::from_str(text).expect("the catalogue is readable");
    let sections = table.values().filter_map(toml::Value::as_table);
    let pairs = sections.flatten().filter_map(|(from, to)| Some((from, to.as_str()?)));
    let mut entries: Vec<Entry> =
        pairs.map(|(from, to)| Entry { from: pieces(from), to: pieces(to) }).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(fixed(&entry.from)));
    entries
}

fn fixed(pieces: &[Piece]) -> usize {
    let length = |piece: &Piece| match piece {
        Piece::Fixed(text) => text.len(),
        Piece::Hole(_) => 0,
    };
    pieces.iter().map(length).sum()
}

/// Fixed parts and holes, in turn. Braces around anything but a name are fixed text.
fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        plain.push_str(before);
        let name = after.get(1..).and_then(|after| after.split_once('}')).map(|(name, _)| name);
        let is_name = |name: &&str| {
            let letters = name.strip_prefix('#').unwrap_or(name);
            !letters.is_empty() && letters.chars().all(|c| c.is_ascii_lowercase())
        };
        match name.filter(is_name) {
            Some(name) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Fixed(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Hole(name.to_owned()));
                rest = after.get(name.len() + 2..).unwrap_or_default();
            }
            None => {
                plain.push('{');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Fixed(plain));
    }
    pieces
}

fn in_words(text: &str, depth: u8) -> Option<String> {
    let (entry, held) = CATALOGUE.iter().find_map(|entry| Some((entry, fit(&entry.from, text)?)))?;
    let mut out = String::new();
    for piece in &entry.to {
        match piece {
            Piece::Fixed(text) => out.push_str(text),
            Piece::Hole(name) => {
                let (_, text) = held.iter().find(|(held, _)| held == name)?;
                let inner = (depth > 0).then(|| in_words(text, depth - 1)).flatten();
                out.push_str(inner.as_deref().unwrap_or(text));
            }
        }
    }
    Some(out)
}

/// What the holes hold if the text is made from this template.
fn fit<'t>(template: &'t [Piece], text: &'t str) -> Option<Vec<(&'t str, &'t str)>> {
    match template {
        [] => text.is_empty().then(Vec::new),
        [Piece::Fixed(fixed), rest @ ..] => fit(rest, text.strip_prefix(fixed.as_str())?),
        [Piece::Hole(name), rest @ ..] => {
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
            // What must follow rules out most ends at once.
            let may_end = |end: &usize| match (rest.first(), text.get(*end..)) {
                (Some(Piece::Fixed(fixed)), Some(after)) => after.starts_with(fixed.as_str()),
                (Some(Piece::Hole(_)), _) => true,
                (_, after) => after == Some(""),
            };
            ends.filter(may_end).find_map(|end| {
                let (held, after) = text.split_at(end);
                let mut holes = fit(rest, after).filter(|holes| suits(name, held, holes))?;
                holes.push((name, held));
                Some(holes)
            })
        }
    }
}

/// Numbers stand in holes of numbers, and a hole that comes twice holds the same twice.
fn suits(name: &str, held: &str, holes: &[(&str, &str)]) -> bool {
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
    let kind = !name.starts_with('#') || held.chars().all(number);
    kind && holes.iter().all(|(other, text)| *other != name || *text == held)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sentences_are_recognised_with_what_stands_in_them() {
        for (english, expected) in [
            ("`main.greeting` has no text in en-US", "`main.greeting` 没有 en-US 文本"),
            ("a choice has no `key`", "选项缺少 `key`"),
            (
                "the greeting takes about 12 s in zh-CN, at most 8 s",
                "问候语的 zh-CN 版本需要约 12 秒，最多 8 秒",
            ),
            (
                "Did you mean `loans`? Queues stand in ops/queues.toml.",
                "是否应为 `loans`？ 队列写在 ops/queues.toml 中。",
            ),
            ("[sip] listen: this is no text but a list", "[sip] listen：这不是文本，而是列表"),
        ] {
            assert_eq!(chinese(english).as_deref(), Some(expected));
        }
        assert_eq!(chinese("nobody has written this yet"), None);
        assert_eq!(Tongue::Chinese.say("nobody has written this yet"), "nobody has written this yet");
    }

    #[test]
    fn numbers_are_numbers() {
        assert_eq!(chinese("about 8 s"), Some("约 8 秒".to_owned()));
        assert_eq!(chinese("the words s"), None);
    }

    #[test]
    fn both_sides_of_the_catalogue_have_the_same_holes() {
        let holes = |pieces: &[Piece]| {
            let name = |piece: &Piece| match piece {
                Piece::Hole(name) => Some(name.clone()),
                Piece::Fixed(_) => None,
            };
            pieces.iter().filter_map(name).collect::<BTreeSet<_>>()
        };
        for entry in CATALOGUE.iter() {
            assert_eq!(holes(&entry.from), holes(&entry.to), "{:?}", entry.from);
            assert!(fixed(&entry.from) > 0, "{:?}", entry.from);
        }
        let all: BTreeSet<String> = CATALOGUE.iter().map(|entry| format!("{:?}", entry.from)).collect();
        assert_eq!(all.len(), CATALOGUE.len(), "nothing is listed twice");
    }

    #[test]
    fn locales_decide() {
        assert_eq!(Tongue::of_locale("zh_CN.UTF-8"), Tongue::Chinese);
        for other in ["C.UTF-8", "en_US", ""] {
            assert_eq!(Tongue::of_locale(other), Tongue::English);
        }
    }

    /// Everything that the tests of queues and server know to be wrong.
    #[test]
    fn findings_of_queues_and_server_are_translated() {
        let queues = [
            "[queues.general]\nlimt = 3\nlimit = -1\nring_time = 15\nwrap_up = \"soon\"\nmax_wait = \"0 s\"\n\
             priority = 999\nskills = 3\nstrategy = \"fastest\"\noverflow = \"voicemail\"\nhold_audio = 1\n\
             service_target = { percent = 0, whithin = \"20 s\" }\n[queue.other]\n",
            "[queues.a]\noverflow = { queue = \"b\" }\n[queues.b]\noverflow = { queue = \"a\" }\n",
            "[queues.general]\noverflow = 3\nring_time = \"25 s\"\nannounce_every = \"never\"\nx = 1\n",
            "[queues.general]\noverflow = { queue = \"genera1\" }\n[queues.\"a b\"]\noverflow = { queue = \"z\" }\n",
            "[queues]\n",
        ];
        let mut found: Vec<_> =
            queues.iter().flat_map(|text| crate::config::queues::parse("q.toml", text).1).collect();
        let server = [
            "[sip]\nlistn = 1\nlisten = \"0.0.0.0:5060\"\nentries = {}\ntrunks = { bank = \"nowhere\" }\n\
             [media]\nports = \"30000-20000\"\ncodecs = [\"G729\"]\nmanagement = \"1\"\n[strage]\nx = 1\n\
             [limits]\ncalls = \"many\"\ndrain_deadline = \"-5 s\"\n[recording]\nexempt_entries = [\"95598\"]\n",
            "listen = 3\nsip = 3\nzzzzzz = 1\n",
            "[media]\nports = 3\nworkers = \"x\"\ncodecs = 3\n[http]\nlisten = \"127.0.0.1:1\"\nmanagement = \"127.0.0.1:1\"\n",
            "[media]\nports = \"x\"\nworkers = 99\ncodecs = []\n[storage]\ndirectory = \"\"\nindex = \"pg://x\"\n[sip]\nrealm = \"\"\npublic_address = \"0.0.0.0\"\n",
        ];
        for text in server {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("hotline.toml");
            std::fs::write(&path, text).unwrap();
            found.extend(crate::config::server::ServerConfig::load(Some(&path)).unwrap_err());
        }
        assert!(found.len() > 35, "{}", found.len());
        for finding in found {
            for text in [finding.message, finding.help] {
                assert!(chinese(&text).is_some(), "not in zh.toml: {text}");
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        #[test]
        fn any_text_is_answered(text in "[`{}a-z 没, ]{0,60}") {
            chinese(&text);
        }
    }
}
