//! Planted mistakes, one at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::{changed, places, sources};
use crate::config::finding::Severity;
use crate::ids::QueueId;
use crate::menu::view::{QueueView, WhenClosed};
use crate::menu::{Sources, compile, system};

/// Rule and the line it is found in, in the file that was changed.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

fn all_found(mistakes: &[Mistake]) {
    for (file, from, to, expected) in mistakes {
        let sources = changed(&sources(), file, from, to);
        let compiled = compile(&sources);
        let errors = compiled.findings.iter().any(|finding| finding.severity == Severity::Error);
        assert_eq!(compiled.program.is_none(), errors, "a program exactly if no finding is an error");
        let (rule, part) = expected.split_once(": ").unwrap();
        let (_, text) =
            sources.files.iter().find(|(path, _)| path.ends_with(&format!("/{file}.toml"))).unwrap();
        let line = 1 + text.lines().position(|line| line.contains(part)).expect(part);
        let expected = format!("{rule} menus/{file}.toml:{line}");
        let found = places(&compiled.findings);
        assert!(found.contains(&expected), "{file}: {from} → {to}: {expected} not in {found:#?}");
    }
}

#[test]
fn of_names() {
    all_found(&[
        ("main", "menu = \"account\"", "menu = \"acount\"", "unknown-target: acount"),
        ("account", "branch = \"known\"", "branch = \"knwon\"", "unknown-target: knwon"),
        (
            "account",
            "otherwise = { verify = \"holder\" }",
            "otherwise = { verify = \"x\" }",
            "unknown-target: otherwise",
        ),
        ("account", "lookup = \"balance\"", "lookup = \"balanse\"", "unknown-target: balanse"),
        ("voice", "survey = \"service\"", "survey = \"servise\"", "unknown-target: servise"),
        ("voice", "complaint = \"taken\"", "complaint = \"token\"", "unknown-target: token"),
        ("account", "information = \"told\"", "information = \"tolt\"", "unknown-target: tolt"),
        ("account", "[\"card\", \"pin\"]", "[\"card\", \"pim\"]", "unknown-step: pim"),
        ("account", "send = [\"card\"]", "send = [\"cart\"]", "unknown-step: cart"),
        ("voice", "ask = [\"contact\"]", "ask = [\"contract\"]", "unknown-step: contract"),
        ("account", "[collect.sum]", "[collect.told]", "duplicate-name: [collect.told]"),
        ("account", "[collect.sum]", "[collect.when]", "wrong-value: [collect.when]"),
        ("account", "[collect.sum]", "[collect.Sum]", "wrong-value: [collect.Sum]"),
        ("voice", "name = \"solved\"", "name = \"satisfied\" # again", "wrong-value: # again"),
        ("voice", "name = \"solved\"", "name = \"is it solved\"", "wrong-value: is it"),
        (
            "main",
            "service_notice = { by = \"Wang Fang\", on",
            "service_notice = { on",
            "missing-value: service_notice",
        ),
        ("main", "\"2026-05-01\"", "\"2026-02-30\"", "wrong-value: 2026-02-30"),
    ]);
}

#[test]
fn of_conditions() {
    all_found(&[
        ("main", "open = \"office\"", "open = \"ofice\"", "unknown-schedule: ofice"),
        ("night", "closed = \"night\"", "closed = \"nite\"", "unknown-schedule: nite"),
        ("main", "plan = \"storm\"", "plan = \"strom\"", "unknown-plan: strom"),
        ("account", "no_plan = \"storm\"", "no_plan = \"flood\"", "unknown-plan: flood"),
        ("account", "verified = \"verified\"", "verified = \"verifyed\"", "unknown-level: verifyed"),
        ("account", "level = \"verified\"", "level = \"sure\"", "unknown-level: sure"),
        ("account", "language = \"zh-CN\"", "language = \"zh-TW\"", "unknown-language: zh-TW"),
        ("account", "field = \"state\"\nis = ", "field = \"stat\"\nis = ", "unknown-field: \"stat\""),
        ("main", "caller = \"vip\"", "caller = \"rich\"", "wrong-value: rich"),
        ("main", "not_caller = \"blocked\"", "not_caller = true", "wrong-value: not_caller"),
        ("main", "queue = \"general\"\nwaiting", "queue = \"genral\"\nwaiting", "unknown-queue: genral"),
        ("main", "queue = \"general\"\nwaiting", "waiting", "missing-value: waiting_above"),
        ("main", "\"5 min\"", "\"5 minuets\"", "wrong-value: minuets"),
        ("main", "\"5 min\"", "\"-5 min\"", "wrong-value: estimate_above"),
        ("main", "ready_below = 1", "ready_below = 0", "wrong-value: ready_below"),
        ("account", "is = \"blocked\"\n", "", "missing-value: field = \"state\""),
        ("account", "field = \"state\"\nis_not", "is_not", "missing-value: is_not"),
        ("night", "closed = \"night\"\nholiday = true\n", "", "missing-value: [[when]]"),
        ("night", "holiday = true", "holiday = \"yes\"", "wrong-value: yes"),
        ("night", "leads_to = { information = \"holiday\" }", "", "missing-value: [[when]]"),
        ("account", "otherwise = { verify = \"holder\" }", "", "missing-value: [branch.known]"),
    ]);
}

