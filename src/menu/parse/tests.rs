//! What may stand in the files, key by key: a hotline that uses all of the language is clean, and
//! each mistake in it is found at its place.

mod mistakes;
mod tables;

use crate::config::finding::Finding;
use crate::ids::{EntryId, MenuId, PlanId, QueueId};
use crate::menu::view::{CalendarClass, CalendarView, PlanView, QueueView, Views, WhenClosed};
use crate::menu::{Sources, compile};

/// A hotline that uses all of the language.
pub(in crate::menu) fn sources() -> Sources {
    let files = [
        ("menus/account.toml", include_str!("tests/account.toml")),
        ("menus/main.toml", include_str!("tests/main.toml")),
        ("menus/night.toml", include_str!("tests/night.toml")),
        ("menus/system.toml", include_str!("tests/system.toml")),
        ("menus/voice.toml", include_str!("tests/voice.toml")),
    ];
    Sources {
        files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec(),
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
        views: views(),
        manifest: None,
    }
}

fn views() -> Views {
    let queue = |hours: Option<&str>, when_closed| QueueView { hours: hours.map(str::to_owned), when_closed };
    let queues = [
        ("general", queue(Some("office"), WhenClosed::Queue(QueueId::new("night")))),
        ("cards", queue(None, WhenClosed::Message)),
        ("complaints", queue(Some("office"), WhenClosed::Queue(QueueId::new("general")))),
        ("night", queue(Some("night"), WhenClosed::Queue(QueueId::new("cards")))),
    ];
    let class = |open: &[&str], holiday, example: &str| CalendarClass {
        open: open.iter().map(|name| (*name).to_owned()).collect(),
        holiday,
        example: example.to_owned(),
    };
    let classes = vec![
        class(&["office"], false, "Monday 10:00"),
        class(&["office", "canteen"], false, "Monday 12:00"),
        class(&["night"], false, "Monday 23:00"),
        class(&["night"], true, "1 May 23:00"),
        class(&[], false, "Sunday 10:00"),
    ];
    let schedules = ["office", "night", "canteen"].map(str::to_owned).into();
    Views {
        queues: Some(queues.map(|(id, view)| (QueueId::new(id), view)).into()),
        calendar: Some(CalendarView { schedules, classes }),
        plans: vec![PlanView { name: PlanId::new("storm"), announcement: true, instead_of_people: false }],
        services: Some(["bank".to_owned()].into()),
        transfer_prefixes: Some(vec!["955".to_owned()]),
        plans_by_telephone: false,
    }
}

/// With `from` replaced by `to` in a file: what is found.
pub(in crate::menu) fn changed(sources: &Sources, file: &str, from: &str, to: &str) -> Sources {
    let mut sources = sources.clone();
    let path = format!("menus/{file}.toml");
    let (_, text) = sources.files.iter_mut().find(|(p, _)| *p == path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
    sources
}

/// As `rule file:line`.
fn places(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{} {}:{}", f.rule, f.file, f.line)).collect()
}

#[test]
fn all_of_the_language_is_clean() {
    let compiled = compile(&sources());
    assert_eq!(compiled.findings, []);
    assert!(compiled.program.is_some());
}

#[test]
fn what_is_around_need_not_be_known() {
    let mut sources = sources();
    sources.views = Views { plans: sources.views.plans, ..Views::default() };
    assert_eq!(compile(&sources).findings, []);
}
