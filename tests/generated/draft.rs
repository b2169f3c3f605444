//! Numbers to menu files with everything a menu needs to be read, so that only the ways differ.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use hotline::ids::{EntryId, MenuId, PlanId, QueueId};
use hotline::menu::Sources;
use hotline::menu::view::{CalendarClass, CalendarView, PlanView, QueueView, Views, WhenClosed};

use crate::raw::{RawCollect, RawMenu, RawSet, To};

const SCHEDULES: [&str; 2] = ["day", "office"];

/// What the sample says by itself is said here too.
const SYSTEM: &str = include_str!("../../menus/system.toml");

fn menu_name(number: usize) -> String {
    if number == 0 { "main".to_owned() } else { format!("menu-{number}") }
}

fn queue_name(number: usize) -> String {
    format!("queue-{number}")
}

pub fn sources(set: &RawSet) -> Sources {
    let menus = set.menus.iter().enumerate();
    let mut files: Vec<(String, String)> = menus
        .map(|(number, menu)| (format!("menus/{}.toml", menu_name(number)), menu_text(set, number, menu)))
        .collect();
    let straight = if set.elderly.is_multiple_of(2) { "true" } else { "false" };
    let other = if straight == "true" { "false" } else { "true" };
    let own = format!("straight_to_person = {straight}");
    let system = SYSTEM.replace(&format!("straight_to_person = {other}"), &own);
    // Words of texts are none of our business here, and so are packs.
    let system = system.replace("packs = [\"cn-banking\", \"pci\"]\n", "");
    files.push(("menus/system.toml".to_owned(), system));
    Sources {
        files,
        mains: vec![(EntryId::new("1"), MenuId::new("main"))],
        views: views(set),
        manifest: None,
    }
}

fn views(set: &RawSet) -> Views {
    let count = set.queues.len();
    let queue = |(number, (hours, closed)): (usize, &(u8, u8))| {
        let hours = hours.checked_sub(1).map(|hours| SCHEDULES[usize::from(hours) % 2].to_owned());
        let when_closed = match usize::from(*closed) % (count + 2) {
            0 => WhenClosed::Message,
            1 => WhenClosed::Callback,
            // Never to itself: that is refused when the queues are read.
            other if other - 2 == number => WhenClosed::Message,
            other => WhenClosed::Queue(QueueId::new(&queue_name(other - 2))),
        };
        (QueueId::new(&queue_name(number)), QueueView { hours, when_closed })
    };
    let class = |(number, (open, holiday)): (usize, &(u8, bool))| CalendarClass {
        open: (0..2).filter(|bit| open >> bit & 1 == 1).map(|bit| SCHEDULES[bit].to_owned()).collect(),
        holiday: *holiday,
        example: format!("moment {number}"),
    };
    let plan = |(number, instead): (usize, &bool)| PlanView {
        name: PlanId::new(&format!("plan-{number}")),
        announcement: number == 0,
        instead_of_people: *instead,
    };
    Views {
        queues: Some(set.queues.iter().enumerate().map(queue).collect::<BTreeMap<_, _>>()),
        calendar: Some(CalendarView {
            schedules: SCHEDULES.into_iter().map(str::to_owned).collect(),
            classes: set.classes.iter().enumerate().map(class).collect(),
        }),
        plans: set.plans.iter().enumerate().map(plan).collect(),
        services: Some(BTreeSet::from(["bank".to_owned()])),
        transfer_prefixes: Some(vec!["955".to_owned()]),
        plans_by_telephone: false,
    }
}