#[test]
fn of_nodes() {
    all_found(&[
        (
            "account",
            "service = \"bank\"\npath = \"/balance\"",
            "service = \"bnak\"\npath = \"/balance\"",
            "unknown-service: bnak",
        ),
        ("account", "path = \"/balance\"", "path = \"balance\"", "wrong-value: path = \"balance\""),
        ("account", "path = \"/balance\"", "path = \"/../admin\"", "wrong-value: admin"),
        ("account", "path = \"/balance\"", "path = \"/a?b=c\"", "wrong-value: /a?b"),
        ("account", "path = \"/balance\"", "", "missing-value: [lookup.balance]"),
        ("account", "\"until\", \"state\"]", "\"un til\", \"state\"]", "wrong-value: un til"),
        ("account", "attempts = 2", "attempts = 6", "wrong-value: attempts"),
        ("account", "max = 6\nsecret = true", "max = 6", "verify-secret: ask ="),
        (
            "account",
            "leads_to = { branch = \"known\" }",
            "leads_to = { collect = \"pin\" }",
            "missing-value: [collect.pin]",
        ),
        ("account", "leads_to = { information = \"sent\" }", "", "missing-value: [collect.sum]"),
        (
            "account",
            "secret = true\nretries",
            "secret = true\nconfirm = true\nretries",
            "secret-kept: confirm = true",
        ),
        ("account", "send = [\"card\"]", "send = [\"card\", \"card\"]", "wrong-value: send ="),
        ("account", "send = [\"card\"]", "send = []", "wrong-value: send ="),
        ("voice", "max = 15\n", "max = 15\nsecret = true\n", "secret-kept: ask ="),
        ("voice", "most = 2", "most = 10", "wrong-value: most = 10"),
        ("voice", "queue = \"complaints\"", "queue = \"complains\"", "unknown-queue: complains\""),
        ("night", "callback = \"general\"", "callback = \"genral\"", "unknown-queue: genral"),
        ("main", "transfer = \"95500\"", "transfer = \"10086\"", "transfer-number: 10086"),
        ("main", "transfer = \"95500\"", "transfer = \"9-55\"", "wrong-value: 9-55"),
        ("voice", "\"callback\"", "\"calback\"", "wrong-value: calback"),
        ("account", "\"top\"", "{ top = \"x\" }", "unknown-key: top ="),
        (
            "voice",
            "leads_to = { survey = \"service\" }",
            "leads_to = \"back\"",
            "unreachable: [survey.service]",
        ),
        (
            "account",
            "otherwise = { verify = \"holder\" }",
            "otherwise = { branch = \"known\" }",
            "silent-circle: otherwise",
        ),
        ("night", "{ information = \"holiday\" }", "{ menu = \"main\" }", "silent-circle: menu = \"main\""),
        ("night", "{ information = \"holiday\" }", "\"back\"", "silent-circle: leads_to = \"back\""),
        ("main", "leads_to = { menu = \"night\" }", "leads_to = \"elderly\"", "silent-circle: \"elderly\""),
    ]);
}

