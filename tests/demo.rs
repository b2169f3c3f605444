//! The whole product at once: `hotline demo` plays against a real server over real SIP and RTP and
//! exits 0 only if everything it tells is true.

use std::path::Path;
use std::process::{Command, Output};

fn hotline(arguments: &[&str], directory: &Path) -> Output {
    let program = env!("CARGO_BIN_EXE_hotline");
    let output = Command::new(program).args(arguments).current_dir(directory).output();
    output.expect("the program starts")
}

#[test]
fn the_demo_is_true_and_leaves_its_records_behind() {
    let directory = tempfile::tempdir().unwrap();
    let kept = directory.path().join("kept");
    let output = hotline(&["demo", "--keep", kept.to_str().unwrap()], directory.path());
    let (told, steps) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{steps}");
    for part in [
        "CALL 1    Self-service",
        "网点每天九点到十七点营业。",
        "Branches are open from nine to five every day.",
        "CALL 2    Key 0",
        "您好，欢迎致电示范银行。 …",
        "agent 1001: rejected",
        "longest idle, among 1002",
        "without 1001 missed this call",
        "talks with agent 1002",
        "CALL 3    A full queue",
        "full, sent on to queue overflow",
        "no agent signed in, sent on to a message",
        "leaves a message of",
        "hotline_service_level_ratio{queue=\"general\",window=\"day\",definition=\"offered\"}",
        "chain intact",
        "all true:",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}\n{steps}");
    }
    assert!(steps.contains("caller 3  hears  留言已收到，我们会尽快回复。"), "{steps}");
    assert!(!steps.contains("WARN") && !steps.contains("ERROR"), "{steps}");
    let recordings = told.lines().filter_map(|line| line.strip_prefix("recording  "));
    let readable = |file: &str| hound::WavReader::open(file).is_ok_and(|wave| wave.spec().channels == 2);
    assert_eq!(recordings.filter(|file| readable(file)).count(), 3, "{told}");
    let again = hotline(&["demo", "--keep", kept.to_str().unwrap()], directory.path());
    assert!(!again.status.success(), "a directory that is in use is left alone");
    assert!(String::from_utf8_lossy(&again.stderr).contains("not empty"));
}
