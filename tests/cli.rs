//! The program as it is typed: exit codes, findings, publications, without a server and with one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the sample's drafts with a configuration of its own, so that nothing outside is touched.
struct Hotline {
    dir: tempfile::TempDir,
}

impl Hotline {
    fn new() -> Hotline {
        let hotline = Hotline { dir: tempfile::tempdir().unwrap() };
        for folder in ["menus", "ops"] {
            std::fs::create_dir(hotline.path(folder)).unwrap();
        }
        for entry in std::fs::read_dir(root().join("menus")).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, hotline.path("menus").join(from.file_name().unwrap())).unwrap();
        }
        std::fs::copy(root().join("ops/queues.toml"), hotline.path("ops/queues.toml")).unwrap();
        let config = format!(
            "[sip]\nlisten = \"127.0.0.1:0\"\nentries = {{ \"95599\" = \"main\" }}\n\
             [http]\nlisten = \"127.0.0.1:0\"\nmanagement = \"127.0.0.1:0\"\n\
             [storage]\ndirectory = \"../var\"\n\
             [directories]\nmenus = \"../menus\"\nprompts = {:?}\nqueues = \"queues.toml\"\n",
            root().join("prompts")
        );
        std::fs::write(hotline.path("ops/hotline.toml"), config).unwrap();
        hotline
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    fn edit(&self, menu: &str, from: &str, to: &str) {
        let path = self.path("menus").join(menu);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{menu} says {from}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
    }

    /// With this hotline's configuration; `words` are divided by spaces.
    fn run(&self, words: &str) -> Ended {
        run(words.split(' ').chain(["--config", self.path("ops/hotline.toml").to_str().unwrap()]))
    }
}

/// A running server; stopped at once when it is dropped.
struct Serving(Child);

impl Serving {
    /// Started and answering its control socket.
    fn start(hotline: &Hotline) -> Serving {
        let child = Command::new(env!("CARGO_BIN_EXE_hotline"))
            .args(["serve", "--watch", "--config"])
            .arg(hotline.path("ops/hotline.toml"))
            .stderr(std::fs::File::create(hotline.path("log")).unwrap())
            .spawn();
        let mut serving = Serving(child.unwrap());
        while hotline.run("status").code != 0 {
            let log = || std::fs::read_to_string(hotline.path("log")).unwrap();
            assert!(serving.0.try_wait().unwrap().is_none(), "the server ended:\n{}", log());
        }
        serving
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Ended {
    code: i32,
    out: String,
    errors: String,
}

fn run<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
    command.args(arguments).current_dir(root()).env("USER", "tester").env("LC_ALL", "C").stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: status.code().unwrap(), out: text(stdout), errors: text(stderr) }
}

#[test]
fn the_sample_is_clean_for_people_and_programs() {
    let checked = run(["check"]);
    assert_eq!((checked.code, checked.errors.as_str()), (0, ""), "{}", checked.out);
    assert!(checked.out.contains("Proved over") && checked.out.contains("no findings."), "{}", checked.out);
    let checked = run(["check", "menus", "--format", "json"]);
    assert_eq!(checked.code, 0);
    let json: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!((&json["proof"]["holds"], &json["findings"]), (&true.into(), &Value::Array(vec![])));
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let hotline = Hotline::new();
    hotline.edit("main.toml", "greeting =", "greating =");
    hotline.edit("main.toml", "menu = \"loans\"", "menu = \"loan\"");
    let queues = std::fs::read_to_string(hotline.path("ops/queues.toml")).unwrap();
    std::fs::write(hotline.path("ops/queues.toml"), queues.replacen("\nlimit =", "\nlimmit =", 1)).unwrap();
    let directory = hotline.path("menus");
    let checked = run(["check", directory.to_str().unwrap()]);
    assert_eq!(checked.code, 1, "{}", checked.out);
    for told in [
        "main.toml:6:1",
        "\n6 | greating = {",
        "^^^^^^^^",
        "Did you mean `greeting`?",
        "Did you mean `loans`?",
        "queues.toml:",
        "Did you mean `limit`?",
    ] {
        assert!(checked.out.contains(told), "{told} is not in\n{}", checked.out);
    }
    let checked = hotline.run("check --format json");
    let json: Value = serde_json::from_str(&checked.out).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert!(checked.code == 1 && findings.len() >= 3, "{}", checked.out);
    assert_eq!(findings.iter().filter(|finding| finding["severity"] == "error").count(), 3);
}

