//! Every example of a rule is compiled within the smallest hotline there can be: the bad one breaks
//! its rule and no other, the good one breaks none.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::config::finding::Finding;
use crate::ids::{EntryId, Key, Language, MenuId, PlanId, QueueId};
use crate::menu::api::PromptName;
use crate::menu::standard::told::Examples;
use crate::menu::view::{CalendarClass, CalendarView, PlanView, QueueView, Views, WhenClosed};
use crate::menu::{
    ManifestView, PromptKind, RecordingState, SoundKind, Sources, Statistics, compile_counted,
};

const MAIN: &str = r#"
person = "general"
notice = { zh-CN = "本次通话将被录音。", en-US = "This call is recorded." }
greeting = { zh-CN = "您好，欢迎致电示范银行。", en-US = "Welcome to Sample Bank." }
[[choice]]
key = "1"
text = { zh-CN = "贷款请按1。", en-US = "For loans, press 1." }
leads_to = { menu = "loans" }
[[choice]]
key = "2"
text = { zh-CN = "投诉请按2。", en-US = "For complaints, press 2." }
leads_to = { queue = "complaints" }
[[choice]]
key = "3"
text = { zh-CN = "For English, press 3.", en-US = "中文服务请按3。" }
leads_to = { language = { zh-CN = "en-US", en-US = "zh-CN" } }
"#;

const LOANS: &str = r#"
[[choice]]
key = "1"
text = { zh-CN = "如何申请请按1。", en-US = "To learn how to apply, press 1." }
leads_to = { information = "apply" }
[information.apply]
text = { zh-CN = "可在任一网点申请。", en-US = "Apply at any branch." }
"#;

/// Ten options do not fit on nine keys, so that rule brings another along.
const COMES_WITH: [(&str, &str); 1] = [("too-many-options", "duplicate-key")];

/// What an example needs around it, and what it changes.
struct Surroundings {
    files: BTreeMap<String, String>,
    manifest: Option<ManifestView>,
    statistics: Option<Statistics>,
    queues: Option<BTreeMap<QueueId, QueueView>>,
}

/// The sample's texts without its packs, and some text for whatever it never says.
fn system() -> String {
    let sample = include_str!("../../../menus/system.toml").replace("packs = ", "# packs = ");
    let mut whole: Table = toml::from_str(&sample).unwrap();
    let texts = whole["text"].as_table_mut().unwrap();
    let wait: Table = toml::from_str("zh-CN = \"请稍候。\"\nen-US = \"One moment, please.\"").unwrap();
    for name in crate::menu::system::names() {
        texts.entry(name).or_insert_with(|| Value::Table(wait.clone()));
    }
    toml::to_string(&whole).unwrap()
}

/// The parts of an example, put into the smallest hotline.
fn surroundings(example: &str) -> Surroundings {
    let mut files = BTreeMap::from([
        ("menus/main.toml".to_owned(), MAIN.to_owned()),
        ("menus/loans.toml".to_owned(), LOANS.to_owned()),
        ("menus/system.toml".to_owned(), system()),
    ]);
    let (mut manifest, mut statistics, mut known) = (None, None, None);
    for (head, body) in parts(example) {
        if let Some(pressed) = head.strip_prefix("pressed: ") {
            statistics = Some(counted(pressed));
        } else if head == "ops/queues.toml" {
            known = Some(queues(&body));
        } else if head == "prompts/manifest.toml" {
            manifest = Some(body);
        } else if let Some(file) = head.strip_suffix(", whole") {
            files.insert(file.to_owned(), body);
        } else {
            let before = files.remove(&head).unwrap_or_default();
            files.insert(head, merged(&before, &body));
        }
    }
    let manifest = manifest.map(|text| listed(&files, &text));
    Surroundings { files, manifest, statistics, queues: known }
}

/// Heads (behind `# `) with the lines below them.
fn parts(example: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in example.lines() {
        if let Some(head) = line.strip_prefix("# ") {
            parts.push((head.to_owned(), String::new()));
        } else {
            let (_, body) = parts.last_mut().expect("an example begins with the name of its file");
            body.push_str(line);
            body.push('\n');
        }
    }
    parts
}

/// The keys of the snippet stand for those of the file; tables of names are joined.
fn merged(file: &str, snippet: &str) -> String {
    let mut whole: Table = toml::from_str(file).unwrap();
    let snippet: Table = toml::from_str(snippet).unwrap_or_else(|e| panic!("{snippet}\n{e}"));
    for (key, value) in snippet {
        match (whole.get_mut(&key), value) {
            (Some(Value::Table(there)), Value::Table(new))
                if ["information", "collect", "text"].contains(&key.as_str()) =>
            {
                there.extend(new);
            }
            (_, value) => {
                whole.insert(key, value);
            }
        }
    }
    toml::to_string(&whole).unwrap()
}

