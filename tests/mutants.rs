//! The proof that the checker is right: every sample hotline, changed mechanically in one place after
//! another. What breaks the standard is found, at a line; of what breaks nothing, nothing is said.
//!
//! Who judges is not the checker: operators know what they break, and where they do not, callers
//! ring the mutant and tell ([`oracle`]).

#[path = "mutants/around.rs"]
mod around;
#[path = "mutants/edit.rs"]
mod edit;
#[path = "mutants/hotline.rs"]
mod hotline;
#[path = "mutants/mutant.rs"]
mod mutant;
#[path = "mutants/operators/mod.rs"]
mod operators;
#[path = "mutants/oracle/mod.rs"]
mod oracle;
#[path = "mutants/table.rs"]
mod table;

use hotline::Hotline;

#[test]
fn every_mutant_is_judged_as_callers_and_the_standard_judge_it() {
    // Thousands take minutes: `HOTLINE_MUTANTS=all` makes every one.
    let all = std::env::var_os("HOTLINE_MUTANTS").is_some();
    let mut wrong = Vec::new();
    for (sample, most) in Hotline::samples().iter().zip([30, 8]) {
        let table = table::Table::of(sample, if all { usize::MAX } else { most });
        println!("{table}");
        wrong.extend(table.mistakes());
    }
    assert!(wrong.is_empty(), "{} mistakes of the checker:\n{}", wrong.len(), wrong.join("\n"));
}

/// The oracle and the checker agree about what was not changed.
#[test]
fn the_samples_are_clean_to_checker_and_callers() {
    for sample in Hotline::samples() {
        let checked = sample.check();
        assert_eq!(checked.findings, [], "{}", sample.name);
        let program = checked.accepted.clone().expect("a program");
        let subject = oracle::Subject::new(program, checked.sources);
        let sure: Vec<_> = oracle::faults(&subject, &oracle::Memory::default())
            .into_iter()
            .filter(|fault| fault.sure)
            .collect();
        assert_eq!(sure, [], "{}", sample.name);
    }
}