#[test]
fn one_slip_is_one_finding_in_the_language_asked_for() {
    let hotline = Hotline::new();
    hotline.edit("main.toml", "press 2.\" }", "press 2.\"");
    let checked = hotline.run("check --lang zh");
    assert_eq!(checked.code, 1, "{}", checked.out);
    for told in ["main.toml:22:8", "此处的花括号 `{` 没有闭合", "^^^^", "1 个错误，0 个警告", "不做任何证明"]
    {
        assert!(checked.out.contains(told), "{told} is not in\n{}", checked.out);
    }
    assert_eq!(checked.out.matches("错误[").count(), 1, "{}", checked.out);
    let json: Value = serde_json::from_str(&hotline.run("check --format json").out).unwrap();
    let finding = &json["findings"][0];
    for field in
        ["rule", "severity", "source", "file", "line", "column", "message", "help", "message_zh", "help_zh"]
    {
        assert!(!finding[field].is_null(), "{field} is not in {finding:#}");
    }
    assert_eq!((&finding["line"], &json["proof"]), (&22.into(), &Value::Null));

    let queues = std::fs::read_to_string(hotline.path("ops/queues.toml")).unwrap();
    let hotline = Hotline::new();
    let broken = queues.replace("[queues.general]", "[queues.general");
    std::fs::write(hotline.path("ops/queues.toml"), broken).unwrap();
    let checked = hotline.run("check");
    assert_eq!(checked.out.matches("error[").count(), 1, "{}", checked.out);
}

#[test]
fn an_entry_without_menu_is_told_where_it_stands() {
    let hotline = Hotline::new();
    let config = hotline.path("ops/hotline.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("\"95599\" = \"main\"", "\"95599\" = \"mian\"")).unwrap();
    let checked = hotline.run("check");
    assert!(checked.out.contains("ops/hotline.toml:3:23: entry `95599`"), "{}", checked.out);
    assert!(checked.out.contains("3 | entries = {"), "{}", checked.out);
}

#[test]
fn rules_are_explained() {
    let told = run(["check", "--explain", "no-advert"]);
    assert!(told.code == 0 && told.out.contains("Right:") && told.out.contains("CBA-10c"), "{}", told.out);
    let told = run(["check", "--explain", "all", "--lang", "zh"]);
    assert!(told.code == 0 && told.out.contains("正确示例"), "{}", told.out);
    let told = run(["check", "--explain", "no-adverts"]);
    assert!(told.code == 2 && told.out.contains("Did you mean `no-advert`?"), "{}", told.out);
}

#[test]
fn rare_options_before_frequent_ones_are_told_when_counts_are_given() {
    let hotline = Hotline::new();
    let counts = hotline.path("pressed.csv");
    std::fs::write(&counts, "menu,key,count\nmain,1,10\nmain,2,900\n").unwrap();
    let checked = hotline.run(&format!("check --pressed {}", counts.display()));
    assert!(
        checked.out.contains("key 2 was pressed 900 times, key 1 before it only 10 times"),
        "{}",
        checked.out
    );
    std::fs::write(&counts, "main;1\n").unwrap();
    assert_eq!(hotline.run(&format!("check --pressed {}", counts.display())).code, 2);
}

#[test]
fn unreadable_files_and_wrong_usage_end_with_2() {
    assert_eq!(run(["check", "/nonexistent"]).code, 2);
    assert_eq!(run(["check", "--config", "/nonexistent"]).code, 2);
    assert_eq!(run(["dance"]).code, 2);
    let hotline = Hotline::new();
    std::fs::write(hotline.path("ops/hotline.toml"), "[sip]\nlistn = 1\n").unwrap();
    let checked = hotline.run("check --format json");
    let json: Value = serde_json::from_str(&checked.out).unwrap();
    assert_eq!((checked.code, json["findings"][0]["line"].as_u64()), (1, Some(2)));
}

#[test]
fn a_visit_is_told_and_the_menus_are_drawn() {
    let visit = run(["try", "--keys", "1 0", "--language", "en-US"]);
    assert_eq!(visit.code, 0, "{}", visit.out);
    assert!(
        visit.out.contains("press         1") && visit.out.contains("card-loss (en-US)"),
        "{}",
        visit.out
    );
    assert_eq!(run(["try", "--keys", "x"]).code, 2);
    assert_eq!(run(["try", "--keys", "0", "--language", "xx"]).code, 2);
    assert!(run(["show", "--as", "svg"]).out.starts_with("<svg"));
    assert_eq!(run(["prompts", "check"]).code, 0);
}