/// `loans 1 = 40, loans 2 = 900`
fn counted(text: &str) -> Statistics {
    let pair = |text: &str| {
        let (place, count) = text.split_once(" = ").unwrap();
        let (menu, key) = place.split_once(' ').unwrap();
        let key = key.chars().next().and_then(Key::from_char).unwrap();
        ((MenuId::new(menu), key), count.parse().unwrap())
    };
    text.split(", ").map(pair).collect()
}

/// Everything recorded and approved, but for what the snippet says.
fn listed(files: &BTreeMap<String, String>, text: &str) -> ManifestView {
    let compiled = compile_counted(&sources(files, None), None);
    let mut view =
        ManifestView { hold: [PromptName("system.hold".into())].into(), ..ManifestView::default() };
    let program = compiled.program.unwrap();
    let mut texts = BTreeMap::new();
    for prompt in program.prompts() {
        for (language, text) in &prompt.texts {
            let key = (language.clone(), prompt.name.clone());
            view.recordings.insert(key.clone(), RecordingState::Current);
            view.kinds.insert(key.clone(), SoundKind::Prompt(prompt.kind));
            texts.insert(key, text.clone());
        }
    }
    let table: Table = toml::from_str(text).unwrap();
    for recording in table["recording"].as_array().unwrap() {
        let field = |name: &str| recording.get(name).and_then(Value::as_str);
        let key = (Language::new(field("language").unwrap()), PromptName(field("name").unwrap().to_owned()));
        if field("approver") == Some("") {
            view.recordings.insert(key.clone(), RecordingState::Unapproved);
        }
        if field("text").is_some_and(|text| texts.get(&key).is_some_and(|said| said != text)) {
            view.recordings.insert(key.clone(), RecordingState::TextChanged);
        }
        view.kinds.insert(key, SoundKind::of(field("kind").unwrap()));
    }
    view
}

fn sources(files: &BTreeMap<String, String>, manifest: Option<ManifestView>) -> Sources {
    Sources {
        files: files.iter().map(|(path, text)| (path.clone(), text.clone())).collect(),
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
        views: views(),
        manifest,
    }
}

/// Queues that are always staffed, one schedule, one plan, one system of the bank, one prefix.
fn views() -> Views {
    let queues = ["general", "complaints"].map(QueueId::from);
    let class = |open: &[&str], example: &str| CalendarClass {
        open: open.iter().map(|schedule| (*schedule).to_owned()).collect(),
        example: example.to_owned(),
        ..CalendarClass::default()
    };
    let classes = vec![class(&["office"], "Monday 10:00"), class(&[], "Sunday 10:00")];
    let calendar = CalendarView { schedules: ["office".to_owned()].into(), classes };
    let plan = PlanView { name: PlanId::new("storm"), announcement: false, instead_of_people: false };
    Views {
        calendar: Some(calendar),
        plans: vec![plan],
        services: Some(["bank".to_owned()].into()),
        transfer_prefixes: Some(vec!["955".to_owned()]),
        plans_by_telephone: false,
        ..Views::of_queues(queues)
    }
}

/// `[queues.NAME]` with `hours` and `when_closed`.
fn queues(text: &str) -> BTreeMap<QueueId, QueueView> {
    let table: Table = toml::from_str(text).unwrap();
    let view = |value: &Value| QueueView {
        hours: value.get("hours").and_then(Value::as_str).map(str::to_owned),
        when_closed: match value.get("when_closed") {
            Some(Value::Table(to)) => WhenClosed::Queue(QueueId::new(to["queue"].as_str().unwrap())),
            _ => WhenClosed::Message,
        },
    };
    let queues = table["queues"].as_table().unwrap();
    queues.iter().map(|(name, value)| (QueueId::new(name), view(value))).collect()
}

/// What is found in an example.
pub fn findings(example: &str) -> Vec<Finding> {
    let Surroundings { files, manifest, statistics, queues } = surroundings(example);
    let mut sources = sources(&files, manifest);
    if let Some(queues) = queues {
        sources.views.queues = Some(queues);
    }
    compile_counted(&sources, statistics).findings
}

