//! The transitions: one table, from a state and an input to the next state and its effects.
//! Inputs that cannot be meant (an end of playing while nothing plays) change nothing.

use crate::event::MenuError;
use crate::ids::Key;
use crate::menu::api::Input;
use crate::menu::draft::Form;
use crate::menu::interpreter::effect::{Effect, Heard, Note, Place};
use crate::menu::interpreter::state::{Ear, Exit, Phase, State, Step};
use crate::menu::model::{Collect, LanguageIx, MenuIx, Program, QueueIx, Target};
use crate::menu::system::Sys;

/// A transition under way.
struct Turn<'p, 'o> {
    program: &'p Program,
    state: State,
    out: &'o mut Vec<Effect>,
}

/// The first state of a visit.
pub fn start(program: &Program, main: u16, language: LanguageIx, out: &mut Vec<Effect>) -> State {
    let menu = program.main(main).menu;
    let state = State { main, menu, above: None, language, phase: Phase::Notice };
    let mut turn = Turn { program, state, out };
    turn.note(Note::Language(language));
    turn.note(Note::Entered(menu));
    turn.notice();
    turn.state
}

/// Appends what is to be done to `out`.
pub fn step(program: &Program, state: State, input: &Input, out: &mut Vec<Effect>) -> State {
    let mut turn = Turn { program, state, out };
    match (state.phase, input) {
        (Phase::Notice, Input::PlayDone) => turn.welcome(),
        // Kept by the visit, acted on at the end of the notice.
        (Phase::Notice, Input::Key(_) | Input::Timeout | Input::Chosen(_)) => {}

        (Phase::Menu { .. }, Input::Key(key)) => turn.menu_key(*key),
        (Phase::Menu { ear: Ear::Listening, silences, wrong_keys }, Input::PlayDone) => {
            turn.state.phase = Phase::Menu { ear: Ear::Silence, silences, wrong_keys };
            let wait = program.menu(state.menu).timing.first_digit;
            turn.out.push(Effect::Wait(wait));
        }
        (Phase::Menu { ear: Ear::Silence, .. }, Input::Timeout) => turn.menu_failed(MenuError::Silence),
        (Phase::Menu { ear: Ear::Silence, .. }, Input::PlayDone)
        | (Phase::Menu { ear: Ear::Listening, .. }, Input::Timeout)
        | (Phase::Menu { .. }, Input::Chosen(_)) => {}

        (Phase::Information(node), Input::Key(key)) => turn.information_key(node, *key),
        (Phase::Information(node), Input::PlayDone) => turn.information_heard(node),
        (Phase::Information(_), Input::Timeout | Input::Chosen(_)) => {}

        (Phase::Collect { node, failures, step }, input) => turn.collect(node, failures, step, input),

        // Already on the way to a person: any key only makes it faster.
        (Phase::Transfer, Input::PlayDone | Input::Key(_)) => {
            turn.queue(program.person(state.main, state.menu))
        }
        (Phase::Transfer, Input::Timeout | Input::Chosen(_)) => {}

        (Phase::Farewell, Input::PlayDone) => {
            turn.out.push(Effect::End);
            turn.state.phase = Phase::Ended(Exit::Farewell);
        }
        (Phase::Farewell, Input::Key(Key::Digit(0))) => turn.key_to_person(),
        (Phase::Farewell, Input::Key(_) | Input::Timeout | Input::Chosen(_)) => {}

        (Phase::Ended(_), Input::Key(_) | Input::PlayDone | Input::Timeout | Input::Chosen(_)) => {}
    }
    turn.state
}

impl Turn<'_, '_> {
    fn note(&mut self, note: Note) {
        self.out.push(Effect::Note(note));
    }

    fn play(&mut self, heard: Heard) {
        self.out.push(Effect::Play { heard, language: self.state.language, secret: false });
    }

    fn place(&self) -> Place {
        if self.state.above.is_some() { Place::Below } else { Place::Top }
    }

    fn fresh_menu(&mut self) {
        self.state.phase = Phase::Menu { ear: Ear::Listening, silences: 0, wrong_keys: 0 };
    }

    /// The notice of the main menu in the language now spoken, then the menu the caller is in.
    fn notice(&mut self) {
        let main = self.program.main(self.state.main).menu;
        if self.program.menu(main).notice.is_none() {
            return self.welcome();
        }
        self.state.phase = Phase::Notice;
        self.play(Heard::Notice(main));
    }

    fn welcome(&mut self) {
        self.fresh_menu();
        self.play(Heard::Welcome(self.state.menu, self.place()));
    }

    fn choices(&mut self, wrong: Option<Sys>) {
        self.play(Heard::Choices(self.state.menu, self.place(), wrong));
    }

    // --- menus ---------------------------------------------------------------------------

