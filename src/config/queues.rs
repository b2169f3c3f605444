//! `ops/queues.toml`: the queues callers wait in. The sample file is the manual of its keys.
//!
//! Everything wrong is found at once; a setting that is wrong keeps its default, so that the rest
//! can be checked too. With a finding of severity error nothing of the file is to be used.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::acd::api::{QueueConfig, ServiceTarget, StrategyKind};
use crate::config::finding::{Finding, Severity, place};
use crate::event::OverflowTarget;
use crate::ids::{QueueId, Skill};

/// Keys of a queue, for suggestions.
const KEYS: [&str; 11] = [
    "skills",
    "strategy",
    "priority",
    "ring_time",
    "wrap_up",
    "service_target",
    "limit",
    "max_wait",
    "overflow",
    "announce_every",
    "hold_audio",
];

/// Three rings: 1 s tone, 4 s pause (HB-ring).
const THREE_RINGS: Duration = Duration::from_secs(15);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Reads the text of a queue file; `path` is only for findings.
pub fn parse(path: &str, text: &str) -> (Vec<QueueConfig>, Vec<Finding>) {
    let mut page = Page { path, text, findings: Vec::new(), overflows: BTreeMap::new() };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        page.error(
            "toml-syntax",
            error.span().unwrap_or(0..0),
            error.message(),
            "Mend the line; the format is TOML.",
        );
    }
    let queues = page.root(root.get_ref());
    page.check_overflows(&queues);
    page.findings.sort_by_key(|finding| (finding.span.start, finding.rule));
    (queues, page.findings)
}

/// `15 s`, `2 min`, `1 h 30 min`, `500 ms`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || words.len() > 8 {
        return None;
    }
    let mut total = Duration::ZERO;
    for pair in words.chunks(2) {
        let [number, unit] = pair else { return None };
        let unit_ms: u64 = match *unit {
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        let number: u32 = number.parse().ok()?;
        total = total.checked_add(Duration::from_millis(u64::from(number).checked_mul(unit_ms)?))?;
    }
    Some(total)
}

type Value<'i> = Spanned<DeValue<'i>>;

/// The file being read and what was found in it.
struct Page<'a> {
    path: &'a str,
    text: &'a str,
    findings: Vec<Finding>,
    /// Where each queue's overflow target stands.
    overflows: BTreeMap<QueueId, Range<usize>>,
}

