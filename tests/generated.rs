//! Thousands of generated menu sets against the proof: what the checker accepts strands nobody who
//! rings it, in no situation; what strands somebody is rejected. And the proof cries wolf seldom:
//! where it alone refuses, callers are really led astray.
//!
//! Seeds are fixed, so that every run tries the same sets; `HOTLINE_GENERATED=N` tries more.

#[path = "generated/draft.rs"]
mod draft;
#[path = "mutants/oracle/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the mutants use more of it")]
mod oracle;
#[path = "generated/raw.rs"]
mod raw;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hotline::config::finding::Severity;
use hotline::menu::{compile, compile_unchecked};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use oracle::{Memory, Subject};
use raw::RawSet;

/// What the proof finds by walking; other rules look at texts.
const PROOF: [&str; 4] =
    ["person-within-keys", "silence-ends-at-person", "person-in-every-situation", "instead-of-person"];

#[derive(Default)]
struct Counts {
    accepted: AtomicUsize,
    stranding: AtomicUsize,
    refused_by_proof: AtomicUsize,
    other: AtomicUsize,
    false_alarms: AtomicUsize,
}

impl Counts {
    fn of(counter: &AtomicUsize) -> usize {
        counter.load(Ordering::Relaxed)
    }
}

fn one_more(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn judge(set: &RawSet, counts: &Counts) -> Result<(), TestCaseError> {
    let sources = draft::sources(set);
    let compiled = compile(&sources);
    let errors: Vec<&str> = compiled
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.rule)
        .collect();
    let is_accepted = compiled.program.is_some();
    let Some(program) = compiled.program.or_else(|| compile_unchecked(&sources)) else {
        one_more(&counts.other);
        return Ok(());
    };
    let behaviour = Memory::thorough().of(&Subject::new(Arc::new(program), sources.clone()));
    let people = || behaviour.faults.iter().filter(|fault| ["CBA-10b", "CBA-8"].contains(&fault.id));
    let stranded = people().find(|fault| fault.sure);
    if stranded.is_some() {
        one_more(&counts.stranding);
    }
    if is_accepted {
        one_more(&counts.accepted);
        if let Some(fault) = stranded {
            let why = format!("accepted, but {}\n{}", fault.what, draft::shown(&sources));
            return Err(TestCaseError::fail(why));
        }
    } else if errors.iter().all(|rule| PROOF.contains(rule)) {
        one_more(&counts.refused_by_proof);
        if people().next().is_none() {
            one_more(&counts.false_alarms);
            if std::env::var_os("HOTLINE_FALSE_ALARMS").is_some() {
                let told: Vec<&str> =
                    compiled.findings.iter().map(|finding| finding.message.as_str()).collect();
                println!("refused, but nobody is stranded: {told:#?}\n{}", draft::shown(&sources));
            }
        }
    } else {
        one_more(&counts.other);
    }
    Ok(())
}

/// Sets from a seed of its own, so that two tests share the work.
fn run(seed: u8, size: usize, usual: u32) {
    let wanted = std::env::var("HOTLINE_GENERATED").ok().and_then(|n| n.parse().ok());
    let cases = wanted.unwrap_or(usual);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let counts = Counts::default();
    let outcome = TestRunner::new_with_rng(config, rng)
        .run(&raw::set(size).prop_map(Box::new), |set| judge(&set, &counts));
    let Counts { accepted, stranding, refused_by_proof, other, false_alarms } = &counts;
    let [accepted, stranding, refused, other, alarms] =
        [accepted, stranding, refused_by_proof, other, false_alarms].map(Counts::of);
    println!(
        "{cases} sets: {accepted} accepted, {refused} refused by the proof alone, {other} by other rules; \
         callers were stranded in {stranding}; {alarms} false alarms"
    );
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let cases = cases as usize;
    assert!(accepted * 10 > cases, "too few accepted to say anything: {accepted}");
    assert!(stranding * 10 > cases, "too few that strand somebody: {stranding}");
    assert!(alarms * 50 <= refused, "the proof cries wolf: {alarms} of {refused}");
}

#[test]
fn small_sets_that_are_accepted_strand_nobody() {
    run(7, 1, 150);
}

#[test]
fn larger_sets_that_are_accepted_strand_nobody() {
    run(42, 3, 70);
}
