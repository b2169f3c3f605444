//! A hotline for tests that uses all of the menu language, with a calendar and plans around it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use crate::ids::{EntryId, MenuId, PlanId, QueueId};
use crate::menu::view::{CalendarClass, CalendarView, PlanView, QueueView, Views, WhenClosed};
use crate::menu::{Program, Sources, compile, system};

const MAIN: &str = r#"
person = "general"
notice = { zh-CN = "本次通话将被录音。", en-US = "This call is recorded." }
greeting = { zh-CN = "您好。", en-US = "Welcome." }

[[when]]
caller = "vip"
leads_to = { queue = "vip" }

[[choice]]
key = "1"
text = { zh-CN = "账户请按1。", en-US = "For accounts, press 1." }
leads_to = { menu = "accounts" }

[[choice]]
key = "2"
text = { zh-CN = "网点请按2。", en-US = "For branches, press 2." }
leads_to = { menu = "office" }

[[choice]]
key = "3"
text = { zh-CN = "意见请按3。", en-US = "To tell us, press 3." }
leads_to = { menu = "voice" }

[[choice]]
key = "4"
text = { zh-CN = "回电请按4。", en-US = "To be rung back, press 4." }
leads_to = { callback = "general" }

[[choice]]
key = "5"
text = { zh-CN = "For English, press 5.", en-US = "中文请按5。" }
leads_to = { language = { zh-CN = "en-US", en-US = "zh-CN" } }

[[choice]]
key = "6"
text = { zh-CN = "慢速请按6。", en-US = "For slower service, press 6." }
leads_to = "elderly"
"#;

const ACCOUNTS: &str = r#"
[[choice]]
key = "1"
text = { zh-CN = "余额请按1。", en-US = "For your balance, press 1." }
leads_to = { branch = "who" }

[[choice]]
key = "2"
text = { zh-CN = "转账请按2。", en-US = "To transfer money, press 2." }
leads_to = { collect = "amount" }

[branch.who]
otherwise = { verify = "holder" }

[[branch.who.when]]
verified = "verified"
leads_to = { lookup = "balance" }

[collect.card-number]
text = { zh-CN = "请输入卡号。", en-US = "Please enter your card number." }
form = "card"
min = 16
max = 19
secret = true
retries = 2

[collect.pin]
text = { zh-CN = "请输入密码。", en-US = "Please enter your PIN." }
min = 6
max = 6
secret = true
retries = 1

[collect.amount]
text = { zh-CN = "请输入金额。", en-US = "Please enter the amount." }
form = "amount"
min = 1
max = 8
confirm = true
leads_to = { information = "told-amount" }

[verify.holder]
ask = ["card-number", "pin"]
service = "bank"
path = "/verify"
level = "verified"
attempts = 2
leads_to = { lookup = "balance" }
failed = { queue = "general" }

[lookup.balance]
text = { zh-CN = "正在查询余额。", en-US = "Looking up your balance." }
service = "bank"
path = "/balance"
send = ["card-number"]
leads_to = { information = "told" }
failed = { queue = "general" }

[[lookup.balance.when]]
field = "card"
is = "blocked"
leads_to = { queue = "card-loss" }

[information.told]
text = { zh-CN = "您的余额是{balance:amount}。", en-US = "Your balance is {balance:amount}." }

[information.told-amount]
text = { zh-CN = "金额是{amount:amount}。", en-US = "The amount is {amount:amount}." }
"#;

const OFFICE: &str = r#"
[[choice]]
key = "1"
text = { zh-CN = "时间请按1。", en-US = "For opening hours, press 1." }
leads_to = { branch = "hours" }

[[choice]]
key = "2"
text = { zh-CN = "急修请按2。", en-US = "For the emergency service, press 2." }
leads_to = { transfer = "96777" }

[branch.hours]
otherwise = { information = "closed-now" }

[[branch.hours.when]]
holiday = true
leads_to = { information = "holiday" }

[[branch.hours.when]]
open = "office"
leads_to = { information = "open-now" }

[information.open-now]
text = { zh-CN = "现在开放。", en-US = "It is open now." }

[information.closed-now]
text = { zh-CN = "现在不开放。", en-US = "It is closed now." }

[information.holiday]
text = { zh-CN = "今天是假日。", en-US = "Today is a holiday." }
"#;

const VOICE: &str = r#"
[[choice]]
key = "1"
text = { zh-CN = "投诉请按1。", en-US = "For a complaint, press 1." }
leads_to = { complaint = "report" }

[[choice]]
key = "2"
text = { zh-CN = "评价请按2。", en-US = "To rate us, press 2." }
leads_to = { survey = "care" }

[complaint.report]
text = { zh-CN = "请先输入电话。", en-US = "First your telephone number." }
ask = ["contact"]
queue = "complaints"

