//! A hotline with everything a menu may hold, published without files of sound: every prompt is a
//! short clip that says nothing.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hotline::config::finding::Severity;
use hotline::config::published::{CallbackSettings, Published};
use hotline::config::{calendar, plans, queues};
use hotline::ids::*;
use hotline::media::command::{Clip, PromptTable};
use hotline::menu::view::{CalendarClass, CalendarView, QueueView, Views};
use hotline::menu::{Sources, compile};
use hotline::now::Wall;

const PLANS: &str = r#"
[plans.storm]
kind = "disaster"
announcement = { en-US = "There is a storm." }
ends_after = "1 h"
"#;

const CALENDAR: &str = r#"
time_zone = "Asia/Shanghai"

[hours.office]
weekdays = "09:00-17:00"
"#;

/// Milliseconds of a prompt; what callers press keys in takes longer.
fn length(name: &str) -> usize {
    match name {
        "system.transfer_failed" | "system.callback.thanks" => 3_000,
        name if name.starts_with("say.") || name.starts_with("system.digit") => 100,
        _ => 600,
    }
}

fn clip(name: &str) -> Clip {
    let sound: Arc<[u8]> = vec![0xFF; 8 * length(name)].into();
    let mut hash = [0; 32];
    for (at, byte) in name.bytes().enumerate() {
        hash[at % 32] ^= byte.rotate_left((at / 32) as u32);
    }
    Clip { hash: PromptHash(hash), pcmu: sound.clone(), pcma: sound }
}

fn files() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sim/menus");
    let read = |name: &str| (name.to_owned(), std::fs::read_to_string(directory.join(name)).unwrap());
    ["main.toml", "system.toml"].map(read).to_vec()
}

/// Made once.
pub fn published() -> Arc<Published> {
    static FULL: OnceLock<Arc<Published>> = OnceLock::new();
    FULL.get_or_init(|| Arc::new(make())).clone()
}

fn make() -> Published {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("ops/queues.toml")).unwrap();
    let mut queues = queues::parse("queues.toml", &text).0;
    for queue in queues.iter_mut().filter(|queue| queue.id.as_str() == "general") {
        // A day is short.
        queue.max_wait = Some(Duration::from_secs(120));
    }
    let plans = plans::read("plans.toml", PLANS, &[Language::new("en-US")]);
    let (calendar, findings) = calendar::parse("calendar.toml", CALENDAR);
    assert!(findings.iter().all(|f| f.severity != Severity::Error), "{findings:#?}");
    let class = |open: &[&str]| CalendarClass {
        open: open.iter().map(|name| (*name).to_owned()).collect(),
        ..CalendarClass::default()
    };
    let views = Views {
        queues: Some(queues.iter().map(|q| (q.id.clone(), QueueView::default())).collect()),
        calendar: Some(CalendarView {
            schedules: ["office".to_owned()].into(),
            classes: vec![class(&["office"]), class(&[])],
        }),
        plans: plans.plans.iter().map(plans::PlanConfig::view).collect(),
        ..Views::default()
    };
    let mains = vec![(EntryId::new("95599"), MenuId::new("main"))];
    let compiled = compile(&Sources { files: files(), mains, views, manifest: None });
    let program = compiled.program.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    let mut prompts = PromptTable::default();
    let plan = plans.plans.iter().map(|plan| plans::PlanConfig::prompt(&plan.name).0);
    let of_menus = program.prompts().iter().map(|prompt| prompt.name.0.clone());
    for name in of_menus.chain(plan).chain(["system.hold", "system.beep"].map(str::to_owned)) {
        prompts.insert("en-US", &name, clip(&name));
        prompts.insert("en-US+slow", &name, clip(&format!("{name} slowly")));
    }
    Published {
        version: ConfigVersion(1),
        digest: "full".into(),
        by: "test".into(),
        reason: "test".into(),
        at: Wall(0),
        program: Arc::new(program),
        queues,
        prompts: Arc::new(prompts),
        calendar: Some(Arc::new(calendar)),
        plans: plans.plans,
        callback: CallbackSettings { prefixes: vec!["138".into(), "139".into()], per_number_a_day: 3 },
    }
}
