//! Whoever listens from the answer on hears within half a minute how to reach a person (CBA-10b).

use rustc_hash::FxHashMap;

use crate::menu::interpreter::effect::Effect;
use crate::menu::interpreter::heard::Part;
use crate::menu::interpreter::state::{Phase, State};
use crate::menu::interpreter::step;
use crate::menu::length::Lengths;
use crate::menu::prove::graph::{Graph, millis};
use crate::menu::prove::situation::Lot;
use crate::menu::prove::{Failure, PERSON_ANNOUNCED};
use crate::menu::system::Sys;

const WITHIN_MS: u32 = 30_000;

/// Later than that, in words; one for each entry.
pub(super) fn judge(graph: &Graph<'_>, lot: &Lot<'_>, lengths: &Lengths) -> Vec<Failure> {
    let mut failures = Vec::new();
    let languages = graph.program.languages().len();
    for (number, (start, _)) in graph.starts.iter().enumerate() {
        let state = graph.states[*start as usize];
        let mut out = Vec::new();
        let begun = step::start(graph.program, state.main, state.language, &mut out);
        debug_assert_eq!(begun, state);
        for lane in 0..lot.situations.len() {
            let mut listener = Listener { graph, lot, lengths, lane, known: FxHashMap::default() };
            let time = match listener.hear(&out) {
                Ok(time) => time,
                Err(time) => time.saturating_add(listener.from(*start)),
            };
            if time > WITHIN_MS {
                let language = graph.program.language((number % languages) as u8);
                let help = "Say less before the choices, or fewer choices.";
                failures.push(Failure::at(graph, lot, (*start as usize, lane), (&PERSON_ANNOUNCED, help), |_| {
                    let entry = &graph.program.main(state.main).entry;
                    let seconds = f64::from(time) / 1000.0;
                    format!(
                        "who calls {entry} hears only after {seconds:.0} s in {language} how to reach a person"
                    )
                }));
                break;
            }
        }
    }
    failures
}

/// Somebody who listens in one situation.
struct Listener<'g, 'p> {
    graph: &'g Graph<'p>,
    lot: &'g Lot<'g>,
    lengths: &'g Lengths,
    lane: usize,
    /// By state: until the person is announced; 0 while being looked at, for loops are found elsewhere.
    known: FxHashMap<u32, u32>,
}

impl Listener<'_, '_> {
    fn from(&mut self, at: u32) -> u32 {
        if let Some(known) = self.known.get(&at) {
            return *known;
        }
        self.known.insert(at, 0);
        let graph = self.graph;
        let state = graph.states[at as usize];
        let mut longest = 0;
        if !is_under_way(&state) {
            for edge in graph.silent_edges(at as usize) {
                if self.lot.mask(edge.when) >> self.lane & 1 == 1 {
                    longest = longest.max(self.follow(&state, edge));
                }
            }
        }
        self.known.insert(at, longest);
        longest
    }

    fn follow(&mut self, state: &State, edge: &super::graph::Edge) -> u32 {
        let Some(input) = edge.cause.input() else { return 0 };
        let mut out = Vec::new();
        step::step(self.graph.program, *state, &input, &mut out);
        match self.hear(&out) {
            Ok(time) => time,
            Err(time) => time.saturating_add(self.from(edge.to)),
        }
    }

    /// Time until the person is announced, or else how long all of it takes.
    fn hear(&self, effects: &[Effect]) -> Result<u32, u32> {
        let program = self.graph.program;
        let mut time = 0u32;
        for effect in effects {
            match effect {
                Effect::Wait(wait) => time = time.saturating_add(millis(*wait)),
                Effect::Play { heard, language, .. } => {
                    for part in heard.parts(program, *language) {
                        time = time.saturating_add(millis(self.lengths.of_part(program, part, *language)));
                        if matches!(part, Part::Sys(Sys::Person | Sys::CollectKeys | Sys::TransferToPerson)) {
                            return Ok(time);
                        }
                    }
                }
                _ => {}
            }
        }
        Err(time)
    }
}

/// On the way to a person, or where people are not at work: nothing is left to announce.
fn is_under_way(state: &State) -> bool {
    matches!(state.phase, Phase::Ended(_) | Phase::Transfer(_) | Phase::Closed(_) | Phase::Callback { .. })
}
