//! From the program to the outline: indexes become names again.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Language;
use crate::menu::api::PromptName;
use crate::menu::model::*;
use crate::menu::outline::words::{self, fact};
use crate::menu::outline::{About, Fact, Hours, Named, Outline, Place, PlaceKind, Said};

pub fn outline(program: &Program, hours: &Hours) -> Outline {
    let prompts = program.prompts().iter().map(|prompt| (&prompt.name, prompt)).collect();
    let build = Build { program, prompts };
    let entries = program.mains.iter().map(|main| {
        let place = Place::menu(program.menu(main.menu).id.as_str());
        (main.entry.clone(), place)
    });
    Outline {
        entries: entries.collect(),
        languages: program.languages().to_vec(),
        places: build.places(),
        everywhere: build.everywhere(),
        queues: build.queues(hours),
        schedules: build.schedules(hours),
        plans: program.plans.iter().map(plan).collect(),
    }
}

pub struct Build<'p> {
    pub program: &'p Program,
    prompts: BTreeMap<&'p PromptName, &'p PromptText>,
}

/// Where in the program a place stands.
pub type Found = (MenuIx, Target);

impl Build<'_> {
    /// What can be reached from the entries.
    fn places(&self) -> Vec<(Place, About)> {
        let mut places = BTreeMap::new();
        let mut left: Vec<Found> =
            self.program.mains.iter().map(|main| (main.menu, Target::Menu(main.menu))).collect();
        let mut steps = BTreeSet::new();
        while let Some((menu, target)) = left.pop() {
            let place = self.place(menu, target);
            if !place.opens() || places.contains_key(&place) {
                continue;
            }
            let told = self.told(menu, target);
            left.extend(told.led.iter().map(|(_, target)| (told.menu, *target)));
            steps.extend(told.asked.iter().map(|step| (told.menu, *step)));
            places.insert(place, self.about(told, target));
        }
        for (menu, step) in steps {
            if let Some(node) = self.program.menu(menu).collects.get(usize::from(step)) {
                places.insert(self.node(menu, PlaceKind::Step, &node.name), self.collect(node));
            }
        }
        places.into_iter().collect()
    }

    fn everywhere(&self) -> About {
        let mut about = About::default();
        let languages: Vec<&str> = self.program.languages().iter().map(Language::as_str).collect();
        about.facts.push(fact("languages", languages.join(", ")));
        if !self.program.levels.is_empty() {
            about.facts.push(fact("levels", self.program.levels.join(", ")));
        }
        if let Some(elderly) = self.program.elderly {
            let how = if elderly.straight_to_person { "straight to a person" } else { "slower speech" };
            about.facts.push(fact("elderly callers", how));
            about.limits.push(fact("elderly: first key within", words::duration(elderly.first_digit)));
            about.limits.push(fact("elderly: next key within", words::duration(elderly.inter_digit)));
        }
        let general = |kind| matches!(kind, PromptKind::System | PromptKind::Value);
        let prompts = self.program.prompts().iter().filter(|prompt| general(prompt.kind));
        about.says =
            prompts.map(|prompt| Said { what: prompt.name.0.clone(), texts: prompt.texts.clone() }).collect();
        about
    }

    fn queues(&self, hours: &Hours) -> Vec<Named> {
        let staffing = self.program.queues().iter().zip(&self.program.staffing);
        let mut queues: Vec<Named> = staffing
            .map(|(queue, staffing)| Named {
                name: queue.to_string(),
                facts: words::staffing(self.program, staffing, hours),
            })
            .collect();
        queues.sort_by(|a, b| a.name.cmp(&b.name));
        queues
    }

    /// Those that something depends on.
    fn schedules(&self, hours: &Hours) -> Vec<Named> {
        let mut names: BTreeSet<&String> =
            self.program.staffing.iter().filter_map(|queue| queue.hours.as_ref()).collect();
        let rows = self.program.menus.iter().flat_map(|menu| {
            let branches = menu.branches.iter().flat_map(|node| &node.whens);
            branches.chain(menu.lookups.iter().flat_map(|node| &node.whens))
        });
        names.extend(rows.flat_map(|when| &when.terms).filter_map(|(term, _)| match term {
            Condition::Open(schedule) => Some(schedule),
            _ => None,
        }));
        let named = |name: &String| Named {
            name: name.clone(),
            facts: hours.get(name).map(|words| fact("open", words)).into_iter().collect(),
        };
        names.into_iter().map(named).collect()
    }

    pub fn says(&self, what: &str, prompt: Option<&PromptName>) -> Option<Said> {
        Some(Said { what: what.to_owned(), texts: self.texts(prompt?) })
    }

    /// A text with values is put together from its pieces.
    pub fn texts(&self, prompt: &PromptName) -> BTreeMap<Language, String> {
        let plain = |name: &PromptName| self.prompts.get(name).map(|prompt| &prompt.texts);
        let Some(pieces) = self.program.pieces.get(prompt) else {
            return plain(prompt).cloned().unwrap_or_default();
        };
        let mut texts = BTreeMap::new();
        for (language, pieces) in self.program.languages().iter().zip(pieces) {
            let piece = |piece: &Piece| match piece {
                Piece::Prompt(name) => {
                    plain(name).and_then(|texts| texts.get(language)).cloned().unwrap_or_default()
                }
                Piece::Value { name, kind } => format!("{{{name}:{}}}", kind.as_str()),
            };
            let parts: Vec<String> = pieces.iter().map(piece).collect();
            if !parts.is_empty() {
                texts.insert(language.clone(), words::joined(&parts));
            }
        }
        texts
    }
}

fn plan(plan: &crate::menu::view::PlanView) -> Named {
    let told = |yes: bool| if yes { "yes" } else { "no" };
    let facts: Vec<Fact> = vec![
        fact("announced before the menu", told(plan.announcement)),
        fact("callback or message instead of people", told(plan.instead_of_people)),
    ];
    Named { name: plan.name.to_string(), facts }
}
