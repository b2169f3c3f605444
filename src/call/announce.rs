//! An emergency announcement by telephone: a member of staff chooses a plan, speaks, hears it played
//! back, and puts it in force or takes it back (CBA-24). At three in the morning and without a computer.
//!
//! Who it is and whether they may was looked at before. Nothing is in force before `1` is pressed:
//! whoever hangs up leaves everything as it was.

use std::time::Duration;

use crate::ids::{Key, PlanId};
use crate::now::Mono;

/// Longest announcement: callers have to hear all of it.
pub const LONGEST: Duration = Duration::from_secs(60);
/// Shorter than this, nothing was said.
const SHORTEST: Duration = Duration::from_secs(1);
/// Wait for a key.
const PATIENCE: Duration = Duration::from_secs(10);
/// Silences and wrong keys, after which the telephone is laid down.
const MOST_MISTAKES: u8 = 3;

/// A plan that can be chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    pub plan: PlanId,
    pub number: u8,
    /// Somebody else has recorded its announcement, which waits for a second person.
    pub waits: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    Key(Key),
    /// What [`Action::Hear`] asked for has been heard.
    Played,
    /// [`Action::Wait`] ran out.
    Silence,
    /// What was said is kept and can be played,
    Kept,
    /// or there is nothing that could be.
    NotKept,
}

/// What is heard.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Say {
    /// "Key the number of the plan, then pound."
    Choose,
    /// "There is no plan with that number."
    Unknown,
    /// "Speak after the tone, then press pound", and the tone.
    Speak,
    /// Silence while it is spoken.
    Nothing,
    /// The recording, then "1 puts it in force, 2 records it again, 3 ends the plan."
    Judge,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    Hear(Say),
    /// Say [`Input::Silence`] after this time, unless something else comes first.
    Wait(Duration),
    /// What is said from here on is the announcement.
    Record,
    /// That was it: answered by [`Input::Kept`] or [`Input::NotKept`].
    Keep(PlanId),
    /// Forget what was said so far.
    Discard,
    /// The last actions: the plan begins with what was recorded, or ends,
    Start(PlanId),
    Stop(PlanId),
    /// or nothing is changed.
    GiveUp,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum State {
    Choosing { digits: String },
    Instructed { plan: PlanId },
    Speaking { plan: PlanId, since: Mono },
    Keeping { plan: PlanId },
    Judging { plan: PlanId },
    Over,
}

#[derive(Clone, Debug)]
pub struct Announce {
    offers: Vec<Offer>,
    state: State,
    mistakes: u8,
}

impl Announce {
    pub fn begin(offers: Vec<Offer>) -> (Announce, Vec<Action>) {
        let mut announce = Announce { offers, state: State::Over, mistakes: 0 };
        let actions = announce.choose(Say::Choose);
        (announce, actions)
    }

    /// The plan whose announcement is played back.
    pub fn judging(&self) -> Option<&PlanId> {
        match &self.state {
            State::Judging { plan } => Some(plan),
            State::Choosing { .. }
            | State::Instructed { .. }
            | State::Speaking { .. }
            | State::Keeping { .. }
            | State::Over => None,
        }
    }

    /// The table. Inputs that mean nothing in a state are ignored.
    pub fn handle(&mut self, now: Mono, input: Input) -> Vec<Action> {
        use Input as I;
        match (self.state.clone(), input) {
            (State::Choosing { digits }, I::Key(key)) => self.number(digits, key),
            (State::Choosing { .. } | State::Judging { .. }, I::Played) => vec![Action::Wait(PATIENCE)],
            (State::Choosing { .. }, I::Silence) => self.mistake(Announce::choose_again),
            (State::Instructed { plan }, I::Played) => {
                self.state = State::Speaking { plan, since: now };
                vec![Action::Hear(Say::Nothing), Action::Record, Action::Wait(LONGEST)]
            }
            (State::Instructed { .. }, I::Key(Key::Star)) => self.choose(Say::Choose),
            (State::Speaking { plan, since }, I::Key(Key::Pound) | I::Silence) => {
                self.spoken(now, plan, since)
            }
            (State::Speaking { .. }, I::Key(Key::Star)) => {
                let mut actions = vec![Action::Discard];
                actions.extend(self.choose(Say::Choose));
                actions
            }
            (State::Keeping { plan }, I::Kept) => self.judge(plan),
            (State::Keeping { .. }, I::NotKept | I::Silence) => self.give_up(),
            (State::Judging { plan }, I::Key(key)) => self.judged(plan, key),
            (State::Judging { plan }, I::Silence) => self.mistake(|announce| announce.judge(plan)),
            (
                State::Choosing { .. }
                | State::Instructed { .. }
                | State::Speaking { .. }
                | State::Keeping { .. }
                | State::Judging { .. }
                | State::Over,
                I::Key(_) | I::Played | I::Silence | I::Kept | I::NotKept,
            ) => Vec::new(),
        }
    }

