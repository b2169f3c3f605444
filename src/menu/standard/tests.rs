//! Planted defects, one at a time, in the sample hotline: each is found at its place.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::config::finding::{Finding, Severity, chinese};
use crate::ids::{EntryId, Key, Language, MenuId, QueueId};
use crate::menu::api::PromptName;
use crate::menu::view::Views;
use crate::menu::{
    ManifestView, Program, RecordingState, SoundKind, Sources, Statistics, compile, compile_counted,
};

pub(in crate::menu) fn sources() -> Sources {
    let files = [
        ("menus/accounts.toml", include_str!("../../../menus/accounts.toml")),
        ("menus/card-loss.toml", include_str!("../../../menus/card-loss.toml")),
        ("menus/complaints.toml", include_str!("../../../menus/complaints.toml")),
        ("menus/loans.toml", include_str!("../../../menus/loans.toml")),
        ("menus/main.toml", include_str!("../../../menus/main.toml")),
        ("menus/system.toml", include_str!("../../../menus/system.toml")),
    ];
    let queues = ["general", "card-loss", "complaints", "overflow"].map(QueueId::from);
    Sources {
        files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).to_vec(),
        mains: vec![(EntryId::new("95599"), MenuId::new("main"))],
        views: Views::of_queues(queues),
        manifest: None,
    }
}

pub(in crate::menu) fn sample() -> Arc<Program> {
    static SAMPLE: LazyLock<Arc<Program>> =
        LazyLock::new(|| Arc::new(compile(&sources()).program.expect("the sample compiles")));
    Arc::clone(&SAMPLE)
}

