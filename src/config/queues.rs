//! `ops/queues.toml`: the queues callers wait in. The sample file is the manual of its keys.
//!
//! Everything wrong is found at once; a setting that is wrong keeps its default, so that the rest
//! can be checked too. With a finding of severity error nothing of the file is to be used.

mod chains;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeTable;

use crate::acd::api::{QueueConfig, ServiceTarget, StrategyKind};
use crate::config::finding::Finding;
use crate::config::page::{Page, Value, set, suggestion};
use crate::event::OverflowTarget;
use crate::ids::{QueueId, Skill};
use crate::menu::view::{QueueView, WhenClosed};
use chains::Chain;

pub use crate::config::page::parse_duration;

/// Keys of a queue, for suggestions.
const KEYS: [&str; 13] = [
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
    "hours",
    "when_closed",
];

/// Three rings: 1 s tone, 4 s pause (HB-ring).
const THREE_RINGS: Duration = Duration::from_secs(15);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// The queues as routing and as menus see them, and what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct QueueFile {
    pub queues: Vec<QueueConfig>,
    pub views: BTreeMap<QueueId, QueueView>,
    pub findings: Vec<Finding>,
}

/// Reads the text of a queue file; `path` is only for findings. Without `schedules` the names of
/// schedules are not checked.
pub fn read(path: &str, text: &str, schedules: Option<&BTreeSet<String>>) -> QueueFile {
    let (page, root) = Page::open(path, text);
    let mut reader = Reader {
        page,
        schedules,
        views: BTreeMap::new(),
        overflows: BTreeMap::new(),
        closings: BTreeMap::new(),
    };
    let queues = reader.root(&root);
    reader.check_chains(&queues);
    QueueFile { queues, views: reader.views, findings: reader.page.close() }
}

/// As [`read`], for those who care for routing only.
pub fn parse(path: &str, text: &str) -> (Vec<QueueConfig>, Vec<Finding>) {
    let file = read(path, text, None);
    (file.queues, file.findings)
}

struct Reader<'a> {
    page: Page<'a>,
    schedules: Option<&'a BTreeSet<String>>,
    views: BTreeMap<QueueId, QueueView>,
    /// Where each queue's targets stand.
    overflows: BTreeMap<QueueId, Range<usize>>,
    closings: BTreeMap<QueueId, Range<usize>>,
}

