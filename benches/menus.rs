//! Checking and proving 200 menus with 1,500 prompts in two languages, on eight situations of the
//! calendar and two plans: `cargo bench --bench menus`. Beside it the time that merely reading the
//! same files as TOML takes.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

use hotline::ids::{EntryId, MenuId, PlanId, QueueId};
use hotline::menu::length::Measured;
use hotline::menu::prove::prove;
use hotline::menu::view::{CalendarClass, CalendarView, PlanView, QueueView, Views, WhenClosed};
use hotline::menu::{Sources, compile};

const MENUS: usize = 200;

fn bilingual(chinese: &str, english: &str) -> String {
    format!("{{ zh-CN = \"{chinese}\", en-US = \"{english}\" }}")
}

/// Menus below the main one, in a tree of six choices a menu; the last ones tell, ask and decide.
fn menu(number: usize) -> String {
    let mut text = String::new();
    if number == 0 {
        let notice = bilingual("本次通话将被录音。", "This call is recorded.");
        let _ = write!(text, "person = \"general\"\nnotice = {notice}\n");
    }
    for key in 1..=6 {
        let below = number * 6 + key;
        let leads_to = match key {
            _ if below < MENUS => format!("{{ menu = \"{}\" }}", name(below)),
            1 => "{ information = \"about\" }".to_owned(),
            2 => "{ branch = \"hours\" }".to_owned(),
            3 => "{ collect = \"number\" }".to_owned(),
            4 => "{ lookup = \"state\" }".to_owned(),
            _ => "{ queue = \"general\" }".to_owned(),
        };
        let said =
            bilingual(&format!("第{below}项业务请按{key}。"), &format!("For service {below}, press {key}."));
        let _ = write!(text, "\n[[choice]]\nkey = \"{key}\"\ntext = {said}\nleads_to = {leads_to}\n");
    }
    if number * 6 + 4 >= MENUS {
        let said = bilingual("这里是一段说明，内容并不长。", "Here is a short explanation of it.");
        let enter = bilingual("请输入号码。", "Please enter the number.");
        let _ = write!(
            text,
            "\n[information.about]\ntext = {said}\n\
             \n[branch.hours]\notherwise = {{ information = \"about\" }}\n\
             \n[[branch.hours.when]]\nopen = \"office-{}\"\nleads_to = {{ queue = \"general\" }}\n\
             \n[collect.number]\ntext = {enter}\nmin = 4\nmax = 8\nleads_to = {{ lookup = \"state\" }}\n\
             \n[lookup.state]\nservice = \"bank\"\npath = \"/state\"\nsend = [\"number\"]\n\
             leads_to = {{ information = \"about\" }}\n",
            number % 3,
        );
    }
    text
}

fn name(number: usize) -> String {
    if number == 0 { "main".to_owned() } else { format!("menu-{number}") }
}

fn sources() -> Sources {
    let mut files: Vec<(String, String)> =
        (0..MENUS).map(|number| (format!("menus/{}.toml", name(number)), menu(number))).collect();
    files.push(("menus/system.toml".to_owned(), include_str!("../menus/system.toml").to_owned()));
    let class = |number: usize| CalendarClass {
        open: (0..3).filter(|bit| number >> bit & 1 == 1).map(|bit| format!("office-{bit}")).collect(),
        holiday: false,
        example: format!("situation {number}"),
    };
    let plan = |name: &str, instead_of_people| PlanView {
        name: PlanId::new(name),
        announcement: true,
        instead_of_people,
    };
    let queue = |hours: Option<&str>, when_closed| QueueView { hours: hours.map(str::to_owned), when_closed };
    let night = QueueId::new("night");
    Sources {
        files,
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
        views: Views {
            queues: Some(
                [
                    (QueueId::new("general"), queue(Some("office-0"), WhenClosed::Queue(night.clone()))),
                    (night, queue(None, WhenClosed::Message)),
                ]
                .into(),
            ),
            calendar: Some(CalendarView {
                schedules: (0..3).map(|bit| format!("office-{bit}")).collect(),
                classes: (0..8).map(class).collect(),
            }),
            plans: vec![plan("storm", false), plan("surge", true)],
            services: Some(["bank".to_owned()].into()),
            transfer_prefixes: None,
        },
        manifest: None,
    }
}

fn menus(criterion: &mut Criterion) {
    let sources = sources();
    let compiled = compile(&sources);
    let proof = compiled.proof.as_ref().expect("the menus are resolved");
    let program = compiled.program.as_ref().unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    assert!(proof.holds() && program.prompts().len() >= 1_500, "{}", program.prompts().len());
    println!(
        "{} menus, {} prompts, {} states, {} transitions, {} situations",
        MENUS,
        program.prompts().len(),
        proof.states,
        proof.transitions,
        proof.differing,
    );
    let mut group = criterion.benchmark_group("menus");
    group.sample_size(10);
    group.bench_function("read as TOML", |bench| {
        bench.iter(|| {
            for (_, text) in &sources.files {
                black_box(text.parse::<toml::Table>().ok());
            }
        });
    });
    group.bench_function("prove", |bench| bench.iter(|| black_box(prove(program, &Measured::new()))));
    group.bench_function("check and prove", |bench| bench.iter(|| black_box(compile(&sources))));
    group.finish();
}

criterion_group!(benches, menus);
criterion_main!(benches);
