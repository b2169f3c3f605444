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
    let ops = dir.path().join("ops");
    std::fs::create_dir(&ops).unwrap();
    for file in ["queues.toml", "calendar.toml", "plans.toml"] {
        std::fs::copy(root.join("ops").join(file), ops.join(file)).unwrap();
    }
    let drafts = Drafts::in_directory(dir.path(), "95599", "main");
    let versions = Versions::open(&dir.path().join("var")).unwrap();
    House { dir, drafts, versions }
}

impl House {
    /// Speaks everything that has no recording, with a tone for a voice.
    fn speak(&self) {
        let voice = self.dir.path().join("voice.wav");
        std::fs::write(&voice, wav::encode(&shape::to_i16(&tones::beep())).unwrap()).unwrap();
        let synthesiser = Synthesiser::new(vec!["cat".into(), voice.display().to_string()]).unwrap();
        let order = Order {
            directory: &self.drafts.prompts,
            wanted: &assembled(&self.drafts).unwrap().wanted,
            synthesiser: &synthesiser,
            by: BY,
            at: Wall(0),
            stale: Stale::Keep,
        };
        build::build(&order).unwrap();
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.drafts.places.menus.join(file);
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
    assert!(made.became == Became::InForce && made.published.version == ConfigVersion(1));
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
    assert!(again.became == Became::Nothing && again.difference.is_empty());
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
    std::fs::remove_file(&house.drafts.places.queues).unwrap();
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
    let queues = std::fs::read_to_string(&house.drafts.places.queues).unwrap();
    let wrong = queues.replacen("limit = 20", "limit = 20\nhold_audio = \"loans.apply\"", 1);
    assert_ne!(wrong, queues);
    std::fs::write(&house.drafts.places.queues, wrong).unwrap();
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
    let drafts = Drafts::in_directory(root, "95599", "main");
    let dir = tempfile::tempdir().unwrap();
    let versions = Versions::open(dir.path()).unwrap();
    let made = versions.publish(&drafts, signed("sample")).unwrap_or_else(|findings| {
        panic!("run `hotline prompts build --by NAME`: {findings:#?}");
    });
    assert!(made.warnings.is_empty(), "{:#?}", made.warnings);
    let sounds = made.published.prompts.iter().map(|(_, _, clip)| clip.pcmu.len() * 2 + 44);
    assert!(sounds.sum::<usize>() < 6 << 20, "the repository stays small");
}

#[test]
fn a_snapshot_holds_the_calendar_and_the_plans() {
    let house = house();
    house.speak();
    let made = house.versions.publish(&house.drafts, signed("first")).unwrap().published;
    assert!(made.calendar.is_some());
    let names: Vec<&str> = made.plans.iter().map(|plan| plan.name.as_str()).collect();
    assert_eq!(names, ["disaster", "incident", "surge", "system-failure"]);
    assert!(made.prompts.exact("en-US", "plan.surge").is_some(), "what a plan says is recorded");
    let again = Versions::open(&house.dir.path().join("var")).unwrap().load(ConfigVersion(1)).unwrap();
    assert_eq!((&again.calendar, &again.plans), (&made.calendar, &made.plans));

    let plans = house.drafts.places.plans.clone();
    let text = std::fs::read_to_string(&plans).unwrap();
    std::fs::write(&plans, text.replace("ends_after = \"8 h\"", "ends_after = \"6 h\"")).unwrap();
    let shorter = house.versions.publish(&house.drafts, signed("shorter")).unwrap();
    assert_eq!(shorter.difference, ["plans.toml: `ends_after = \"8 h\"` became `ends_after = \"6 h\"`"]);
    std::fs::write(&plans, text.replace("en-US = \"We are", "en-GB = \"We are")).unwrap();
    let wrong = house.versions.publish(&house.drafts, signed("wrong language")).unwrap_err();
    assert_eq!(rules(&wrong), ["missing-text", "unknown-language"]);

    let file = house.dir.path().join("var/versions/2/plans.toml");
    std::fs::remove_file(file).unwrap();
    let altered = Versions::open(&house.dir.path().join("var")).unwrap().load(ConfigVersion(2));
    assert_eq!(rules(&altered.unwrap_err()), ["version-altered"]);
}

#[test]
fn a_snapshot_made_before_there_were_calendars_and_plans_is_loaded() {
    let house = house();
    std::fs::remove_file(&house.drafts.places.calendar).unwrap();
    std::fs::remove_file(&house.drafts.places.plans).unwrap();
    house.speak();
    house.versions.publish(&house.drafts, signed("as of old")).unwrap();
    let directory = house.dir.path().join("var/versions/1");
    assert!(!directory.join("calendar.toml").exists() && !directory.join("plans.toml").exists());
    let loaded = Versions::open(&house.dir.path().join("var")).unwrap().load(ConfigVersion(1)).unwrap();
    assert!(loaded.calendar.is_none() && loaded.plans.is_empty());
}

#[test]
fn queues_keep_the_hours_of_a_schedule_that_exists() {
    let house = house();
    house.speak();
    let queues = &house.drafts.places.queues;
    let text = std::fs::read_to_string(queues).unwrap();
    std::fs::write(queues, text.replace("priority = 40", "priority = 40\nhours = \"advicers\"")).unwrap();
    let wrong = house.versions.check(&house.drafts);
    let found = wrong.iter().find(|finding| finding.rule == "unknown-schedule").unwrap();
    assert_eq!(found.help, "Did you mean `advisers`?");
}

/// The seconds of the proof are those of the recording, unless it says something else than the menu.
#[test]
fn a_recording_of_another_text_has_no_length() {
    let house = house();
    house.speak();
    // A greeting may last 8 s; this recording of it lasts 20.
    let long = vec![9_000; 20 * 8_000];
    std::fs::write(house.greeting(), wav::encode(&long).unwrap()).unwrap();
    let findings = house.versions.check(&house.drafts);
    let spoken = house.versions.candidate(&house.drafts).err().unwrap_or_default();
    assert!(!rules(&findings).is_empty() && rules(&spoken) == rules(&findings));
    let recorded = Recorded::read(&house.drafts.prompts);
    let (places, offers) = (&house.drafts.places, &house.drafts.offers);
    let frame = Frame { places, offers, recorded: &recorded };
    let content = house.drafts.read().unwrap();
    let length = |content: &Content| {
        let program = assemble(content, &Frame { recorded: &Recorded::default(), ..frame.clone() });
        let measured = recorded.lengths(Some(&program.unwrap().program));
        let greeting = ("en-US".into(), crate::menu::api::PromptName("main.greeting".into()));
        measured.get(&greeting).copied()
    };
    assert_eq!(length(&content), Some(Duration::from_secs(20)));
    house.change("main.toml", "Welcome to Sample Bank.", "Good day.");
    assert_eq!(length(&house.drafts.read().unwrap()), None);
    assert!(assembled(&house.drafts).is_ok(), "what is to be recorded again can be recorded");
}

#[test]
fn with_two_persons_a_publication_is_proposed_and_confirmed() {
    let house = house();
    house.speak();
    let by = |by, reason| Signature { by, ..signed(reason) };
    let versions = &house.versions;
    let first = versions.propose(&house.drafts, by("Li", "first")).unwrap();
    assert_eq!((first.became, versions.latest()), (Became::Proposed, None), "nothing is in force");
    let alone = versions.confirm(ConfigVersion(1), by(" LI ", "me again")).unwrap_err();
    assert!(alone[0].message.contains("another person"), "{alone:?}");
    assert_eq!(versions.latest(), None);
    let done = versions.confirm(ConfigVersion(1), by("Wang", "looked at it")).unwrap();
    assert_eq!((done.became, versions.latest()), (Became::InForce, Some(ConfigVersion(1))));
    assert_eq!(done.published.by, "Wang");
    assert_eq!(done.published.reason, "looked at it (proposed by Li: first)");
    assert_eq!(done.published.digest, first.published.digest);
    assert!(versions.confirm(ConfigVersion(1), by("Zhao", "again")).is_err(), "it waits for nobody");

    house.change("main.toml", "first_digit = 5", "first_digit = 6");
    versions.propose(&house.drafts, by("Li", "slower")).unwrap();
    house.change("main.toml", "first_digit = 6", "first_digit = 7");
    versions.propose(&house.drafts, by("Li", "slower still")).unwrap();
    assert_eq!((versions.latest(), versions.previous()), (Some(ConfigVersion(1)), None));
    assert!(versions.rollback(ConfigVersion(2), by("Li", "a way around")).is_err());
    std::fs::remove_file(house.dir.path().join("var/versions/current")).unwrap();
    assert_eq!(versions.latest(), Some(ConfigVersion(1)), "a proposal is never in force by accident");
    versions.confirm(ConfigVersion(3), by("Wang", "yes")).unwrap();
    let stale = versions.confirm(ConfigVersion(2), by("Wang", "that too")).unwrap_err();
    assert!(stale[0].message.contains("another version"), "{stale:?}");
    let list = versions.list().unwrap();
    let told: Vec<_> = list.iter().map(|v| (v.proposed, v.current, v.confirmed.is_some())).collect();
    assert_eq!(told, [(false, false, true), (true, false, false), (false, true, true)]);
    assert_eq!(versions.previous(), Some(ConfigVersion(1)));
}

/// Callers who need more time hear the same words more slowly, and a recording of their call is rendered
/// from the same sound.
#[test]
fn hb_elder_slow_variants_are_made_once_and_kept_by_hash() {
    let house = house();
    house.speak();
    let made = house.versions.publish(&house.drafts, signed("first")).unwrap().published;
    let slow = |prompts: &PromptTable| prompts.exact("zh-CN+slow", "main.greeting").cloned();
    if !made.program.speaks_slowly() {
        assert_eq!(slow(&made.prompts), None, "nobody asks for it");
    }
    let mut manifest = Content::read(&house.versions.store.directory(ConfigVersion(1))).unwrap().manifest;
    let mut sounds = sounds(&manifest, &house.drafts.prompts).unwrap();
    let before = manifest.recordings.len();
    slowly::add(&mut manifest, &mut sounds, &Manifest::default(), &house.versions.store).unwrap();
    let spoken = manifest.recordings.values().filter(|r| r.language.ends_with("+slow")).count();
    assert!(spoken > 100 && manifest.recordings.len() == before + spoken, "{spoken} of {before}");
    let (usual, slowly) = (made.prompts.exact("zh-CN", "main.greeting").unwrap(), slow(&sounds.1).unwrap());
    assert_eq!(slowly.pcmu.len(), usual.pcmu.len() * 5 / 4);
    assert!(sounds.1.exact("any+slow", tones::HOLD).is_none(), "music is not slowed");

    let entry = manifest.get("zh-CN+slow", "main.greeting").unwrap();
    assert_eq!(
        (entry.sha256, entry.text.as_str()),
        (slowly.hash, manifest.get("zh-CN", "main.greeting").unwrap().text.as_str())
    );
    for (hash, file) in &sounds.0 {
        house.versions.store.keep_prompt(*hash, file).unwrap();
    }
    assert_eq!(house.versions.prompt_by_hash(slowly.hash), Some(slowly));
    let mut again = Content::read(&house.versions.store.directory(ConfigVersion(1))).unwrap().manifest;
    let mut kept = (sounds.0.clone(), PromptTable::default());
    // Without the sound of the recordings: all variants are those of the version before.
    kept.0.clear();
    slowly::add(&mut again, &mut kept, &manifest, &house.versions.store).unwrap();
    assert_eq!(again, manifest);
}

/// `hotline diff 1 2`: snapshots are compared in callers' terms, with the lengths of their own sound.
#[test]
fn snapshots_are_compared_for_callers() {
    let house = house();
    house.speak();
    house.versions.publish(&house.drafts, signed("first")).unwrap();
    house.change("main.toml", "first_digit = 5", "first_digit = 6");
    house.versions.publish(&house.drafts, signed("more time")).unwrap();
    let seen = |version| house.versions.seen(ConfigVersion(version)).unwrap();
    let (first, second) = (seen(1), seen(2));
    assert!(first.difference(&first).is_empty());
    let difference = first.difference(&second);
    assert_eq!(second.difference(&first), difference.mirrored());
    assert!(difference.paths.is_empty() && difference.texts.is_empty(), "{difference:#?}");
    let slower = difference.facts.iter().find(|fact| fact.what == "first key within").unwrap();
    assert_eq!((slower.old.as_deref(), slower.new.as_deref()), (Some("5 s"), Some("6 s")));
    let nobody = house.versions.seen(ConfigVersion(9)).unwrap_err();
    assert!(nobody[0].help.contains("hotline versions"), "{nobody:?}");
}