/// In `file`, `from` is replaced by `to` everywhere; what is then found, as `rule file:line`.
fn found(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut sources = sources();
    let path = format!("menus/{file}.toml");
    let (_, text) = sources.files.iter_mut().find(|(p, _)| *p == path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replace(from, to);
    let compiled = compile(&sources);
    let errors = compiled.findings.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(compiled.program.is_none(), errors, "a program exactly if no finding is an error");
    for finding in &compiled.findings {
        assert!(!finding.message.is_empty() && !finding.help.is_empty());
        assert_chinese(finding);
        let text = sources.files.iter().find(|(p, _)| *p == finding.file).map(|(_, text)| text);
        assert!(text.is_none_or(|text| text.get(finding.span.clone()).is_some()));
    }
    compiled.findings.iter().map(|f| format!("{} {}:{}", f.rule, f.file, f.line)).collect()
}

/// What is found is told in Chinese too.
pub(super) fn assert_chinese(finding: &Finding) {
    for text in [&finding.message, &finding.help] {
        assert!(chinese(text).is_some(), "not in src/config/finding/zh.toml: {text}");
    }
}

#[test]
fn the_sample_has_no_findings() {
    assert_eq!(compile(&sources()).findings, []);
}

#[test]
fn planted_defects_are_found_where_they_are() {
    for (file, from, to, expected) in [
        ("main", "person = \"general\"", "", "person-reachable menus/main.toml:1"),
        ("main", "person = \"general\"", "person = \"genral\"", "unknown-queue menus/main.toml:2"),
        ("main", "menu = \"loans\"", "menu = \"loan\"", "unknown-target menus/main.toml:28"),
        ("main", "greeting =", "greating =", "unknown-key menus/main.toml:6"),
        ("main", "key = \"4\"", "key = \"3\"", "duplicate-key menus/main.toml:31"),
        ("main", "key = \"4\"", "key = \"0\"", "reserved-key menus/main.toml:31"),
        ("main", "key = \"4\"", "key = \"44\"", "wrong-value menus/main.toml:31"),
        ("main", "key = \"5\"", "key = \"7\"", "key-order menus/main.toml:37"),
        ("main", "投诉和建议请按4。", "请按4投诉和建议。", "option-before-key menus/main.toml:32"),
        ("main", "For complaints, press 4.", "For complaints.", "option-before-key menus/main.toml:32"),
        ("main", ", en-US = \"Welcome to Sample Bank.\"", "", "missing-text menus/main.toml:6"),
        ("main", "Welcome to Sample Bank.", " ", "missing-text menus/main.toml:6"),
        ("main", "欢迎致电示范银行", "理财产品限时优惠", "no-advert menus/main.toml:6"),
        ("main", "Welcome to Sample Bank", "Ask for our special offer", "no-advert menus/main.toml:6"),
        ("main", "key = \"1\"", "key = \"1\"\nkind = \"advert\"", "no-advert menus/main.toml:18"),
        ("main", "notice =", "# notice =", "recording-notice menus/main.toml:1"),
        ("main", "本次通话将被录音。", "您好。", "recording-notice menus/main.toml:5"),
        ("main", "silences = 1", "silences = 99", "wrong-value menus/main.toml:12"),
        ("main", "first_digit = 5", "first_digit = \"5\"", "wrong-value menus/main.toml:11"),
        ("main", "[timing]", "[timing", "syntax menus/main.toml:10"),
        ("accounts", "collect = \"pin\"", "collect = \"pim\"", "unknown-target menus/accounts.toml:28"),
        ("accounts", "secret = true\nretries = 1", "", "secret-declared menus/accounts.toml:30"),
        ("accounts", "min = 16", "min = 20", "wrong-value menus/accounts.toml:24"),
        ("accounts", "\"end\"", "\"ende\"", "wrong-value menus/accounts.toml:16"),
        (
            "card-loss",
            "text = { zh-CN = \"请带",
            "leads_to = \"end\"\ntext = { zh-CN = \"请带",
            "silence-ends-at-person menus/card-loss.toml:1",
        ),
        (
            "card-loss",
            "information = \"new-card\"",
            "queue = \"card-loss\"",
            "unreachable menus/card-loss.toml:14",
        ),
        ("system", "\"system.goodbye\"", "\"system.godbye\"", "unknown-key menus/system.toml:17"),
        ("system", "\"system.digit.7\" =", "# ", "missing-text menus/system.toml:1"),
        ("system", "[\"zh-CN\", \"en-US\"]", "[\"zh-CN\"]", "unknown-language menus/main.toml:5"),
        (
            "system",
            "[\"zh-CN\", \"en-US\"]",
            "[\"zh-CN\", \"en-US\", \"fr-FR\"]",
            "missing-text menus/main.toml:6",
        ),
    ] {
        let found = found(file, from, to);
        assert!(found.iter().any(|f| f == expected), "{file}: {from} → {to}: {expected} not in {found:#?}");
    }
}

#[test]
fn planted_words_and_omissions_are_found_where_they_are() {
    for (file, from, to, expected) in [
        (
            "main",
            "For complaints, press 4.",
            "For complaints, hurry: press 4.",
            "no-advert menus/main.toml:32",
        ),
        ("main", "投诉和建议请按4。", "建 议只需9.9元请按4。", "no-advert menus/main.toml:32"),
        (
            "loans",
            "三个工作日内答复",
            "三个工作日内答复\", fr-FR = \"",
            "unknown-language menus/loans.toml:12",
        ),
        (
            "loans",
            "请输入八位申请编号",
            "请输入八位申请编号，優惠多",
            "advert-undeclared menus/loans.toml:15",
        ),
        ("main", "{ language =", "\"repeat\" #", "language-selectable menus/main.toml:1"),
        ("system", "人工服务请按0。", "感谢来电。", "person-said menus/system.toml:7"),
        ("system", "For a person, press 0.", "Press 0 for a person.", "person-said menus/system.toml:7"),
        ("system", "人工服务请按星号", "谢谢", "person-said menus/system.toml:9"),
        ("system", "感谢来电，再见", "办卡有好礼，再见", "no-advert menus/system.toml:17"),
    ] {
        let found = found(file, from, to);
        assert!(found.iter().any(|f| f == expected), "{file}: {from} → {to}: {expected} not in {found:#?}");
    }
}

#[test]
fn a_missing_mark_is_one_finding_at_its_place_and_nothing_is_proved() {
    for (file, from, to, line) in [
        ("main", "press 2.\" }", "press 2.\"", 22),
        ("main", "{ menu = \"loans\" }", "{ menu = \"loans\"", 28),
        ("main", "[timing]", "[timing", 10),
        ("main", "\"For loans and", "For loans and", 27),
        ("accounts", "max = 19", "max 19", 25),
        ("accounts", "max = 19", "max = 19\nmax = 18", 26),
        ("system", "\"zh-CN\", \"en-US\"]", "\"zh-CN\", \"en-US\"", 3),
        ("system", "[text]", "[text", 5),
        ("system", "{ zh-CN = \"零\"", "{ zh-CN = “零”", 39),
    ] {
        assert_eq!(found(file, from, to), [format!("syntax menus/{file}.toml:{line}")], "{from} → {to}");
        let mut sources = sources();
        let broken =
            sources.files.iter_mut().find(|(path, _)| *path == format!("menus/{file}.toml")).unwrap();
        broken.1 = broken.1.replace(from, to);
        assert!(compile(&sources).proof.is_none());
    }
}

#[test]
fn what_is_wrong_elsewhere_is_told_beside_a_broken_file() {
    let mut sources = sources();
    sources.files[4].1 = sources.files[4].1.replace("[timing]", "[timing");
    sources.files[0].1 = sources.files[0].1.replace("key = \"2\"", "key = \"1\"");
    let rules: Vec<&str> = compile(&sources).findings.iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["duplicate-key", "option-before-key", "option-before-key", "syntax"]);
}