    fn menu_key(&mut self, key: Key) {
        let menu = self.state.menu;
        match key {
            Key::Digit(0) => self.key_to_person(),
            Key::Star => {
                self.note(Note::Key { menu, key });
                self.go(Target::Back);
            }
            Key::Pound => {
                self.note(Note::Key { menu, key });
                self.go(Target::Repeat);
            }
            Key::Digit(_) => self.choice_key(key),
        }
    }

    fn choice_key(&mut self, key: Key) {
        let menu = self.state.menu;
        match self.program.menu(menu).choices.iter().find(|choice| choice.key == key) {
            Some(choice) => {
                self.note(Note::Key { menu, key });
                self.go(choice.target);
            }
            // Not a fact: what fits nowhere may be a secret keyed in at the wrong time.
            None => self.menu_failed(MenuError::WrongKey),
        }
    }

    /// Beyond the limit in a row: a person, never a hang-up (CBA-10b).
    fn menu_failed(&mut self, error: MenuError) {
        let timing = self.program.menu(self.state.menu).timing;
        let (silences, wrong_keys) = match self.state.phase {
            Phase::Menu { silences, wrong_keys, .. } => (silences, wrong_keys),
            _ => (0, 0),
        };
        self.note(Note::Failed { menu: self.state.menu, error });
        let (silences, wrong_keys, said) = match error {
            MenuError::Silence => (silences + 1, wrong_keys, Sys::Silence),
            MenuError::WrongKey | MenuError::BadInput => (silences, wrong_keys + 1, Sys::WrongKey),
        };
        if silences > timing.silences || wrong_keys > timing.wrong_keys {
            return self.transfer();
        }
        self.state.phase = Phase::Menu { ear: Ear::Listening, silences, wrong_keys };
        self.choices(Some(said));
    }

    // --- information ---------------------------------------------------------------------

    fn information_key(&mut self, node: u16, key: Key) {
        let menu = self.state.menu;
        match key {
            Key::Digit(0) => self.key_to_person(),
            Key::Star => {
                self.note(Note::Key { menu, key });
                self.go(Target::Repeat);
            }
            Key::Pound => {
                self.note(Note::Key { menu, key });
                self.go(Target::Information(node));
            }
            // Who knows the choices need not hear all of it.
            Key::Digit(_) => self.choice_key(key),
        }
    }

    fn information_heard(&mut self, node: u16) {
        let menu = self.state.menu;
        self.note(Note::Information { menu, node });
        let target = self.program.menu(menu).information.get(usize::from(node)).map(|node| node.target);
        self.go(target.unwrap_or(Target::Repeat));
    }

    // --- digits --------------------------------------------------------------------------

    fn collect(&mut self, node: u16, failures: u8, step: Step, input: &Input) {
        let program = self.program;
        let Some(rules) = program.menu(self.state.menu).collects.get(usize::from(node)) else {
            return self.transfer();
        };
        let at = |step| Phase::Collect { node, failures, step };
        match (step, input) {
            (Step::Prompt | Step::Entering(_), Input::Key(Key::Star)) => self.collect_star(rules),
            (Step::Prompt, Input::Key(Key::Digit(digit))) => {
                self.out.push(Effect::Hush);
                self.digit(node, failures, 0, *digit);
            }
            (Step::Entering(count), Input::Key(Key::Digit(digit))) => {
                self.digit(node, failures, count, *digit);
            }
            // Pressed out of habit after the last digit of the step before.
            (Step::Prompt, Input::Key(Key::Pound)) => {}
            (Step::Entering(count), Input::Key(Key::Pound)) => self.entered(node, failures, count),
            (Step::Prompt, Input::PlayDone) => {
                self.state.phase = at(Step::Entering(0));
                self.out.push(Effect::Wait(rules.first_digit));
            }
            (Step::Entering(0), Input::Timeout) => {
                self.collect_failed(node, failures, MenuError::Silence);
            }
            (Step::Entering(count), Input::Timeout) => self.entered(node, failures, count),
            (Step::Asking(count), Input::Chosen(1)) => self.collected(node, count),
            (Step::Asking(_), Input::Chosen(_)) => {
                self.collect_failed(node, failures, MenuError::BadInput);
            }
            (Step::Prompt, Input::Timeout | Input::Chosen(_))
            | (Step::Entering(_), Input::PlayDone | Input::Chosen(_)) => {}
            // Keys are kept by the visit until the answer is there.
            (Step::Asking(_), Input::Key(_) | Input::PlayDone | Input::Timeout) => {}
        }
    }

    /// `*` while digits are collected: a person.
    fn collect_star(&mut self, rules: &Collect) {
        if !rules.secret {
            self.note(Note::Key { menu: self.state.menu, key: Key::Star });
        }
        self.out.push(Effect::Forget);
        self.queue_asked(self.program.person(self.state.main, self.state.menu));
    }

    fn digit(&mut self, node: u16, failures: u8, count: u8, digit: u8) {
        let Some(rules) = self.program.menu(self.state.menu).collects.get(usize::from(node)) else { return };
        self.out.push(Effect::Store(digit));
        let count = count + 1;
        if count >= rules.max {
            return self.entered(node, failures, count);
        }
        self.state.phase = Phase::Collect { node, failures, step: Step::Entering(count) };
        self.out.push(Effect::Wait(rules.inter_digit));
    }