    fn choose(&mut self, say: Say) -> Vec<Action> {
        self.state = State::Choosing { digits: String::new() };
        vec![Action::Hear(say)]
    }

    fn choose_again(&mut self) -> Vec<Action> {
        self.choose(Say::Choose)
    }

    fn number(&mut self, mut digits: String, key: Key) -> Vec<Action> {
        match key {
            Key::Digit(digit) if digits.len() < 2 => {
                digits.push(char::from(b'0' + digit.min(9)));
                self.state = State::Choosing { digits };
                vec![Action::Wait(PATIENCE)]
            }
            // More digits than any number has.
            Key::Digit(_) => self.mistake(|announce| announce.choose(Say::Unknown)),
            Key::Star => self.choose(Say::Choose),
            Key::Pound => {
                let number: Option<u8> = digits.parse().ok();
                match self.offers.iter().find(|offer| Some(offer.number) == number).cloned() {
                    Some(Offer { plan, waits: true, .. }) => self.judge(plan),
                    Some(Offer { plan, waits: false, .. }) => self.instruct(plan),
                    None => self.mistake(|announce| announce.choose(Say::Unknown)),
                }
            }
        }
    }

    fn instruct(&mut self, plan: PlanId) -> Vec<Action> {
        self.state = State::Instructed { plan };
        vec![Action::Hear(Say::Speak)]
    }

    fn spoken(&mut self, now: Mono, plan: PlanId, since: Mono) -> Vec<Action> {
        if now.since(since) < SHORTEST {
            return self.mistake(|announce| {
                let mut actions = vec![Action::Discard];
                actions.extend(announce.instruct(plan));
                actions
            });
        }
        self.state = State::Keeping { plan: plan.clone() };
        vec![Action::Keep(plan), Action::Wait(PATIENCE)]
    }

    fn judge(&mut self, plan: PlanId) -> Vec<Action> {
        self.state = State::Judging { plan };
        vec![Action::Hear(Say::Judge)]
    }

    fn judged(&mut self, plan: PlanId, key: Key) -> Vec<Action> {
        match key {
            Key::Digit(1) => self.end(Action::Start(plan)),
            Key::Digit(2) => self.instruct(plan),
            Key::Digit(3) => self.end(Action::Stop(plan)),
            Key::Pound => self.judge(plan),
            Key::Star => self.choose(Say::Choose),
            Key::Digit(_) => self.mistake(|announce| announce.judge(plan)),
        }
    }

    fn mistake(&mut self, go_on: impl FnOnce(&mut Announce) -> Vec<Action>) -> Vec<Action> {
        self.mistakes += 1;
        if self.mistakes >= MOST_MISTAKES { self.give_up() } else { go_on(self) }
    }

    fn give_up(&mut self) -> Vec<Action> {
        self.end(Action::GiveUp)
    }