#[test]
fn of_values() {
    all_found(&[
        ("account", "{balance:amount} as", "{balanse:amount} as", "unknown-value: balanse"),
        ("account", "{balance:amount} as", "{balance:money} as", "unknown-value: :money"),
        ("account", "{balance:amount} as", "{balance as", "unknown-value: {balance as"),
        ("account", "is {balance:amount} as", "is known as", "value-in-every-language: is known"),
        ("account", "We have {sum:amount}", "We have {pin}{sum:amount}", "secret-kept: {pin}"),
        ("account", "For your balance, press 1.", "For {balance}, press 1.", "unknown-value: For {balance}"),
        ("system", "One moment, please.", "One moment, {sum}.", "unknown-value: {sum}"),
        ("voice", "Every complaint is", "Every {sum} is", "unknown-value: {sum}"),
    ]);
}

#[test]
fn of_system_toml() {
    all_found(&[
        ("system", "\"zh-CN\", \"en-US\"]", "\"zh CN\", \"en-US\"]", "wrong-value: zh CN"),
        ("system", "\"zh-CN\", \"en-US\"]", "\"zh-CN\", \"zh-CN\"]", "wrong-value: languages"),
        ("system", "languages = [\"zh-CN\", \"en-US\"]", "", "missing-value: packs"),
        ("system", "\"identified\", \"verified\"", "\"Identified\", \"verified\"", "wrong-value: Identified"),
        ("system", "first_digit = 12", "first_digit = 60", "wrong-value: first_digit"),
        ("system", "straight_to_person = false", "straight_to_person = 0", "wrong-value: straight"),
        ("system", "packs = [\"pci\"]", "packs = \"pci\"", "wrong-value: packs"),
        ("system", "\"system.closed\" =", "\"system.close\" =", "unknown-key: system.close\""),
    ]);
}

#[test]
fn the_profile_is_needed_where_it_is_chosen() {
    let from = "[elderly]\nfirst_digit = 12\ninter_digit = 9\nstraight_to_person = false\n";
    let found = places(&compile(&changed(&sources(), "system", from, "")).findings);
    assert_eq!(found, ["unknown-target menus/main.toml:42"]);
}

#[test]
fn a_level_must_be_named_where_the_usual_one_is_not_listed() {
    let sources = changed(&sources(), "account", "level = \"verified\"\n", "");
    assert_eq!(compile(&sources).findings, []);
    let sources = changed(&sources, "system", "[\"identified\", \"verified\"]", "[\"identified\"]");
    let found = places(&compile(&sources).findings);
    assert!(found.contains(&"unknown-level menus/account.toml:25".to_owned()), "{found:#?}");
}

#[test]
fn steps_keyed_in_before_are_not_asked_again() {
    let sources = changed(&sources(), "account", "{ branch = \"known\" }", "{ collect = \"card\" }");
    let sources =
        changed(&sources, "account", "max = 19\n", "max = 19\nleads_to = { verify = \"holder\" }\n");
    let found = places(&compile(&sources).findings);
    assert!(found.contains(&"asked-twice menus/account.toml:4".to_owned()), "{found:#?}");
}

/// What is found about queues once they close as told.
fn about_queues(change: impl FnOnce(&mut BTreeMap<QueueId, QueueView>)) -> Vec<(&'static str, String)> {
    let mut sources = sources();
    change(sources.views.queues.as_mut().unwrap());
    let findings = compile(&sources).findings.into_iter().filter(|finding| finding.file == "queues.toml");
    findings.map(|finding| (finding.rule, finding.message)).collect()
}

fn one_says(found: &[(&str, String)], rule: &str, part: &str) {
    let [(found_rule, message)] = found else { panic!("{found:#?}") };
    assert!(*found_rule == rule && message.contains(part), "{found:#?}");
}

#[test]
fn closed_queues_lead_somewhere() {
    let to = |id: &str| WhenClosed::Queue(QueueId::new(id));
    let night = QueueId::new("night");
    let found = about_queues(|queues| queues.get_mut(&night).unwrap().when_closed = to("general"));
    one_says(&found, "closed-queues", "general → night → general");
    let found = about_queues(|queues| queues.get_mut(&night).unwrap().when_closed = to("nowhere"));
    one_says(&found, "unknown-queue", "`nowhere`");
    let found = about_queues(|queues| queues.get_mut(&night).unwrap().hours = Some("nite".to_owned()));
    one_says(&found, "unknown-schedule", "`nite`");
    let found = about_queues(|queues| queues.get_mut(&night).unwrap().hours = None);
    assert_eq!(found, [], "who is always there is never closed");
}