[collect.contact]
text = { zh-CN = "请输入电话号码。", en-US = "Please enter your telephone number." }
min = 3
max = 12

[[survey.care.question]]
name = "agent"
text = { zh-CN = "客服满意请按1到5。", en-US = "Were you satisfied? Press 1 to 5." }

[[survey.care.question]]
name = "menu"
text = { zh-CN = "菜单清楚请按1到3。", en-US = "Was the menu clear? Press 1 to 3." }
most = 3
"#;

/// `system.toml` of the sample with all that may be said, and the profile of elderly callers.
fn system_file() -> String {
    let sample: toml::Table = toml::from_str(include_str!("../../menus/system.toml")).unwrap();
    let mut text = String::from(
        "languages = [\"zh-CN\", \"en-US\"]\nlevels = [\"identified\", \"verified\"]\n\
         [elderly]\nfirst_digit = 10\ninter_digit = 8\nstraight_to_person = false\n[text]\n",
    );
    for name in system::names() {
        let known = sample["text"].get(name);
        let said = |language: &str, usual: &str| {
            let known = known.and_then(|texts| texts.get(language)).and_then(|text| text.as_str());
            known.unwrap_or(usual).to_owned()
        };
        let english = name.trim_start_matches("system.").replace(['.', '_'], " ");
        text.push_str(&format!(
            "\"{name}\" = {{ zh-CN = \"{}\", en-US = \"{}\" }}\n",
            said("zh-CN", "说"),
            said("en-US", &english)
        ));
    }
    text
}

/// Queues `general` (in office hours, else `night`), `vip`, `card-loss`, `complaints`, `night`.
pub(in crate::menu) fn views() -> Views {
    let queue = |hours: Option<&str>, when_closed| QueueView { hours: hours.map(str::to_owned), when_closed };
    let night = WhenClosed::Queue(QueueId::new("night"));
    let queues = [
        ("general", queue(Some("office"), night)),
        ("vip", QueueView::default()),
        ("card-loss", QueueView::default()),
        ("complaints", QueueView::default()),
        ("night", QueueView::default()),
    ];
    let class = |open: &[&str], holiday, example: &str| CalendarClass {
        open: open.iter().map(|name| (*name).to_owned()).collect(),
        holiday,
        example: example.to_owned(),
    };
    let plan = |name: &str, announcement, instead_of_people| PlanView {
        name: PlanId::new(name),
        announcement,
        instead_of_people,
    };
    Views {
        queues: Some(queues.into_iter().map(|(name, view)| (QueueId::new(name), view)).collect()),
        calendar: Some(CalendarView {
            schedules: BTreeSet::from(["office".to_owned()]),
            classes: vec![
                class(&["office"], false, "Monday 4 May 2026 10:00"),
                class(&[], false, "Monday 4 May 2026 03:00"),
                class(&[], true, "Friday 1 May 2026 10:00"),
            ],
        }),
        plans: vec![plan("storm", true, false), plan("surge", false, true)],
        services: Some(BTreeSet::from(["bank".to_owned()])),
        transfer_prefixes: Some(vec!["96".to_owned()]),
        plans_by_telephone: false,
    }
}

pub(in crate::menu) fn sources() -> Sources {
    let files = [("main", MAIN), ("accounts", ACCOUNTS), ("office", OFFICE), ("voice", VOICE)];
    let mut files: Vec<(String, String)> =
        files.map(|(name, text)| (format!("menus/{name}.toml"), text.to_owned())).to_vec();
    files.push(("menus/system.toml".to_owned(), system_file()));
    Sources {
        files,
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
        views: views(),
        manifest: None,
    }
}

/// The hotline with texts of a file replaced.
pub(in crate::menu) fn changed(changes: &[(&str, &str, &str)]) -> Sources {
    let mut sources = sources();
    for (file, from, to) in changes {
        let path = format!("menus/{file}.toml");
        let (_, text) = sources.files.iter_mut().find(|(p, _)| *p == path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        *text = text.replace(from, to);
    }
    sources
}

pub(in crate::menu) fn hotline() -> Arc<Program> {
    static HOTLINE: LazyLock<Arc<Program>> = LazyLock::new(|| {
        let compiled = compile(&sources());
        assert!(compiled.program.is_some(), "the hotline of the tests is clean: {:#?}", compiled.findings);
        Arc::new(compiled.program.unwrap())
    });
    Arc::clone(&HOTLINE)
}

/// Another answer for a queue, as by name.
pub(in crate::menu) fn staffed(queues: &[(&str, Option<&str>, WhenClosed)]) -> BTreeMap<QueueId, QueueView> {
    let view = |(name, hours, when_closed): &(&str, Option<&str>, WhenClosed)| {
        let view = QueueView { hours: hours.map(str::to_owned), when_closed: when_closed.clone() };
        (QueueId::new(name), view)
    };
    queues.iter().map(view).collect()
}