impl Page<'_> {
    fn root(&mut self, root: &DeTable<'_>) -> Vec<QueueConfig> {
        let mut queues = Vec::new();
        for (key, value) in root {
            if key.get_ref() != "queues" {
                self.unknown_key(key, &["queues"]);
                continue;
            }
            let Some(table) = self.table("queues", value) else { continue };
            for (name, value) in table {
                queues.extend(self.queue(name, value));
            }
        }
        if queues.is_empty() && self.findings.is_empty() {
            self.error(
                "no-queue",
                0..0,
                "There is no queue: nobody could ever reach a person.",
                "Write at least one, beginning with `[queues.general]`.",
            );
        }
        queues
    }

    fn queue(&mut self, name: &Spanned<Cow<'_, str>>, value: &Value<'_>) -> Option<QueueConfig> {
        let table = self.table(name.get_ref(), value)?;
        let id = name.get_ref();
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            self.error(
                "bad-name",
                name.span(),
                &format!("`{id}` is no name of a queue."),
                "Use letters, digits, `-` and `_`.",
            );
        }
        let mut queue = default_queue(QueueId::new(id));
        for (key, value) in table {
            self.setting(&mut queue, key, value);
        }
        Some(queue)
    }

    fn setting(&mut self, queue: &mut QueueConfig, key: &Spanned<Cow<'_, str>>, value: &Value<'_>) {
        let name = key.get_ref().as_ref();
        match name {
            "skills" => queue.skills = self.skills(value),
            "strategy" => self.strategy(value),
            "priority" => set(&mut queue.priority, self.number(name, value, 1..=100)),
            "ring_time" => {
                set(&mut queue.ring_time, self.duration(name, value, SECOND..=Duration::from_secs(60)));
                self.ring_time(queue.ring_time, value.span());
            }
            "wrap_up" => set(&mut queue.wrap_up, self.duration(name, value, Duration::ZERO..=HOUR)),
            "service_target" => self.service_target(&mut queue.service_target, value),
            "limit" => set(&mut queue.limit, self.number(name, value, 0..=100_000).map(Some)),
            "max_wait" => set(&mut queue.max_wait, self.duration_or_never(name, value, SECOND..=DAY)),
            "overflow" => {
                set(&mut queue.overflow, self.overflow(value));
                self.overflows.insert(queue.id.clone(), value.span());
            }
            "announce_every" => {
                let range = Duration::from_secs(5)..=HOUR;
                set(&mut queue.announce_every, self.duration_or_never(name, value, range));
                self.announcements(queue.announce_every, value.span());
            }
            "hold_audio" => set(&mut queue.hold_audio, self.string(name, value).map(str::to_owned)),
            _ => self.unknown_key(key, &KEYS),
        }
    }

    fn skills(&mut self, value: &Value<'_>) -> BTreeMap<Skill, u8> {
        let Some(table) = self.table("skills", value) else { return BTreeMap::new() };
        let mut skills = BTreeMap::new();
        for (skill, level) in table {
            if let Some(level) = self.number(skill.get_ref(), level, 1..=10) {
                skills.insert(Skill::new(skill.get_ref()), level);
            }
        }
        skills
    }

    fn strategy(&mut self, value: &Value<'_>) {
        // Only one so far, so there is nothing to set.
        if let Some(text) = self.string("strategy", value)
            && text != "longest idle"
        {
            let message = format!("There is no strategy `{text}`.");
            self.error("unknown-strategy", value.span(), &message, "Write `longest idle`.");
        }
    }

    fn service_target(&mut self, target: &mut ServiceTarget, value: &Value<'_>) {
        let Some(table) = self.table("service_target", value) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "percent" => set(&mut target.percent, self.number("percent", value, 1..=100)),
                "within" => set(&mut target.within, self.duration("within", value, SECOND..=HOUR)),
                _ => self.unknown_key(key, &["percent", "within"]),
            }
        }
    }

    fn overflow(&mut self, value: &Value<'_>) -> Option<OverflowTarget> {
        const HELP: &str = "Write `\"message\"` or `{ queue = \"NAME\" }`.";
        if let Some(text) = value.get_ref().as_str() {
            if text == "message" {
                return Some(OverflowTarget::Message);
            }
            self.error(
                "unknown-target",
                value.span(),
                &format!("Callers cannot overflow to `{text}`."),
                HELP,
            );
            return None;
        }
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            self.error("wrong-type", value.span(), &format!("`overflow` cannot be a {found}."), HELP);
            return None;
        };
        let mut target = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "queue" => {
                    target = self.string("queue", value).map(|name| OverflowTarget::Queue(name.into()))
                }
                _ => self.unknown_key(key, &["queue"]),
            }
        }
        target
    }

    fn ring_time(&mut self, ring_time: Duration, span: Range<usize>) {
        if ring_time > THREE_RINGS {
            self.warning(
                ("ring-time", "HB-ring"),
                span,
                "A telephone may ring for three rings, 15 s, before the call goes to another agent.",
                "Write `15 s` or less.",
            );
        }
    }

    fn announcements(&mut self, every: Option<Duration>, span: Range<usize>) {
        if every.is_none() {
            self.warning(
                ("position-told", "HB-hold"),
                span,
                "Callers in this queue never hear their position.",
                "Write a time, e.g. `30 s`.",
            );
        }
    }

    /// Targets exist, and nobody is sent in a circle.
    fn check_overflows(&mut self, queues: &[QueueConfig]) {
        let next: BTreeMap<&QueueId, &QueueId> = queues
            .iter()
            .filter_map(|queue| match &queue.overflow {
                OverflowTarget::Queue(to) => Some((&queue.id, to)),
                OverflowTarget::Message | OverflowTarget::Callback => None,
            })
            .collect();
        let names: BTreeSet<&str> = queues.iter().map(|queue| queue.id.as_str()).collect();
        let mut in_a_known_circle = BTreeSet::new();
        for (from, to) in &next {
            let span = self.overflows.get(*from).cloned().unwrap_or(0..0);
            if !names.contains(to.as_str()) {
                let help = suggestion(to.as_str(), names.iter().copied())
                    .unwrap_or_else(|| format!("Write `[queues.{to}]`, or another target."));
                self.error(
                    "unknown-queue",
                    span,
                    &format!("There is no queue `{to}` to overflow to."),
                    &help,
                );
                continue;
            }
            let mut way = vec![*from];
            while let Some(to) = way.last().and_then(|last| next.get(last)) {
                if way.contains(to) {
                    break;
                }
                way.push(to);
            }
            let is_circle = way.last().and_then(|last| next.get(last)) == Some(from);
            if is_circle && !in_a_known_circle.contains(*from) {
                let names: Vec<&str> = way.iter().map(|q| q.as_str()).collect();
                let message = format!("Callers would go in a circle: {} → {from}.", names.join(" → "));
                self.error("overflow-circle", span, &message, "Let one of them overflow to `\"message\"`.");
                in_a_known_circle.extend(way);
            }
        }
    }
}

