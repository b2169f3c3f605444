//! The configuration: complete defaults, every mistake with its place and a remedy.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::*;

fn load(text: &str) -> Result<ServerConfig, Vec<Finding>> {
    ServerConfig::from_text(text, Path::new("/etc/hotline/hotline.toml"))
}

fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|f| format!("{}:{} {} | {}", f.line, f.column, f.message, f.help)).collect()
}

#[test]
fn the_embedded_defaults_are_complete_and_right() {
    let config = ServerConfig::load(None).unwrap();
    assert_eq!(config.sip.listen.to_string(), "127.0.0.1:5060");
    assert_eq!(config.sip.public_address(config.sip.listen), config.sip.listen);
    assert_eq!(config.media.ports, 10000..=29999);
    assert_eq!(config.media.codecs, [Codec::Pcma, Codec::Pcmu]);
    assert_eq!(config.http.management.to_string(), "127.0.0.1:9464");
    assert_eq!(config.storage.control_socket(), Path::new("var/control.sock"));
    assert_eq!(config.storage.index, Path::new("var/index.sqlite"));
    assert_eq!(config.secrets, Path::new("var/secrets"));
    assert_eq!(config.limits.drain_deadline, Duration::from_secs(600));
    assert_eq!(config.warnings, []);
}

#[test]
fn the_manual_names_every_key() {
    let mut reader = read::Reader::new("", Path::new("default.toml"));
    check::checked(&mut reader);
    for (section, keys) in reader.known() {
        assert!(DEFAULTS.contains(&format!("\n[{section}]\n")), "[{section}] is missing");
        for key in keys {
            let named = [format!("\n{key} = "), format!("\n# {key} = ")];
            assert!(named.iter().any(|line| DEFAULTS.contains(line)), "[{section}] {key} is missing");
        }
    }
}

#[test]
fn the_sample_is_right_and_its_paths_start_at_its_directory() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/ops/hotline.toml");
    let config = ServerConfig::load(Some(Path::new(sample))).unwrap();
    let ops = Path::new(sample).parent().unwrap();
    assert_eq!(config.directories.menus, ops.join("../menus"));
    assert_eq!(config.storage.journal(), ops.join("../var/journal"));
    assert_eq!(config.secrets, ops.join("../var/secrets"), "derived from the storage directory");
}

#[test]
fn every_mistake_is_found_at_once_with_its_place_and_a_remedy() {
    let text = r#"
[sip]
listn = "127.0.0.1:5060"
entries = { "95599" = "main" }
trunks = { bank = "nowhere" }

[media]
ports = "30000-20000"
codecs = ["G729"]
management = "127.0.0.1:1"

[strage]
directory = "x"

[limits]
calls = "many"
drain_deadline = "-5 s"

[recording]
exempt_entries = ["95598"]
"#;
    let found = lines(&load(text).unwrap_err());
    let wanted = [
        "3:1 there is no key `listn` in [sip] | Did you mean `listen`?",
        "5:10 [sip] trunks: `nowhere` is no IP address with a port | ",
        "8:9 [media] ports: `30000-20000` does not hold two pairs of ports from 1024 on | ",
        "9:10 [media] codecs: there is no codec `G729` here | ",
        "10:1 there is no key `management` in [media] | `management` belongs under [http].",
        "12:2 there is no section [strage] | Did you mean [storage]?",
        "16:9 [limits] calls: this is no whole number but a text | ",
        "17:18 [limits] drain_deadline: `-5 s` is not longer than nothing | ",
        "20:18 there is no entry `95598` | Did you mean \"95599\"?",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.starts_with(wanted), "{found}\nis not\n{wanted}");
    }
}

#[test]
fn broken_toml_is_a_finding_and_the_rest_is_still_checked() {
    let found =
        lines(&load("[sip]\nlisten = \"127.0.0.1:5060\nrealm = \"x\"\n[http]\nport = 1\n").unwrap_err());
    assert!(found.len() >= 2, "{found:?}");
    assert!(found.iter().any(|f| f.starts_with("2:")), "{found:?}");
    assert!(found.iter().any(|f| f.contains("no key `port` in [http]")), "{found:?}");
}

#[test]
fn a_key_outside_its_section_is_told_where_it_belongs() {
    let found = lines(&load("listen = \"127.0.0.1:1\"\nsip = 3\n").unwrap_err());
    assert_eq!(
        found,
        [
            "1:1 there is no section [listen] | Put `listen` under [http].",
            "2:7 `sip` is a section and not a value | Write a line [sip] and its keys below.",
        ]
    );
}

#[test]
fn listening_on_every_address_needs_a_public_one() {
    let found = load("[sip]\nlisten = \"0.0.0.0:5060\"\n").unwrap_err();
    assert_eq!(found[0].rule, "public-address-missing");
    let config = load("[sip]\nlisten = \"0.0.0.0:5061\"\npublic_address = \"192.0.2.1\"\n").unwrap();
    assert_eq!(config.sip.public_address(config.sip.listen).to_string(), "192.0.2.1:5061");
    assert_eq!(config.media.public_ip.to_string(), "192.0.2.1");
    assert!(load("[sip]\npublic_address = \"0.0.0.0\"\n").is_err());
}

#[test]
fn unrecorded_entries_and_scarce_ports_are_warned_of() {
    let config =
        load("[recording]\nexempt_entries = [\"95599\"]\n[media]\nports = \"10001-10016\"\n").unwrap();
    let rules: BTreeSet<&str> = config.warnings.iter().map(|f| f.rule).collect();
    assert_eq!(rules, BTreeSet::from(["not-recorded", "few-media-ports"]));
    assert_eq!(config.media.ports, 10002..=10015, "whole pairs from an even port on");
    assert!(config.exempt_entries.contains(&EntryId::from("95599")));
}

#[test]
fn a_missing_file_says_what_to_do() {
    let found = ServerConfig::load(Some(Path::new("/nonexistent/hotline.toml"))).unwrap_err();
    assert_eq!(found[0].rule, "config-unreadable");
    assert!(found[0].help.contains("--config"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "(\\[(sip|media|http)\\]\n|(listen|ports|entries|codecs) = |[0-9\"{}=\\[\\]\n -]{0,6}){0,12}") {
        let _ = load(&text);
    }
}