    fn end(&mut self, action: Action) -> Vec<Action> {
        self.state = State::Over;
        vec![action]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin() -> Announce {
        let offer = |plan: &str, number, waits| Offer { plan: plan.into(), number, waits };
        let offers = vec![offer("surge", 1, false), offer("storm", 12, false), offer("flood", 3, true)];
        let (announce, actions) = Announce::begin(offers);
        assert_eq!(actions, [Action::Hear(Say::Choose)]);
        announce
    }

    /// Keys, `.` = played, `-` = silence, `k` = kept, `x` = not kept, `s` = a second passes; the actions
    /// of the last one.
    fn run(announce: &mut Announce, script: &str) -> Vec<Action> {
        let (mut now, mut last) = (Mono(0), Vec::new());
        for step in script.chars().filter(|c| *c != ' ') {
            let input = match step {
                '.' => Input::Played,
                '-' => Input::Silence,
                'k' => Input::Kept,
                'x' => Input::NotKept,
                's' => {
                    now += Duration::from_secs(1);
                    continue;
                }
                '*' => Input::Key(Key::Star),
                '#' => Input::Key(Key::Pound),
                digit => Input::Key(Key::Digit(digit.to_digit(10).unwrap() as u8)),
            };
            last = announce.handle(now, input);
        }
        last
    }

    #[test]
    fn cba_24_an_announcement_is_spoken_heard_and_put_in_force() {
        let mut announce = begin();
        assert_eq!(run(&mut announce, ". 12 #"), [Action::Hear(Say::Speak)]);
        let speaking = [Action::Hear(Say::Nothing), Action::Record, Action::Wait(LONGEST)];
        assert_eq!(run(&mut announce, "."), speaking);
        assert_eq!(run(&mut announce, "ss#"), [Action::Keep("storm".into()), Action::Wait(PATIENCE)]);
        assert_eq!(run(&mut announce, "k"), [Action::Hear(Say::Judge)]);
        assert_eq!(run(&mut announce, ". 1"), [Action::Start("storm".into())]);
        assert_eq!(run(&mut announce, "1 2 3 # . -"), [], "it is over");
    }

    #[test]
    fn it_can_be_spoken_again_and_the_plan_taken_back() {
        let mut announce = begin();
        assert_eq!(run(&mut announce, "1# . ss# k 2"), [Action::Hear(Say::Speak)]);
        assert_eq!(run(&mut announce, ". ss# k #"), [Action::Hear(Say::Judge)], "heard once more");
        assert_eq!(run(&mut announce, "3"), [Action::Stop("surge".into())]);
    }

    #[test]
    fn the_second_person_hears_what_the_first_has_said() {
        let mut announce = begin();
        assert_eq!(run(&mut announce, "3#"), [Action::Hear(Say::Judge)]);
        assert_eq!(run(&mut announce, "1"), [Action::Start("flood".into())]);
    }

    #[test]
    fn the_longest_announcement_ends_by_itself_and_a_cough_is_none() {
        let mut announce = begin();
        assert_eq!(run(&mut announce, "1# . ss -"), [Action::Keep("surge".into()), Action::Wait(PATIENCE)]);
        let mut announce = begin();
        assert_eq!(run(&mut announce, "1# . #"), [Action::Discard, Action::Hear(Say::Speak)]);
        assert_eq!(run(&mut announce, ". *"), [Action::Discard, Action::Hear(Say::Choose)]);
    }

    #[test]
    fn silence_and_wrong_keys_change_nothing() {
        for script in
            ["---", "9# 9# 9#", "123 123 123", "1# . ss# k ---", "1# . ss# k 999", "1# . ss# x", "1# . ss# -"]
        {
            assert_eq!(run(&mut begin(), script), [Action::GiveUp], "{script}");
        }
        assert_eq!(run(&mut begin(), "7#"), [Action::Hear(Say::Unknown)]);
    }

    proptest::proptest! {
        /// Whatever is pressed: a plan begins or ends only by a key pressed after the recording was heard.
        #[test]
        fn nothing_is_in_force_that_was_not_heard(script in "[0-9*#.\\-kxs]{0,60}") {
            let mut announce = begin();
            let mut judging = false;
            for step in script.chars() {
                for action in run(&mut announce, &step.to_string()) {
                    if matches!(action, Action::Start(_) | Action::Stop(_)) {
                        proptest::prop_assert!(judging);
                    }
                    if let Action::Hear(say) = action {
                        judging = say == Say::Judge;
                    }
                }
            }
        }
    }
}