#[test]
fn all_findings_come_at_once() {
    let mut sources = sources();
    let (_, text) = sources.files.iter_mut().find(|(path, _)| path.ends_with("main.toml")).unwrap();
    *text = text
        .replace("greeting", "greating")
        .replace("menu = \"loans\"", "menu = \"loan\"")
        .replace("key = \"5\"", "key = \"4\"")
        .replace("silences = 1", "silences = -1");
    let rules: BTreeSet<&str> = compile(&sources).findings.iter().map(|f| f.rule).collect();
    for rule in ["unknown-key", "unknown-target", "duplicate-key", "wrong-value"] {
        assert!(rules.contains(rule), "{rule} not in {rules:?}");
    }
}

#[test]
fn spelling_is_suggested() {
    let mut sources = sources();
    sources.files[4].1 =
        sources.files[4].1.replace("leads_to = { menu = \"accounts\" }", "lead_to = { menu = \"acounts\" }");
    let findings = compile(&sources).findings;
    assert!(findings.iter().any(|f| f.help.contains("`leads_to`")), "{findings:#?}");
}

#[test]
fn menus_are_at_most_three_deep() {
    let mut sources = sources();
    let text = |below: &str| {
        format!(
            "[[choice]]\nkey = \"1\"\ntext = {{ zh-CN = \"更多请按1。\", en-US = \"For more, press 1.\" }}\n\
             leads_to = {below}\n"
        )
    };
    sources.files[3].1.push_str(&text("{ menu = \"third\" }").replace('1', "3"));
    sources.files.push(("menus/third.toml".into(), text("{ menu = \"fourth\" }")));
    sources.files.push(("menus/fourth.toml".into(), text("\"person\"")));
    let found: Vec<String> =
        compile(&sources).findings.iter().map(|f| format!("{} {}", f.rule, f.file)).collect();
    assert_eq!(found, ["menu-depth menus/third.toml"]);
}

#[test]
fn adverts_may_be_asked_for_below_the_main_menu() {
    let advert = "[information.new-card]\nkind = \"advert\"";
    assert_eq!(found("card-loss", "[information.new-card]", advert), Vec::<String>::new());
}

#[test]
fn an_announcement_that_sells_is_refused_on_the_main_menu_only() {
    let advert =
        "[announcement]\nkind = \"advert\"\ntext = { zh-CN = \"新产品。\", en-US = \"A product.\" }\n";
    let before_timing = format!("{advert}\n[timing]");
    assert_eq!(found("main", "[timing]", &before_timing), ["no-advert menus/main.toml:12"]);
    let before_choice = format!("{advert}\n[[choice]]\nkey = \"1\"");
    assert_eq!(found("loans", "[[choice]]\nkey = \"1\"", &before_choice), Vec::<String>::new());
}

