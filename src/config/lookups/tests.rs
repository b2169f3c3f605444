//! `[lookups.NAME]`: what is right is read, every mistake has its place and a remedy.

use std::path::Path;

use super::*;
use crate::config::finding::Finding;
use crate::config::server::{DEFAULTS, ServerConfig};

fn load(text: &str) -> Result<Lookups, Vec<Finding>> {
    ServerConfig::from_text(text, Path::new("hotline.toml")).map(|config| config.lookups)
}

fn bank(keys: &str) -> Result<LookupSettings, Vec<Finding>> {
    let text = format!("[lookups.bank]\nurl = \"https://core.bank.example/hotline\"\n{keys}");
    load(&text).map(|mut lookups| lookups.remove("bank").unwrap())
}

/// The commented section of the manual, as it would be written.
fn manual() -> String {
    let section = DEFAULTS.split_once("# [lookups.bank]\n").unwrap().1;
    let section = section.split_once("\n[").map_or(section, |(section, _)| section);
    let key = |line: &&str| line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    section
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(key)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[test]
fn nobody_is_asked_unless_configured() {
    assert_eq!(load("").unwrap(), Lookups::new());
    assert_eq!(load("[lookups]\n").unwrap(), Lookups::new());
}

#[test]
fn the_manual_is_right_and_tells_the_defaults() {
    let keys: Vec<String> =
        manual().lines().map(|line| line.split(" = ").next().unwrap().to_owned()).collect();
    for key in [
        "url",
        "allow_hosts",
        "token",
        "basic",
        "client_certificate",
        "client_key",
        "ca",
        "timeout",
        "patience",
        "retries",
        "breaker_failures",
        "breaker_pause",
        "at_once",
    ] {
        assert!(keys.iter().any(|k| k == key), "{key} is not in the manual");
    }
    let shown = manual().replace("basic = ", "# ");
    let shown = load(&format!("[lookups.bank]\n{shown}")).unwrap().remove("bank").unwrap();
    let default = bank("").unwrap();
    assert_eq!(
        (shown.timing, shown.breaker, shown.at_once),
        (default.timing, default.breaker, default.at_once)
    );
    assert_eq!(shown.allow_hosts, default.allow_hosts);
    assert_eq!((default.timing, default.breaker), (Timing::default(), BreakerSettings::default()));
    assert_eq!((default.login, default.identity, default.ca), (Login::None, None, None));
    assert!(matches!(shown.login, Login::Token(name) if name.as_str() == "bank-token"));
    assert!(shown.identity.is_some() && shown.ca.is_some());
}

#[test]
fn every_mistake_is_found_at_once_with_its_place_and_a_remedy() {
    let text = r#"
[lookups.bank]
url = "http://core.bank.example/"
tokn = "secret:x"
token = "p4ssw0rd"
retries = 9
timeout = "2 min"
breaker_failures = 0

[lookups.cards]
url = "https://cards.bank.example:8443/"
allow_hosts = ["cards.bank.example"]
client_key = "secret:master.key"
timeout = "9 s"
at_once = "many"

[lookups."Loan Office"]
url = "https://loans.bank.example/?a=b"

[lookups.nowhere]
token = "secret:a"
basic = "secret:b"
"#;
    let found = load(text).unwrap_err();
    let lines: Vec<String> =
        found.iter().map(|f| format!("{}:{} {} | {}", f.line, f.column, f.message, f.help)).collect();
    let wanted = [
        "3:7 [lookups.bank] url: http would carry callers' data unencrypted",
        "4:1 there is no key `tokn` in [lookups.bank] | Did you mean `token`?",
        "5:9 [lookups.bank] token: this is not \"secret:NAME\"",
        "6:11 [lookups.bank] retries: 9 is outside 0 to 5",
        "7:11 [lookups.bank] timeout: 120 s are too long | Write at most \"60 s\".",
        "8:20 [lookups.bank] breaker_failures: 0 is outside 1 to 1000",
        "12:15 `url` leads to cards.bank.example:8443, which is not among the allowed hosts | Add",
        "13:14 [lookups.cards] client_key: `master.key` is the server's own",
        "13:14 [lookups.cards] has `client_key` without `client_certificate` | Add `client_certificate`",
        "14:11 one attempt may last 9s, but all attempts together only 6s | Make `patience`",
        "15:11 [lookups.cards] at_once: this is no whole number but a text",
        "17:10 `Loan Office` is no name of a service",
        "18:7 [lookups.Loan Office] url: `?` and `#` cannot stand in it",
        "20:10 [lookups.nowhere] has no `url` | Write where the service is",
        "22:9 [lookups.nowhere] has both `token` and `basic` | Take one of them out.",
    ];
    assert_eq!(lines.len(), wanted.len(), "{lines:#?}");
    for (line, wanted) in lines.iter().zip(wanted) {
        assert!(line.starts_with(wanted), "{line}\nis not\n{wanted}");
        assert!(!line.contains("p4ssw0rd"), "a secret is repeated: {line}");
    }
}

#[test]
fn values_without_a_service_are_told_where_they_belong() {
    let found = load("[lookups]\nurl = \"https://a.example\"\n").unwrap_err();
    assert_eq!((found[0].line, found[0].rule), (2, "config-value"));
    assert!(found[0].help.contains("[lookups.NAME]"));
    let found = load("lookups = 3\n").unwrap_err();
    assert!(found[0].help.contains("[lookups.NAME]"), "{found:?}");
    let found = load("[lokups.bank]\nurl = \"https://a.example\"\n").unwrap_err();
    assert!(found[0].help.contains("Did you mean [lookups]?"), "{found:?}");
}

#[test]
fn too_many_services_are_refused() {
    let many: String = (0..33).map(|n| format!("[lookups.s{n}]\nurl = \"https://a.example\"\n")).collect();
    assert_eq!(load(&many).unwrap_err().len(), 1);
}

#[test]
fn tls_keys_over_http_are_pointed_out() {
    let found = load("[lookups.bank]\nurl = \"http://127.0.0.1:1\"\nca = \"secret:ca\"\n").unwrap_err();
    assert_eq!((found.len(), found[0].rule, found[0].line), (1, "lookup-tls", 3));
}

#[test]
fn a_question_goes_to_allowed_hosts_only() {
    let bank = bank("allow_hosts = [\"core.bank.example\", \"cards.bank.example:8443\"]\n").unwrap();
    let target = |path| bank.target(path).map(String::from);
    assert_eq!(target("/balance").as_deref(), Some("https://core.bank.example/hotline/balance"));
    assert_eq!(
        target("https://cards.bank.example:8443/block").as_deref(),
        Some("https://cards.bank.example:8443/block")
    );
    for wrong in [
        "https://cards.bank.example/block",
        "https://evil.example/",
        "http://core.bank.example/",
        "https://core.bank.example@evil.example/",
        "https://core.bank.example/x?card=1",
        "/../x",
        "file:///etc/passwd",
    ] {
        assert_eq!(target(wrong), None, "{wrong}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "(\\[lookups(\\.[a-z\"]{0,3})?\\]\n|(url|retries|timeout|allow_hosts|token) = |\"https://|[0-9\"{}=\\[\\]\n a-z.:-]{0,6}){0,12}") {
        let _ = load(&text);
    }
}
