//! The breaker against a naive model that looks at everything that ever happened.

use proptest::prelude::*;

use super::*;

const PAUSE: u64 = 30;
const PATIENCE: u64 = 6;

fn breaker(failures: u16) -> Breaker {
    let settings = BreakerSettings { failures, pause: Duration::from_secs(PAUSE) };
    Breaker::new(settings, Duration::from_secs(PATIENCE))
}

fn at(seconds: u64) -> Mono {
    Mono::from_millis(seconds * 1000)
}

#[test]
fn it_opens_tries_once_and_closes() {
    let mut breaker = breaker(2);
    for _ in 0..2 {
        let ticket = breaker.admit(at(0)).unwrap();
        breaker.report(at(0), ticket, Health::Ill);
    }
    assert!(!breaker.is_closed());
    assert_eq!(breaker.admit(at(PAUSE - 1)), None);
    let trial = breaker.admit(at(PAUSE)).unwrap();
    assert_eq!(breaker.admit(at(PAUSE)), None, "one trial at a time");
    breaker.report(at(PAUSE + 1), trial, Health::Well);
    assert!(breaker.is_closed() && breaker.admit(at(PAUSE + 1)).is_some());
}

#[test]
fn a_failed_trial_opens_it_anew_and_a_lost_one_is_replaced() {
    let mut breaker = breaker(1);
    let ticket = breaker.admit(at(0)).unwrap();
    breaker.report(at(0), ticket, Health::Ill);
    let trial = breaker.admit(at(PAUSE)).unwrap();
    breaker.report(at(PAUSE + 5), trial, Health::Ill);
    assert_eq!(breaker.admit(at(2 * PAUSE + 4)), None);
    let lost = breaker.admit(at(2 * PAUSE + 5)).unwrap();
    let again = 2 * PAUSE + 5 + PATIENCE + PAUSE;
    assert_eq!(breaker.admit(at(again - 1)), None);
    let second = breaker.admit(at(again)).unwrap();
    breaker.report(at(again), lost, Health::Ill);
    breaker.report(at(again), second, Health::Well);
    assert!(breaker.is_closed(), "what was lost has no say");
}

#[test]
fn successes_in_between_keep_it_closed() {
    let mut breaker = breaker(2);
    for n in 0..100 {
        let ticket = breaker.admit(at(n)).unwrap();
        breaker.report(at(n), ticket, if n % 2 == 0 { Health::Ill } else { Health::Well });
        assert!(breaker.is_closed());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Ask,
    /// The outcome of one of the questions under way.
    Learn(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..20u64).prop_map(Step::Pass),
        Just(Step::Ask),
        Just(Step::Ask),
        (0..8usize, prop::bool::weighted(0.4)).prop_map(|(which, well)| Step::Learn(which, well)),
        (0..8usize, prop::bool::weighted(0.4)).prop_map(|(which, well)| Step::Learn(which, well)),
    ]
}

/// Keeps a history and decides by reading it from the beginning each time.
#[derive(Default)]
struct Naive {
    history: Vec<Entry>,
}

#[derive(Clone, Copy)]
enum Entry {
    Asked { id: usize, at: u64 },
    Learnt { id: usize, at: u64, well: bool },
}

/// What the history amounts to.
struct Standing {
    /// When it was opened last, unless closed since.
    opened: Option<u64>,
    /// The trial that counts and when it began.
    trial: Option<(usize, u64)>,
}

impl Naive {
    fn standing(&self, failures: u16) -> Standing {
        let mut standing = Standing { opened: None, trial: None };
        let mut counted: Vec<usize> = Vec::new();
        let mut in_a_row = 0;
        for entry in &self.history {
            match *entry {
                Entry::Asked { id, .. } if standing.opened.is_none() => counted.push(id),
                Entry::Asked { id, at } => standing.trial = Some((id, at)),
                Entry::Learnt { id, at, well } => {
                    if standing.trial.is_some_and(|(trial, _)| trial == id) {
                        let opened = (!well).then_some(at);
                        standing = Standing { opened, trial: None };
                        (counted, in_a_row) = (Vec::new(), 0);
                    } else if standing.opened.is_none() && counted.contains(&id) {
                        in_a_row = if well { 0 } else { in_a_row + 1 };
                        if in_a_row == failures {
                            standing.opened = Some(at);
                        }
                    }
                }
            }
        }
        standing
    }

    fn admits(&self, now: u64, failures: u16) -> bool {
        match self.standing(failures) {
            Standing { opened: None, .. } => true,
            Standing { trial: Some((_, began)), .. } => now >= began + PATIENCE + PAUSE,
            Standing { opened: Some(opened), trial: None } => now >= opened + PAUSE,
        }
    }
}

proptest! {
    #[test]
    fn it_does_what_the_naive_model_does(failures in 1..4u16, steps in prop::collection::vec(step(), 0..120)) {
        let (mut breaker, mut naive) = (breaker(failures), Naive::default());
        let mut under_way: Vec<(usize, Ticket)> = Vec::new();
        let mut now = 0;
        for (id, step) in steps.into_iter().enumerate() {
            match step {
                Step::Pass(seconds) => now += seconds,
                Step::Ask => {
                    let ticket = breaker.admit(at(now));
                    prop_assert_eq!(ticket.is_some(), naive.admits(now, failures), "at {} s", now);
                    if let Some(ticket) = ticket {
                        naive.history.push(Entry::Asked { id, at: now });
                        under_way.push((id, ticket));
                    }
                }
                Step::Learn(which, well) if !under_way.is_empty() => {
                    let (id, ticket) = under_way.remove(which % under_way.len());
                    breaker.report(at(now), ticket, if well { Health::Well } else { Health::Ill });
                    naive.history.push(Entry::Learnt { id, at: now, well });
                }
                Step::Learn(..) => {}
            }
            prop_assert_eq!(breaker.is_closed(), naive.standing(failures).opened.is_none());
        }
    }
}