#[test]
fn cba_10d_only_recordings_on_the_manifest_are_played() {
    let mut sources = sources();
    let program = sample();
    let mut manifest = ManifestView::default();
    for prompt in program.prompts() {
        for language in program.languages() {
            manifest.recordings.insert((language.clone(), prompt.name.clone()), RecordingState::Current);
        }
    }
    sources.manifest = Some(manifest.clone());
    assert_eq!(compile(&sources).findings, []);

    let key = |name: &str| (Language::new("en-US"), PromptName(name.to_owned()));
    manifest.recordings.remove(&key("main.greeting"));
    manifest.recordings.insert(key("main.choice.1"), RecordingState::TextChanged);
    manifest.recordings.insert(key("main.choice.2"), RecordingState::HashMismatch);
    manifest.unknown_files.push("prompts/zh-CN/jingle.wav".to_owned());
    sources.manifest = Some(manifest);
    let compiled = compile(&sources);
    let found: Vec<(&str, Severity)> = compiled.findings.iter().map(|f| (f.rule, f.severity)).collect();
    assert_eq!(
        found,
        [
            ("recording-missing", Severity::Warning),
            ("recording-missing", Severity::Warning),
            ("audio-unknown", Severity::Error),
            ("audio-unknown", Severity::Error),
        ]
    );
}

#[test]
fn missing_files_and_entries_are_findings_and_no_panic() {
    let nothing = compile(&Sources::default());
    assert!(nothing.program.is_none() && nothing.findings.len() >= 2);
    nothing.findings.iter().for_each(assert_chinese);
    let mut no_main = sources();
    no_main.mains = vec![(EntryId::new("1"), MenuId::new("mian"))];
    let findings = compile(&no_main).findings;
    assert!(
        findings.iter().any(|f| f.rule == "unknown-target" && f.help.contains("`main`")),
        "{findings:#?}"
    );
}

#[test]
fn every_rule_explains_itself_once() {
    let ids: BTreeSet<&str> = super::rules().map(|told| told.rule.id).collect();
    assert_eq!(ids.len(), super::rules().count());
    assert!(super::rules().all(|told| told.rule.explanation.len() > 20));
}

/// Everything that rules look at besides the files: packs, recordings, counts.
fn with_everything(sources: &mut Sources, keys: &[(u8, u64)]) -> Statistics {
    let house = "packs = [\"cn-banking\", \"pci\", \"x\"]\naccept = [{ rule = \"key-order\", by = \"a\", on = \"2026-01-01\" }]\n";
    let system = &mut sources.files[5].1;
    *system = house.to_owned() + &system.replace("packs = ", "# packs = ");
    let mut manifest = ManifestView::default();
    for prompt in sample().prompts() {
        let key = (Language::new("zh-CN"), prompt.name.clone());
        manifest.recordings.insert(key.clone(), RecordingState::TextChanged);
        manifest.kinds.insert(key.clone(), SoundKind::of("hold"));
        manifest.measured.insert(key, Duration::from_secs(9));
        manifest.hold.insert(prompt.name.clone());
    }
    sources.manifest = Some(manifest);
    keys.iter().map(|(key, count)| ((MenuId::new("main"), Key::Digit(*key)), *count)).collect()
}

/// Parts of a menu file, to be put anywhere.
const PARTS: [&str; 12] = [
    "\nkey = \"9\"\n",
    "\n[[choice]]\n",
    "\nkind = \"advert\"\n",
    "\nservice_notice = { by = \"x\" }\n",
    "\n[announcement]\ntext = { zh-CN = \"优惠9.9元\" }\n",
    "\n[collect.card]\nmax = 16\n",
    "{ menu = \"main\" }",
    "\nleads_to = { collect = \"card\" }\n",
    "优惠",
    "9.9元",
    "\"",
    "}",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn broken_files_never_panic(file in 0usize..6, at in 0usize..4_000, cut in 0usize..60, insert in "[\\[\\]={}\"'#\n a-z0-9]{0,6}") {
        let mut sources = sources();
        replace(&mut sources.files[file].1, at, cut, &insert);
        compile(&sources);
    }

    #[test]
    fn no_rule_panics_on_any_draft(
        file in 0usize..6,
        at in 0usize..4_000,
        cut in 0usize..200,
        part in 0usize..12,
        keys in proptest::collection::vec((0u8..10, proptest::prelude::any::<u64>()), 0..6),
    ) {
        let mut sources = sources();
        let statistics = with_everything(&mut sources, &keys);
        replace(&mut sources.files[file].1, at, cut, PARTS[part]);
        for finding in compile_counted(&sources, Some(statistics)).findings {
            assert_chinese(&finding);
        }
    }
}

fn replace(text: &mut String, at: usize, cut: usize, with: &str) {
    let floor =
        |text: &str, at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
    let (begin, end) = (floor(text, at), floor(text, at + cut));
    text.replace_range(begin..end, with);
}
