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
use hotline::menu::{Sources, compile, system};

/// Dialled numbers with a main menu of their own; menus below a main menu, and below each of those.
const ENTRIES: usize = 4;
const BELOW: usize = 7;
const LAST: usize = 6;
const MENUS: usize = ENTRIES * (1 + BELOW + BELOW * LAST);

fn bilingual(chinese: &str, english: &str) -> String {
    format!("{{ zh-CN = \"{chinese}\", en-US = \"{english}\" }}")
}

/// Choices with the keys from 1.
fn choices(targets: impl IntoIterator<Item = String>) -> String {
    let mut text = String::new();
    for (key, leads_to) in (1..).zip(targets) {
        let said =
            bilingual(&format!("第{key}项业务请按{key}。"), &format!("For service {key}, press {key}."));
        let _ = write!(text, "\n[[choice]]\nkey = \"{key}\"\ntext = {said}\nleads_to = {leads_to}\n");
    }
    text
}

fn leads_to_menus(name: &str, count: usize) -> Vec<String> {
    (1..=count).map(|below| format!("{{ menu = \"{name}-{below}\" }}")).collect()
}

/// A menu of the lowest level: it tells, asks and decides.
fn last(number: usize) -> String {
    let targets = [
        "{ information = \"about\" }",
        "{ branch = \"hours\" }",
        "{ collect = \"number\" }",
        "{ lookup = \"state\" }",
        "{ queue = \"general\" }",
        "\"end\"",
    ];
    let about = bilingual("这里是一段说明，内容并不长。", "Here is a short explanation of it.");
    let enter = bilingual("请输入号码。", "Please enter the number.");
    choices(targets.map(str::to_owned))
        + &format!(
            "\n[information.about]\ntext = {about}\n\
             \n[branch.hours]\notherwise = {{ information = \"about\" }}\n\
             \n[[branch.hours.when]]\nopen = \"office-{}\"\nleads_to = {{ queue = \"general\" }}\n\
             \n[collect.number]\ntext = {enter}\nmin = 4\nmax = 8\nleads_to = {{ lookup = \"state\" }}\n\
             \n[lookup.state]\nservice = \"bank\"\npath = \"/state\"\nsend = [\"number\"]\n\
             leads_to = {{ information = \"about\" }}\n",
            number % 3,
        )
}

fn menus_of(entry: usize) -> Vec<(String, String)> {
    let main = format!("entry{entry}");
    let notice = bilingual("本次通话将被录音。", "This call is recorded.");
    let head = format!("person = \"general\"\nnotice = {notice}\n");
    let mut menus = vec![(main.clone(), head + &choices(leads_to_menus(&main, BELOW)))];
    for middle in 1..=BELOW {
        let name = format!("{main}-{middle}");
        menus.push((name.clone(), choices(leads_to_menus(&name, LAST))));
        menus.extend((1..=LAST).map(|number| (format!("{name}-{number}"), last(number))));
    }
    menus
}

/// The texts of the sample, and a short one for all else that may be said.
fn system_file() -> String {
    let sample: toml::Table =
        toml::from_str(include_str!("../menus/system.toml")).expect("the sample is read");
    let mut text = String::from("languages = [\"zh-CN\", \"en-US\"]\n[text]\n");
    for name in system::names() {
        let known = sample.get("text").and_then(|texts| texts.get(name));
        let said = |language, usual: &str| {
            let known = known.and_then(|texts| texts.get(language)).and_then(toml::Value::as_str);
            known.unwrap_or(usual).to_owned()
        };
        let said = bilingual(&said("zh-CN", "请稍候。"), &said("en-US", "One moment, please."));
        let _ = writeln!(text, "\"{name}\" = {said}");
    }
    text
}

fn sources() -> Sources {
    let menus = (0..ENTRIES).flat_map(menus_of);
    let mut files: Vec<(String, String)> =
        menus.map(|(name, text)| (format!("menus/{name}.toml"), text)).collect();
    files.push(("menus/system.toml".to_owned(), system_file()));
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
        mains: (0..ENTRIES)
            .map(|entry| (EntryId::new(format!("9559{entry}")), MenuId::new(format!("entry{entry}"))))
            .collect(),
        views: Views {
            plans_by_telephone: false,
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