/// Values of a wanted kind; each says what is wrong if it is another.
impl Page<'_> {
    fn table<'v, 'i>(&mut self, name: &str, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(name, value, "a table");
        }
        table
    }

    fn string<'v>(&mut self, name: &str, value: &'v Value<'_>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(name, value, "a text in quotes");
        }
        text
    }

    fn number<T>(&mut self, name: &str, value: &Value<'_>, range: RangeInclusive<i64>) -> Option<T>
    where
        T: TryFrom<i64>,
    {
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(name, value, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|n| range.contains(n)).and_then(|n| T::try_from(n).ok());
        if number.is_none() {
            let message = format!("`{name}` is out of range.");
            let help = format!("Write a number from {} to {}.", range.start(), range.end());
            self.error("out-of-range", value.span(), &message, &help);
        }
        number
    }

    fn duration(
        &mut self,
        name: &str,
        value: &Value<'_>,
        range: RangeInclusive<Duration>,
    ) -> Option<Duration> {
        let text = self.string(name, value)?;
        let Some(duration) = parse_duration(text) else {
            let message = format!("`{text}` is no time.");
            self.error("bad-duration", value.span(), &message, "Write e.g. `15 s`, `2 min`, `1 h 30 min`.");
            return None;
        };
        if !range.contains(&duration) {
            let message = format!("`{name}` is out of range.");
            let (least, most) = (range.start().as_secs(), range.end().as_secs());
            let help = format!("Write a time from `{least} s` to `{most} s`.");
            self.error("out-of-range", value.span(), &message, &help);
            return None;
        }
        Some(duration)
    }

    /// `Some(None)` = never.
    fn duration_or_never(
        &mut self,
        name: &str,
        value: &Value<'_>,
        range: RangeInclusive<Duration>,
    ) -> Option<Option<Duration>> {
        if value.get_ref().as_str() == Some("never") {
            return Some(None);
        }
        self.duration(name, value, range).map(Some)
    }

    fn wrong_type(&mut self, name: &str, value: &Value<'_>, wanted: &str) {
        let message = format!("`{name}` must be {wanted}, but is of type {}.", value.get_ref().type_str());
        self.error("wrong-type", value.span(), &message, &format!("Write {wanted}."));
    }

    fn unknown_key(&mut self, key: &Spanned<Cow<'_, str>>, known: &[&str]) {
        let help = suggestion(key.get_ref(), known.iter().copied())
            .unwrap_or_else(|| format!("Known here: {}.", known.join(", ")));
        self.error("unknown-key", key.span(), &format!("There is no key `{}` here.", key.get_ref()), &help);
    }

    fn error(&mut self, rule: &'static str, span: Range<usize>, message: &str, help: &str) {
        self.find((rule, "", Severity::Error), span, message, help);
    }

    fn warning(
        &mut self,
        (rule, source): (&'static str, &'static str),
        span: Range<usize>,
        message: &str,
        help: &str,
    ) {
        self.find((rule, source, Severity::Warning), span, message, help);
    }

    fn find(
        &mut self,
        (rule, source, severity): (&'static str, &'static str, Severity),
        span: Range<usize>,
        message: &str,
        help: &str,
    ) {
        let (line, column) = place(self.text, span.start);
        let (file, message, help) = (self.path.to_owned(), message.to_owned(), help.to_owned());
        self.findings.push(Finding { rule, source, severity, file, span, line, column, message, help });
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let near = known.map(|k| (strsim::damerau_levenshtein(word, k), k)).min()?;
    (near.0 <= 3 && near.0 < word.chars().count()).then(|| format!("Did you mean `{}`?", near.1))
}

/// What a queue is if its file says nothing; the manual in `ops/queues.toml` tells the same.
fn default_queue(id: QueueId) -> QueueConfig {
    QueueConfig {
        id,
        skills: BTreeMap::new(),
        strategy: StrategyKind::LongestIdle,
        priority: 50,
        ring_time: THREE_RINGS,
        wrap_up: Duration::from_secs(30),
        service_target: ServiceTarget { percent: 80, within: Duration::from_secs(20) },
        limit: None,
        max_wait: Some(Duration::from_secs(15 * 60)),
        overflow: OverflowTarget::Message,
        announce_every: Some(Duration::from_secs(30)),
        hold_audio: "system.hold".to_owned(),
    }
}

#[cfg(test)]
mod tests;
