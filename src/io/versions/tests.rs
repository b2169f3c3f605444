//! Publishing, loading, rolling back: on real files, with the sample hotline and a voice of ours.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::config::finding::Severity;
use crate::io::prompts::build::{self, Order, Stale};
use crate::io::prompts::synthesise::Synthesiser;
use crate::io::prompts::{shape, tones, wav};

struct House {
    dir: tempfile::TempDir,
    drafts: Drafts,
    versions: Versions,
}

const BY: &str = "Li";

fn signed(reason: &str) -> Signature<'_> {
    Signature { by: BY, reason, at: Wall(1_760_000_000_000) }
}

/// The sample hotline's menus with one queue file, in a directory of its own.
fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    let menus = dir.path().join("menus");
    std::fs::create_dir(&menus).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(root.join("menus")).unwrap() {
        let from = entry.unwrap().path();
        if from.extension().is_some_and(|e| e == "toml") {
            std::fs::copy(&from, menus.join(from.file_name().unwrap())).unwrap();
        }
    }
    let queues = dir.path().join("queues.toml");
    std::fs::copy(root.join("ops/queues.toml"), &queues).unwrap();
    let mains = vec![("95599".into(), "main".into())];
    let drafts = Drafts { menus, prompts: dir.path().join("prompts"), queues, mains };
    let versions = Versions::open(&dir.path().join("var")).unwrap();
    House { dir, drafts, versions }
}