#[test]
fn callers_are_sent_on_a_few_times_only() {
    // From `complaints` five times; from `general` four, which is allowed.
    let found = about_queues(|queues| {
        let mut view = queues[&QueueId::new("night")].clone();
        view.when_closed = WhenClosed::Queue(QueueId::new("second"));
        queues.insert(QueueId::new("night"), view.clone());
        view.when_closed = WhenClosed::Queue(QueueId::new("third"));
        queues.insert(QueueId::new("second"), view.clone());
        view.when_closed = WhenClosed::Queue(QueueId::new("cards"));
        queues.insert(QueueId::new("third"), view);
    });
    one_says(&found, "closed-queues", "queue `complaints` sends callers on 5 times");
}

#[test]
fn few_values_decide_ways() {
    let row = |field: &str, value: &str| {
        format!("[[lookup.balance.when]]\nfield = \"{field}\"\nis = \"{value}\"\nleads_to = \"person\"\n\n")
    };
    let values: String = (0..8).map(|n| row("state", &format!("v{n}"))).collect();
    let many = changed(&sources(), "account", "[information.told]", &format!("{values}[information.told]"));
    let found = places(&compile(&many).findings);
    assert!(found.iter().all(|place| place.starts_with("too-many-values menus/account.toml")), "{found:#?}");
    assert_eq!(found.len(), 1);

    let fields: String = (0..8).map(|n| row(&format!("f{n}"), "x")).collect();
    let many = changed(&sources(), "account", "[information.told]", &format!("{fields}[information.told]"));
    let many = changed(&many, "account", "fields = [\"card\", \"balance\", \"until\", \"state\"]\n", "");
    let found = places(&compile(&many).findings);
    assert!(found.len() == 1 && found[0].starts_with("too-many-values"), "{found:#?}");
}

/// Texts that are missed where `system.toml` has none.
fn missed(sources: &Sources) -> BTreeSet<String> {
    let mut sources = sources.clone();
    let (_, text) = sources.files.iter_mut().find(|(path, _)| path.ends_with("system.toml")).unwrap();
    text.truncate(text.find("[text]").unwrap());
    let findings = compile(&sources).findings.into_iter().filter(|finding| finding.rule == "missing-text");
    findings.map(|finding| finding.message.replace('`', "").replace(" has no text", "")).collect()
}

#[test]
fn needed_are_the_texts_that_something_says() {
    let all: BTreeSet<String> = system::names().map(str::to_owned).collect();
    assert_eq!(missed(&sources()), all);
    // The sample of the standard's tests takes digits and ends calls, and uses no newer node.
    let plain = missed(&crate::menu::standard::tests::sources());
    let without: Vec<&str> = all.difference(&plain).map(String::as_str).collect();
    assert_eq!(
        without,
        [
            "system.callback.enter",
            "system.callback.offer.after",
            "system.callback.offer.before",
            "system.callback.refused",
            "system.callback.thanks",
            "system.closed",
            "system.confirm.after",
            "system.confirm.before",
            "system.lookup.failed",
            "system.lookup.wait",
            "system.survey.thanks",
            "system.transfer_failed",
            "system.transfer_out",
            "system.verify.locked",
            "system.verify.wrong",
        ]
    );
}

#[test]
fn a_closed_queue_that_rings_back_needs_the_texts_for_it() {
    let mut plain = crate::menu::standard::tests::sources();
    let queues = plain.views.queues.as_mut().unwrap();
    let closes = QueueView { hours: Some("office".to_owned()), when_closed: WhenClosed::Callback };
    // Nobody is led to it but from a queue that closes.
    queues.insert(QueueId::new("night"), closes);
    assert!(!missed(&plain).contains("system.callback.enter"));
    let queues = plain.views.queues.as_mut().unwrap();
    let on = WhenClosed::Queue(QueueId::new("night"));
    queues.insert(QueueId::new("general"), QueueView { hours: Some("office".to_owned()), when_closed: on });
    let missed = missed(&plain);
    assert!(missed.contains("system.callback.enter") && missed.contains("system.closed"), "{missed:?}");
}