/// Everything a target of this menu can name; the first ones are the tame ones.
fn targets(set: &RawSet, menu: &RawMenu) -> Vec<String> {
    let words = ["repeat", "person", "back", "top", "message", "end", "elderly"];
    let mut all: Vec<String> = words.map(|word| format!("\"{word}\"")).to_vec();
    let mut named = |kind: &str, names: Vec<String>| {
        all.extend(names.into_iter().map(|name| format!("{{ {kind} = \"{name}\" }}")));
    };
    let numbered = |kind: &str, count: usize| (0..count).map(|at| format!("{kind}-{at}")).collect::<Vec<_>>();
    named("menu", (0..set.menus.len()).map(menu_name).collect());
    named("queue", (0..set.queues.len()).map(queue_name).collect());
    named("information", numbered("information", menu.information.len()));
    named("collect", numbered("collect", menu.collects.len()));
    named("branch", numbered("branch", menu.branches.len()));
    named("lookup", numbered("lookup", menu.lookups.len()));
    named("verify", numbered("verify", usize::from(has_verify(menu))));
    named("survey", numbered("survey", usize::from(menu.survey.is_some())));
    named("complaint", numbered("complaint", usize::from(has_complaint(menu))));
    named("callback", vec![queue_name(0)]);
    named("transfer", vec!["95500".to_owned()]);
    all
}

fn has_verify(menu: &RawMenu) -> bool {
    menu.verify.is_some() && !menu.collects.is_empty()
}

fn has_complaint(menu: &RawMenu) -> bool {
    menu.complaint && !menu.collects.is_empty()
}

/// A term that there is, by number.
fn term(set: &RawSet, number: u8) -> String {
    let mut terms = vec![
        "open = \"day\"".to_owned(),
        "closed = \"office\"".to_owned(),
        "holiday = true".to_owned(),
        "caller = \"vip\"".to_owned(),
        "caller = \"elderly\"".to_owned(),
        "language = \"en-US\"".to_owned(),
        "verified = \"verified\"".to_owned(),
        "field = \"state\"\nis = \"ready\"".to_owned(),
        "queue = \"queue-0\"\nwaiting_above = 10".to_owned(),
    ];
    terms.extend((0..set.plans.len()).map(|plan| format!("plan = \"plan-{plan}\"")));
    terms[usize::from(number) % terms.len()].clone()
}

struct Writer<'s> {
    set: &'s RawSet,
    targets: Vec<String>,
    text: String,
}

impl Writer<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn to(&mut self, key: &str, to: To) {
        let target = self.targets[usize::from(to) % self.targets.len()].clone();
        self.line(format!("{key} = {target}"));
    }

    fn say(&mut self, what: &str) {
        self.line(format!("text = {{ zh-CN = \"请听{what}。\", en-US = \"This is {what}.\" }}"));
    }

    fn rows(&mut self, table: &str, rows: &[(u8, To)]) {
        for (number, to) in rows {
            self.line(format!("[[{table}]]"));
            self.line(term(self.set, *number));
            self.to("leads_to", *to);
        }
    }
}

fn menu_text(set: &RawSet, number: usize, menu: &RawMenu) -> String {
    let mut writer = Writer { set, targets: targets(set, menu), text: String::new() };
    let person = queue_name(usize::from(menu.person) % set.queues.len());
    writer.line(format!("person = \"{person}\""));
    if number == 0 {
        writer.line("notice = { zh-CN = \"通话录音。\", en-US = \"This is recorded.\" }");
    }
    let (silences, wrong) = menu.timing;
    writer.line(format!("[timing]\nsilences = {silences}\nwrong_keys = {wrong}"));
    writer.rows("when", &menu.on_entry);
    let mut choices: Vec<(String, String)> = Vec::new();
    for (at, to) in menu.choices.iter().enumerate() {
        let target = writer.targets[usize::from(*to) % writer.targets.len()].clone();
        choices.push((["一号事项", "二号事项", "三号事项"][at].to_owned(), target));
    }
    if number == 0 {
        choices.push(("投诉".to_owned(), format!("{{ queue = \"{}\" }}", queue_name(0))));
        choices.push((
            "English".to_owned(),
            "{ language = { zh-CN = \"en-US\", en-US = \"zh-CN\" } }".to_owned(),
        ));
    }
    for (at, (name, target)) in choices.iter().enumerate() {
        let key = at + 1;
        let english = if name == "投诉" { "complaints" } else { "this matter" };
        let text = match name.as_str() {
            "English" => {
                format!("{{ zh-CN = \"For English, press {key}.\", en-US = \"中文服务请按{key}。\" }}")
            }
            _ => format!("{{ zh-CN = \"{name}请按{key}。\", en-US = \"For {english}, press {key}.\" }}"),
        };
        writer.line(format!("[[choice]]\nkey = \"{key}\"\ntext = {text}\nleads_to = {target}"));
    }
    nodes(&mut writer, menu);
    writer.text
}