#[test]
fn the_bad_example_breaks_its_rule_only_and_the_good_one_none() {
    let mut wrong = Vec::new();
    for told in super::rules() {
        let Examples::Pair { bad, good } = told.examples else { continue };
        let id = told.rule.id;
        let found = findings(bad);
        found.iter().for_each(super::tests::assert_chinese);
        let others =
            found.iter().filter(|finding| finding.rule != id && !COMES_WITH.contains(&(id, finding.rule)));
        wrong.extend(others.map(|finding| format!("bad example of {id}: {finding:#?}")));
        if !found.iter().any(|finding| finding.rule == id) {
            wrong.push(format!("bad example of {id} does not break it"));
        }
        wrong.extend(findings(good).iter().map(|finding| format!("good example of {id}: {finding:#?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_what_no_file_can_break_goes_without_example() {
    let without = super::rules().filter(|told| matches!(told.examples, Examples::None(_)));
    let ids: Vec<&str> = without.map(|told| told.rule.id).collect();
    assert_eq!(ids, ["person-within-keys", "person-in-every-situation", "too-many-states", "too-large"]);
}

/// Rules are found in the sources by their names, so that none is left out of `--explain`.
#[test]
fn every_rule_of_the_menus_is_told() {
    let told: BTreeSet<&str> = super::rules().map(|told| told.rule.id).collect();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/menu")];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for declared in text.split(": Rule = Rule {\n").skip(1) {
                let id = declared.split('"').nth(1).unwrap();
                assert!(told.contains(id), "{} declares `{id}`: list it in rules()", path.display());
                found += 1;
            }
        }
    }
    assert!(found > 30, "{found}");
}

#[test]
fn cba_10d_measured_lengths_count_before_estimates() {
    let mut view = ManifestView::default();
    let key = (Language::new("zh-CN"), PromptName("main.greeting".to_owned()));
    view.measured.insert(key, std::time::Duration::from_millis(8_400));
    let found = compile_counted(&sources(&surroundings("").files, Some(view)), None).findings;
    let long: Vec<&Finding> = found.iter().filter(|finding| finding.rule == "too-long").collect();
    assert!(
        matches!(long[..], [one] if one.message.contains("takes 9 s in zh-CN, at most 8 s")),
        "{long:#?}"
    );
}

#[test]
fn cba_10c_hold_audio_that_is_an_advert_of_the_menus_is_found() {
    let advert = "# menus/loans.toml\n[information.apply]\nkind = \"advert\"\n\
                  text = { zh-CN = \"新贷款。\", en-US = \"A loan.\" }\n";
    let mut view = ManifestView::default();
    view.hold.insert(PromptName("loans.apply".to_owned()));
    let key = (Language::new("zh-CN"), PromptName("system.goodbye".to_owned()));
    view.kinds.insert(key, SoundKind::Prompt(PromptKind::Advert));
    let found = compile_counted(&sources(&surroundings(advert).files, Some(view)), None).findings;
    for rule in ["no-advert", "audio-advert"] {
        assert!(found.iter().any(|finding| finding.rule == rule), "{rule}");
    }
}

#[test]
fn cba_38_a_finding_of_a_default_rule_may_be_accepted() {
    let told = super::rules().find(|told| told.rule.id == "complaint-at-main").unwrap();
    let Examples::Pair { bad, .. } = told.examples else { panic!() };
    let system = "# menus/system.toml\n";
    let pack = "packs = [\"cn-banking\"]\n";
    let accept = "[[accept]]\nrule = \"complaint-at-main\"\nby = \"Li Wei\"\non = \"2026-11-20\"\n";
    let severity = |example: String| findings(&example).first().map(|finding| finding.severity);
    use crate::config::finding::Severity;
    assert_eq!(severity(bad.to_owned()), Some(Severity::Warning));
    assert_eq!(severity(format!("{bad}{system}{pack}")), Some(Severity::Error), "the pack tightens it");
    assert_eq!(severity(format!("{bad}{system}{pack}{accept}")), None);
}

#[test]
fn signatures_need_a_name_and_a_day() {
    for signed in ["by = \"Li Wei\"", "by = \" \", on = \"2026-11-20\"", "by = \"Li\", on = \"2026-02-30\""] {
        let text = format!(
            "# menus/main.toml\n[announcement]\ntext = {{ zh-CN = \"优惠。\", en-US = \"Hello.\" }}\n\
             service_notice = {{ {signed} }}\n"
        );
        let found = findings(&text);
        assert!(found.iter().any(|f| ["missing-value", "wrong-value"].contains(&f.rule)), "{signed}");
        assert!(found.iter().any(|f| f.rule == "no-advert"), "{signed}");
    }
}