#[test]
fn drafts_are_published_listed_and_rolled_back() {
    let hotline = Hotline::new();
    let refused = hotline.run("serve");
    assert_eq!(refused.code, 1);
    assert!(refused.errors.contains("hotline publish"), "{}", refused.errors);

    let unsigned = hotline.run("publish");
    assert_eq!(unsigned.code, 1);
    assert!(unsigned.out.contains("--reason"), "{}", unsigned.out);
    let first = hotline.run("publish --reason first");
    assert_eq!(first.code, 0, "{}{}", first.out, first.errors);
    assert!(first.out.contains("Version 1 published by tester: first"), "{}", first.out);

    hotline.edit("main.toml", "first_digit = 5", "first_digit = 4");
    let second = hotline.run("publish --by Li --reason second --format json");
    let json: Value = serde_json::from_str(&second.out).unwrap();
    assert_eq!((&json["version"], &json["new"], &json["by"]), (&2.into(), &true.into(), &"Li".into()));
    assert!(json["difference"][0].as_str().unwrap().contains("first_digit"), "{json}");

    let back = hotline.run("rollback --by Li --reason wrong");
    assert!(back.code == 0 && back.out.contains("Version 3 published by Li: wrong"), "{}", back.out);
    let listed = hotline.run("versions --format json");
    let json: Value = serde_json::from_str(&listed.out).unwrap();
    let numbers: Vec<_> = json.as_array().unwrap().iter().map(|v| v["version"].as_u64().unwrap()).collect();
    assert_eq!((numbers, &json[0]["current"]), (vec![3, 2, 1], &true.into()));
    assert_eq!(hotline.run("rollback 9 --reason none").code, 2);

    let status = hotline.run("status");
    assert!(status.code == 1 && status.errors.contains("no server is running"), "{}", status.errors);
}

#[test]
fn records_of_a_hotline_that_never_ran_are_missed_politely() {
    let hotline = Hotline::new();
    let listed = hotline.run("calls list");
    assert!(listed.code == 1 && listed.errors.contains("has the server run here?"), "{}", listed.errors);
    assert_eq!(hotline.run("recordings verify").code, 1);
    assert!(
        !hotline.path("var").exists() && hotline.run("versions").out.contains("nothing is published yet")
    );
    assert!(!hotline.path("var").exists(), "looking makes nothing");
    assert_eq!(hotline.run("calls list --from yesterday").code, 1);
}

#[test]
fn a_running_server_does_what_it_is_told_and_ends_when_it_is_drained() {
    let hotline = Hotline::new();
    let mut serving = Serving::start(&hotline);
    let unsigned = hotline.run("publish");
    assert!(unsigned.code == 1 && unsigned.out.contains("--reason"), "{}{}", unsigned.out, unsigned.errors);
    let same = hotline.run("publish --reason again --format json");
    let json: Value = serde_json::from_str(&same.out).unwrap();
    assert_eq!((&json["version"], &json["new"]), (&1.into(), &false.into()));
    let back = hotline.run("rollback 1 --by Li --reason trial");
    assert!(back.code == 0 && back.out.contains("Version 2 published by Li: trial"), "{}", back.out);
    assert_eq!(hotline.run("rollback 9 --reason none").code, 2);

    for (what, told) in [("agents", "3 agents imported"), ("devices", "3 telephones imported")] {
        let file = root().join(format!("ops/{what}.csv"));
        let imported = hotline.run(&format!("{what} import {}", file.display()));
        assert!(imported.out.contains(told), "{}{}", imported.out, imported.errors);
    }
    assert!(hotline.run("agents list").out.contains("1001"));
    assert!(hotline.run("calls list --format json").out.is_empty());
    let verified = hotline.run("recordings verify");
    assert!(verified.code == 0 && verified.out.contains("all sound"), "{}", verified.out);
    let second = hotline.run("serve");
    assert!(second.code == 1 && !second.errors.contains("panicked"), "{}", second.errors);

    assert_eq!(hotline.run("drain").code, 0);
    assert!(serving.0.wait().unwrap().success());
    assert!(hotline.run("status").errors.contains("no server is running"));
}