impl Reader<'_> {
    fn root(&mut self, root: &DeTable<'_>) -> Vec<QueueConfig> {
        let mut queues = Vec::new();
        for (key, value) in root {
            if key.get_ref() != "queues" {
                self.page.unknown_key(key, &["queues"]);
                continue;
            }
            let Some(table) = self.page.table("queues", value) else { continue };
            for (name, value) in table {
                queues.extend(self.queue(name, value));
            }
        }
        if queues.is_empty() && self.page.is_clean() {
            self.page.error(
                "no-queue",
                0..0,
                "There is no queue: nobody could ever reach a person.",
                "Write at least one, beginning with `[queues.general]`.",
            );
        }
        queues
    }

    fn queue(&mut self, name: &Spanned<Cow<'_, str>>, value: &Value<'_>) -> Option<QueueConfig> {
        let table = self.page.table(name.get_ref(), value)?;
        self.page.name("queue", name);
        let mut queue = default_queue(QueueId::new(name.get_ref()));
        let mut view = QueueView::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "hours" => view.hours = self.hours(value),
                "when_closed" => {
                    set(&mut view.when_closed, self.when_closed(value));
                    self.closings.insert(queue.id.clone(), value.span());
                }
                _ => self.setting(&mut queue, key, value),
            }
        }
        if let (None, Some(at)) = (&view.hours, self.closings.get(&queue.id)) {
            let message = format!("`{}` never closes, so nobody is sent on.", queue.id);
            self.page.warning(
                ("never-closed", ""),
                at.clone(),
                &message,
                "Write its `hours`, or leave it out.",
            );
        }
        self.views.insert(queue.id.clone(), view);
        Some(queue)
    }

    fn setting(&mut self, queue: &mut QueueConfig, key: &Spanned<Cow<'_, str>>, value: &Value<'_>) {
        let name = key.get_ref().as_ref();
        match name {
            "skills" => queue.skills = self.skills(value),
            "strategy" => self.strategy(value),
            "priority" => set(&mut queue.priority, self.page.number(name, value, 1..=100)),
            "ring_time" => {
                set(&mut queue.ring_time, self.page.duration(name, value, SECOND..=Duration::from_secs(60)));
                self.ring_time(queue.ring_time, value.span());
            }
            "wrap_up" => set(&mut queue.wrap_up, self.page.duration(name, value, Duration::ZERO..=HOUR)),
            "service_target" => self.service_target(&mut queue.service_target, value),
            "limit" => set(&mut queue.limit, self.page.number(name, value, 0..=100_000).map(Some)),
            "max_wait" => set(&mut queue.max_wait, self.page.duration_or_never(name, value, SECOND..=DAY)),
            "overflow" => {
                set(&mut queue.overflow, self.overflow(value));
                self.overflows.insert(queue.id.clone(), value.span());
            }
            "announce_every" => {
                let range = Duration::from_secs(5)..=HOUR;
                set(&mut queue.announce_every, self.page.duration_or_never(name, value, range));
                self.announcements(queue.announce_every, value.span());
            }
            "hold_audio" => set(&mut queue.hold_audio, self.page.string(name, value).map(str::to_owned)),
            _ => self.page.unknown_key(key, &KEYS),
        }
    }

    fn skills(&mut self, value: &Value<'_>) -> BTreeMap<Skill, u8> {
        let Some(table) = self.page.table("skills", value) else { return BTreeMap::new() };
        let mut skills = BTreeMap::new();
        for (skill, level) in table {
            if let Some(level) = self.page.number(skill.get_ref(), level, 1..=10) {
                skills.insert(Skill::new(skill.get_ref()), level);
            }
        }
        skills
    }

    fn strategy(&mut self, value: &Value<'_>) {
        // Only one so far, so there is nothing to set.
        if let Some(text) = self.page.string("strategy", value)
            && text != "longest idle"
        {
            let message = format!("There is no strategy `{text}`.");
            self.page.error("unknown-strategy", value.span(), &message, "Write `longest idle`.");
        }
    }

    fn service_target(&mut self, target: &mut ServiceTarget, value: &Value<'_>) {
        let Some(table) = self.page.table("service_target", value) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "percent" => set(&mut target.percent, self.page.number("percent", value, 1..=100)),
                "within" => set(&mut target.within, self.page.duration("within", value, SECOND..=HOUR)),
                _ => self.page.unknown_key(key, &["percent", "within"]),
            }
        }
    }

    fn overflow(&mut self, value: &Value<'_>) -> Option<OverflowTarget> {
        const HELP: &str = "Write `\"message\"` or `{ queue = \"NAME\" }`.";
        if let Some(text) = value.get_ref().as_str() {
            if text == "message" {
                return Some(OverflowTarget::Message);
            }
            self.page.error(
                "unknown-target",
                value.span(),
                &format!("Callers cannot overflow to `{text}`."),
                HELP,
            );
            return None;
        }
        self.queue_target("overflow", value, HELP).map(OverflowTarget::Queue)
    }

    fn ring_time(&mut self, ring_time: Duration, span: Range<usize>) {
        if ring_time > THREE_RINGS {
            self.page.warning(
                ("ring-time", "HB-ring"),
                span,
                "A telephone may ring for three rings, 15 s, before the call goes to another agent.",
                "Write `15 s` or less.",
            );
        }
    }

    fn announcements(&mut self, every: Option<Duration>, span: Range<usize>) {
        if every.is_none() {
            self.page.warning(
                ("position-told", "HB-hold"),
                span,
                "Callers in this queue never hear their position.",
                "Write a time, e.g. `30 s`.",
            );
        }
    }

    /// Targets exist, and nobody is sent in a circle: when a queue overflows, nor at night.
    fn check_chains(&mut self, queues: &[QueueConfig]) {
        let overflows = queues.iter().filter_map(|queue| match &queue.overflow {
            OverflowTarget::Queue(to) => Some((&queue.id, to)),
            OverflowTarget::Message | OverflowTarget::Callback => None,
        });
        let closings = self.views.iter().filter_map(|(id, view)| match &view.when_closed {
            WhenClosed::Queue(to) => Some((id, to)),
            WhenClosed::Message | WhenClosed::Callback => None,
        });
        let names: BTreeSet<&str> = queues.iter().map(|queue| queue.id.as_str()).collect();
        Chain { next: overflows.collect(), places: &self.overflows, names: &names, words: &chains::OVERFLOW }
            .check(&mut self.page);
        Chain { next: closings.collect(), places: &self.closings, names: &names, words: &chains::CLOSED }
            .check(&mut self.page);
    }

    fn hours(&mut self, value: &Value<'_>) -> Option<String> {
        let schedule = self.page.string("hours", value)?;
        if let Some(known) = self.schedules.filter(|known| !known.contains(schedule)) {
            let help = suggestion(schedule, known.iter().map(String::as_str))
                .unwrap_or_else(|| format!("Write `[hours.{schedule}]` in calendar.toml, or another name."));
            let message = format!("The calendar has no schedule `{schedule}`.");
            self.page.error("unknown-schedule", value.span(), &message, &help);
        }
        Some(schedule.to_owned())
    }

    fn when_closed(&mut self, value: &Value<'_>) -> Option<WhenClosed> {
        const HELP: &str = "Write `\"message\"`, `\"callback\"` or `{ queue = \"NAME\" }`.";
        match value.get_ref().as_str() {
            Some("message") => return Some(WhenClosed::Message),
            Some("callback") => return Some(WhenClosed::Callback),
            Some(other) => {
                let message = format!("Callers cannot be sent to `{other}` when the queue is closed.");
                self.page.error("unknown-target", value.span(), &message, HELP);
                return None;
            }
            None => {}
        }
        self.queue_target("when_closed", value, HELP).map(WhenClosed::Queue)
    }

    /// `{ queue = "NAME" }`.
    fn queue_target(&mut self, name: &str, value: &Value<'_>, help: &str) -> Option<QueueId> {
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            self.page.error("wrong-type", value.span(), &format!("`{name}` cannot be a {found}."), help);
            return None;
        };
        let mut target = None;
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "queue" => target = self.page.string("queue", value).map(QueueId::new),
                _ => self.page.unknown_key(key, &["queue"]),
            }
        }
        target
    }
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