    /// Input is over: by `#`, by the last digit, or by a pause.
    fn entered(&mut self, node: u16, failures: u8, count: u8) {
        let Some(rules) = self.program.menu(self.state.menu).collects.get(usize::from(node)) else { return };
        if count < rules.min {
            return self.collect_failed(node, failures, MenuError::BadInput);
        }
        if rules.form == Form::Digits {
            return self.collected(node, count);
        }
        self.state.phase = Phase::Collect { node, failures, step: Step::Asking(count) };
        self.out.push(Effect::Choose);
    }

    fn collected(&mut self, node: u16, count: u8) {
        let menu = self.state.menu;
        self.note(Note::Collected { menu, node, count });
        self.out.push(Effect::Forget);
        let target = self.program.menu(menu).collects.get(usize::from(node)).map(|node| node.target);
        self.go(target.unwrap_or(Target::Person));
    }

    fn collect_failed(&mut self, node: u16, failures: u8, error: MenuError) {
        self.note(Note::Failed { menu: self.state.menu, error });
        self.out.push(Effect::Forget);
        let said = match error {
            MenuError::Silence => Sys::Silence,
            MenuError::WrongKey | MenuError::BadInput => Sys::BadInput,
        };
        let retries = self.program.menu(self.state.menu).collects.get(usize::from(node)).map(|n| n.retries);
        if failures >= retries.unwrap_or(0) {
            return self.transfer();
        }
        self.ask(node, failures + 1, Some(said));
    }

    /// Ask for the digits; the mask goes up together with the prompt.
    fn ask(&mut self, node: u16, failures: u8, wrong: Option<Sys>) {
        let menu = self.state.menu;
        let secret =
            self.program.menu(menu).collects.get(usize::from(node)).is_some_and(|rules| rules.secret);
        self.state.phase = Phase::Collect { node, failures, step: Step::Prompt };
        let heard = Heard::Collect(menu, node, wrong);
        self.out.push(Effect::Play { heard, language: self.state.language, secret });
    }

    // --- ways out ------------------------------------------------------------------------

    /// Key 0: a person, at once.
    fn key_to_person(&mut self) {
        self.note(Note::Key { menu: self.state.menu, key: Key::Digit(0) });
        self.go(Target::Person);
    }

    /// Led to a person without having asked: told so first.
    fn transfer(&mut self) {
        self.note(Note::AgentRequested(self.state.menu));
        self.state.phase = Phase::Transfer;
        self.play(Heard::Transfer);
    }

    fn queue_asked(&mut self, queue: QueueIx) {
        self.note(Note::AgentRequested(self.state.menu));
        self.queue(queue);
    }

    fn queue(&mut self, queue: QueueIx) {
        self.out.push(Effect::Queue { queue, language: self.state.language });
        self.state.phase = Phase::Ended(Exit::Person(queue));
    }

    fn enter(&mut self, menu: MenuIx, above: Option<MenuIx>) {
        self.state.menu = menu;
        self.state.above = above;
        self.note(Note::Entered(menu));
        self.welcome();
    }

    fn go(&mut self, target: Target) {
        let State { main, menu, .. } = self.state;
        match target {
            Target::Menu(next) => {
                // Down or across: back leads here. Up: as if one had come down.
                let up = self.program.is_above(main, next, menu);
                let above = if up { self.program.parent(main, next) } else { Some(menu) };
                self.enter(next, above);
            }
            Target::Back => match self.state.above {
                Some(above) => self.enter(above, self.program.parent(main, above)),
                None => self.go(Target::Repeat),
            },
            Target::Repeat => {
                self.fresh_menu();
                self.choices(None);
            }
            Target::Information(node) => {
                self.state.phase = Phase::Information(node);
                self.play(Heard::Information(menu, node));
            }
            Target::Collect(node) => self.ask(node, 0, None),
            Target::Language(table) => {
                let spoken = usize::from(self.state.language);
                self.state.language = table.get(spoken).copied().unwrap_or(0);
                self.note(Note::Language(self.state.language));
                self.notice();
            }
            Target::Person => self.queue_asked(self.program.person(main, menu)),
            Target::Queue(queue) => self.queue_asked(queue),
            Target::Message(queue) => {
                self.out.push(Effect::Message { queue, language: self.state.language });
                self.state.phase = Phase::Ended(Exit::Message);
            }
            Target::Branch(_)
            | Target::Lookup(_)
            | Target::Verify(_)
            | Target::Survey(_)
            | Target::Complaint(_)
            | Target::Callback(_)
            | Target::Transfer(_)
            | Target::Elderly
            | Target::Top
            | Target::Stay => self.transfer(),
            Target::End => {
                self.state.phase = Phase::Farewell;
                self.play(Heard::Farewell);
            }
        }
    }
}