impl House {
    /// Speaks everything that has no recording, with a tone for a voice.
    fn speak(&self) {
        let voice = self.dir.path().join("voice.wav");
        std::fs::write(&voice, wav::encode(&shape::to_i16(&tones::beep())).unwrap()).unwrap();
        let synthesiser = Synthesiser::new(vec!["cat".into(), voice.display().to_string()]).unwrap();
        let assembled = assemble(&self.drafts.read().unwrap(), &self.drafts.places()).unwrap();
        let order = Order {
            directory: &self.drafts.prompts,
            wanted: &assembled.wanted,
            synthesiser: &synthesiser,
            by: BY,
            at: Wall(0),
            stale: Stale::Keep,
        };
        build::build(&order).unwrap();
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.drafts.menus.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} says {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    fn greeting(&self) -> PathBuf {
        self.drafts.prompts.join("en-US/main.greeting.wav")
    }
}

fn rules(findings: &[Finding]) -> Vec<&str> {
    let mut rules: Vec<&str> =
        findings.iter().filter(|f| f.severity == Severity::Error).map(|f| f.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

#[test]
fn what_was_published_is_loaded_as_it_was() {
    let house = house();
    assert_eq!(house.versions.latest(), None);
    house.speak();
    let made = house.versions.publish(&house.drafts, signed("first")).unwrap();
    assert!(made.is_new && made.published.version == ConfigVersion(1));
    assert!(made.difference.iter().any(|line| line.starts_with("menus/main.toml: new")));

    let again = Versions::open(&house.dir.path().join("var")).unwrap();
    assert_eq!(again.latest(), Some(ConfigVersion(1)));
    let loaded = again.load(ConfigVersion(1)).unwrap();
    assert_eq!((loaded.by.as_str(), loaded.reason.as_str()), (BY, "first"));
    assert_eq!(loaded.digest, made.published.digest);
    assert_eq!(loaded.program, made.published.program);
    assert_eq!(loaded.queues, made.published.queues);
    assert_eq!(loaded.prompts.iter().count(), made.published.prompts.iter().count());
    let beep = loaded.prompts.get("zh-CN", tones::BEEP).unwrap();
    assert_eq!(beep.length(), Duration::from_millis(400));
    assert_eq!(again.prompt_by_hash(beep.hash).as_ref(), Some(beep));
    assert_eq!(again.prompt_by_hash(PromptHash([0; 32])), None);
}

#[test]
fn drafts_that_did_not_change_make_no_number() {
    let house = house();
    house.speak();
    house.versions.publish(&house.drafts, signed("first")).unwrap();
    let again = house.versions.publish(&house.drafts, signed("again")).unwrap();
    assert!(!again.is_new && again.difference.is_empty());
    assert_eq!((again.published.version, again.published.reason.as_str()), (ConfigVersion(1), "first"));
    assert_eq!(house.versions.list().unwrap().len(), 1);
}

#[test]
fn with_any_error_nothing_is_published() {
    let house = house();
    let missing = house.versions.publish(&house.drafts, signed("no sound")).unwrap_err();
    assert_eq!(rules(&missing), ["recording-missing"]);
    house.speak();
    let unsigned = Signature { by: " ", ..signed("x") };
    assert_eq!(rules(&house.versions.publish(&house.drafts, unsigned).unwrap_err()), ["publish-unsigned"]);
    std::fs::write(house.greeting(), wav::encode(&[9_000; 800]).unwrap()).unwrap();
    let changed = house.versions.publish(&house.drafts, signed("changed sound")).unwrap_err();
    assert_eq!(rules(&changed), ["audio-unknown"]);
    house.change("main.toml", "[timing]", "[timming]");
    assert!(!house.versions.check(&house.drafts).is_empty());
    assert!(house.versions.publish(&house.drafts, signed("broken")).is_err());
    std::fs::remove_file(&house.drafts.queues).unwrap();
    let gone = house.versions.publish(&house.drafts, signed("no queues")).unwrap_err();
    assert_eq!(rules(&gone), ["file-unreadable"]);
    assert_eq!(house.versions.latest(), None);
    assert!(house.versions.list().unwrap().is_empty());
}

#[test]
fn cba_10d_sound_is_judged_at_publication_too() {
    let house = house();
    house.change("loans.toml", "[information.apply]", "[information.apply]\nkind = \"advert\"");
    house.speak();
    house.versions.publish(&house.drafts, signed("an advert that is asked for")).unwrap();
    let queues = std::fs::read_to_string(&house.drafts.queues).unwrap();
    let wrong = queues.replacen("limit = 20", "limit = 20\nhold_audio = \"loans.apply\"", 1);
    assert_ne!(wrong, queues);
    std::fs::write(&house.drafts.queues, wrong).unwrap();
    let refused = house.versions.publish(&house.drafts, signed("an advert for who waits")).unwrap_err();
    assert_eq!(rules(&refused), ["audio-advert", "no-advert"]);
}

#[test]
fn a_rollback_is_a_new_number_with_old_content_and_old_sound_stays() {
    let house = house();
    house.speak();
    let first = house.versions.publish(&house.drafts, signed("first")).unwrap().published;
    house.change("main.toml", "Welcome to Sample Bank.", "Good day.");
    std::fs::write(house.drafts.prompts.join("manifest.toml"), "").unwrap();
    std::fs::remove_dir_all(&house.drafts.prompts).unwrap();
    house.speak();
    let second = house.versions.publish(&house.drafts, signed("new greeting")).unwrap();
    let told = second.difference.join("\n");
    assert!(told.contains("says “Good day.” instead of “Welcome to Sample Bank.”"), "{told}");

    assert_eq!(house.versions.previous(), Some(ConfigVersion(1)));
    let back = house.versions.rollback(ConfigVersion(1), signed("wrong greeting")).unwrap();
    assert_eq!(back.published.version, ConfigVersion(3));
    assert_eq!((&back.published.digest, &back.published.program), (&first.digest, &first.program));
    assert!(back.difference.iter().any(|line| line.contains("instead of “Good day.”")));
    let list = house.versions.list().unwrap();
    let current: Vec<bool> = list.iter().map(|info| info.current).collect();
    assert_eq!(current, [false, false, true]);
    assert_eq!(list[2].meta.reason, "wrong greeting");
    assert!(house.versions.rollback(ConfigVersion(9), signed("none")).is_err());
    let fresh = Versions::open(&house.dir.path().join("var")).unwrap();
    for (_, _, clip) in first.prompts.iter().chain(second.published.prompts.iter()) {
        assert!(fresh.prompt_by_hash(clip.hash).is_some(), "sound of every version is kept");
    }
}

#[test]
fn what_was_altered_is_not_run() {
    let house = house();
    house.speak();
    let made = house.versions.publish(&house.drafts, signed("first")).unwrap().published;
    let var = house.dir.path().join("var");
    let sound = made.prompts.get("zh-CN", tones::BEEP).unwrap().hash;
    let file = var.join(format!("versions/prompts/{sound}.wav"));
    std::fs::write(&file, wav::encode(&[1; 800]).unwrap()).unwrap();
    let fresh = Versions::open(&var).unwrap();
    assert_eq!(rules(&fresh.load(ConfigVersion(1)).unwrap_err()), ["file-unreadable"]);
    assert_eq!(fresh.prompt_by_hash(sound), None);

    let menu = var.join("versions/1/menus/main.toml");
    let text = std::fs::read_to_string(&menu).unwrap();
    std::fs::write(&menu, text.replace("Welcome", "Buy")).unwrap();
    let altered = Versions::open(&var).unwrap().load(ConfigVersion(1)).unwrap_err();
    assert_eq!(rules(&altered), ["version-altered"]);
}

#[test]
fn an_interrupted_publication_leaves_the_version_before() {
    let house = house();
    house.speak();
    house.versions.publish(&house.drafts, signed("first")).unwrap();
    let versions = house.dir.path().join("var/versions");
    std::fs::create_dir_all(versions.join(".draft/menus")).unwrap();
    std::fs::write(versions.join(".draft/menus/torn.toml"), "x").unwrap();
    assert_eq!(house.versions.latest(), Some(ConfigVersion(1)));
    house.change("main.toml", "first_digit = 5", "first_digit = 6");
    let second = house.versions.publish(&house.drafts, signed("slower")).unwrap();
    assert_eq!(second.difference, ["menus/main.toml: `first_digit = 5` became `first_digit = 6`"]);
    assert!(!versions.join("2/menus/torn.toml").exists());
    std::fs::write(versions.join("current"), "garbage").unwrap();
    assert_eq!(house.versions.latest(), Some(ConfigVersion(2)), "the newest, if nothing says which");
}

#[test]
fn the_sample_hotline_can_be_published_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let drafts = Drafts {
        menus: root.join("menus"),
        prompts: root.join("prompts"),
        queues: root.join("ops/queues.toml"),
        mains: vec![("95599".into(), "main".into())],
    };
    let dir = tempfile::tempdir().unwrap();
    let versions = Versions::open(dir.path()).unwrap();
    let made = versions.publish(&drafts, signed("sample")).unwrap_or_else(|findings| {
        panic!("run `hotline prompts build --by NAME`: {findings:#?}");
    });
    assert!(made.warnings.is_empty(), "{:#?}", made.warnings);
    let sounds = made.published.prompts.iter().map(|(_, _, clip)| clip.pcmu.len() * 2 + 44);
    assert!(sounds.sum::<usize>() < 6 << 20, "the repository stays small");
}