fn nodes(writer: &mut Writer<'_>, menu: &RawMenu) {
    for (at, to) in menu.information.iter().enumerate() {
        writer.line(format!("[information.information-{at}]"));
        writer.say("news");
        writer.to("leads_to", *to);
    }
    for (at, collect) in menu.collects.iter().enumerate() {
        collected(writer, at, collect);
    }
    for (at, (rows, otherwise)) in menu.branches.iter().enumerate() {
        writer.line(format!("[branch.branch-{at}]"));
        writer.to("otherwise", *otherwise);
        writer.rows(&format!("branch.branch-{at}.when"), rows);
    }
    for (at, (rows, to, failed)) in menu.lookups.iter().enumerate() {
        writer.line(format!("[lookup.lookup-{at}]\nservice = \"bank\"\npath = \"/state\""));
        if !menu.collects.is_empty() {
            writer.line("send = [\"collect-0\"]");
        }
        writer.to("leads_to", *to);
        writer.to("failed", *failed);
        writer.rows(&format!("lookup.lookup-{at}.when"), rows);
    }
    if let Some((attempts, to, failed)) = menu.verify.filter(|_| has_verify(menu)) {
        let attempts = attempts % 3 + 1;
        writer.line("[verify.verify-0]\nservice = \"bank\"\npath = \"/verify\"\nlevel = \"verified\"");
        let ask: Vec<String> = (0..menu.collects.len()).map(|at| format!("\"collect-{at}\"")).collect();
        writer.line(format!("attempts = {attempts}\nask = [{}]", ask.join(", ")));
        writer.to("leads_to", to);
        writer.to("failed", failed);
    }
    if let Some((most, to)) = menu.survey {
        writer.line("[survey.survey-0]");
        writer.to("leads_to", to);
        let most = most % 2 + 2;
        writer.line("[[survey.survey-0.question]]\nname = \"content\"");
        let mut text = String::new();
        for key in 1..=most {
            let _ = write!(text, "答{key}请按{key}，");
        }
        writer
            .line(format!("text = {{ zh-CN = \"{text}\", en-US = \"Press 1 to {most}.\" }}\nmost = {most}"));
    }
    if has_complaint(menu) {
        writer.line("[complaint.complaint-0]\nask = [\"collect-0\"]");
    }
}

fn collected(writer: &mut Writer<'_>, at: usize, collect: &RawCollect) {
    let RawCollect { form, confirm, retries, to } = collect;
    writer.line(format!("[collect.collect-{at}]"));
    let (name, min, max) = match form {
        0 => ("digits", 2, 4),
        1 => ("date", 8, 8),
        2 => ("card", 16, 16),
        _ => ("amount", 1, 4),
    };
    writer.line("text = { zh-CN = \"请输入数字。\", en-US = \"Please enter it.\" }");
    writer.line(format!("form = \"{name}\"\nmin = {min}\nmax = {max}\nretries = {retries}"));
    if name == "card" {
        writer.line("secret = true");
    } else if *confirm {
        writer.line("confirm = true");
    }
    writer.to("leads_to", *to);
}

/// The files, for people who read what was found.
pub fn shown(sources: &Sources) -> String {
    let menus = sources.files.iter().filter(|(path, _)| !path.ends_with("system.toml"));
    let files: String = menus.map(|(path, text)| format!("# {path}\n{text}\n")).collect();
    format!("{files}\n{:?}", sources.views)
}
