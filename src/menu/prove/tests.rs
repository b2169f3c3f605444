//! The proof finds what no rule about single texts can see.

mod situations;
mod walks;

use std::time::Duration;

use crate::config::finding::{Finding, Severity};
use crate::menu::compile;
use crate::menu::length::Measured;
use crate::menu::prove::prove;
use crate::menu::standard::tests::{sample, sources};

#[test]
fn the_sample_is_proved() {
    let proof = prove(&sample(), &Measured::new());
    assert!(proof.holds());
    assert_eq!(proof.worst_keys, 1);
    assert!(proof.worst_silence < Duration::from_secs(120), "{:?}", proof.worst_silence);
    assert_eq!(proof.menus.len(), 5);
    let keys: Vec<&str> = proof.menus.iter().map(|row| row.keys.as_str()).collect();
    assert_eq!(keys, ["0", "1 0", "2 0", "3 0", "4 0"]);
    assert!(proof.menus.iter().all(|row| row.listening < row.silent));
}

#[test]
fn measured_recordings_count_instead_of_estimates() {
    let program = sample();
    let seconds = |measured: &Measured| prove(&program, measured).menus[0].listening;
    let notice = program.prompts().iter().find(|prompt| prompt.name.0 == "main.notice").unwrap();
    let measured =
        program.languages().iter().map(|l| ((l.clone(), notice.name.clone()), Duration::from_secs(60)));
    assert!(seconds(&measured.collect()) > seconds(&Measured::new()) + Duration::from_secs(50));
}

/// Two informations that follow one another for ever.
#[test]
fn a_loop_of_talk_is_found_with_its_path() {
    let mut sources = sources();
    let text = &mut sources.files.iter_mut().find(|(path, _)| path.ends_with("loans.toml")).unwrap().1;
    text.push_str(
        "\n[information.more]\ntext = { zh-CN = \"更多。\", en-US = \"More.\" }\n\
         leads_to = { information = \"apply\" }\n",
    );
    *text = text.replace("[information.apply]", "[information.apply]\nleads_to = { information = \"more\" }");
    let compiled = compile(&sources);
    let finding = compiled.findings.iter().find(|f| f.rule == "silence-ends-at-person").unwrap();
    assert_eq!(finding.file, "menus/loans.toml");
    assert!(finding.message.contains("key 3 in main, key 1 in loans"), "{}", finding.message);
    assert!(compiled.program.is_none());
    let proof = compiled.proof.unwrap();
    assert_eq!(proof.worst_keys, 1, "a key still leads out");
}

/// 1 + 9 + 81 menus, each below linked to its sisters: states grow with the links, not beyond.
#[test]
fn a_large_hotline_is_proved() {
    let mut sources = sources();
    sources.files.retain(|(path, _)| path.ends_with("system.toml"));
    let menu = |head: &str, choices: Vec<String>| {
        let choice = |(ix, to): (usize, String)| {
            let key = ix + 1;
            format!(
                "[[choice]]\nkey = \"{key}\"\n\
                 text = {{ zh-CN = \"请按{key}\", en-US = \"It, press {key}\" }}\nleads_to = {to}\n"
            )
        };
        head.to_owned() + &choices.into_iter().enumerate().map(choice).collect::<String>()
    };
    let below = |name: &str| (1..=9).map(|n| format!("{{ menu = \"{name}{n}\" }}")).collect();
    let head = "person = \"general\"\nnotice = { zh-CN = \"录音\", en-US = \"Recorded\" }\n";
    sources.files.push(("main.toml".into(), menu(head, below("a"))));
    for n in 1..=9 {
        let name = format!("a{n}");
        for m in 1..=9 {
            let sister = format!("{{ menu = \"{name}{}\" }}", m % 9 + 1);
            let file = menu("", vec![sister, "{ queue = \"general\" }".into(), "{ menu = \"main\" }".into()]);
            sources.files.push((format!("{name}{m}.toml"), file));
        }
        sources.files.push((format!("{name}.toml"), menu("", below(&name))));
    }
    let compiled = compile(&sources);
    // All nine keys of the main menu are taken, so that none is left for English and complaints.
    let no_key_left = ["language-selectable", "complaint-at-main"];
    let other = |f: &&Finding| f.severity == Severity::Error && !no_key_left.contains(&f.rule);
    let errors: Vec<_> = compiled.findings.iter().filter(other).collect();
    assert_eq!(errors.len(), 0, "{errors:#?}");
    let proof = compiled.proof.unwrap();
    assert!(proof.holds() && proof.menus.len() == 91);
    assert!(proof.states < 20_000, "{}", proof.states);
}
