//! What is around the menus: queues, calendar, plans, the server's offers; read, checked, and handed to
//! the compiler as [`Views`].

use std::collections::BTreeSet;
use std::sync::Arc;

use super::content::{Offers, Places};
use crate::acd::api::QueueConfig;
use crate::config::calendar::{self, Calendar};
use crate::config::finding::Finding;
use crate::config::plans::{self, PlanConfig};
use crate::config::queues;
use crate::ids::Language;
use crate::io::prompts::lengths::Recorded;
use crate::menu::prove::Proof;
use crate::menu::view::{CalendarClass, CalendarView, Views};
use crate::menu::{Compiled, Program, Sources, Statistics, compile_measured};

/// The texts beside the menus, as far as there are any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    pub queues: Option<&'a str>,
    pub calendar: Option<&'a str>,
    pub plans: Option<&'a str>,
}

/// Everything around the menus, also if something is wrong with it.
#[derive(Clone, Debug)]
pub struct Around {
    pub views: Views,
    pub queues: Vec<QueueConfig>,
    pub calendar: Option<Arc<Calendar>>,
    pub plans: Vec<PlanConfig>,
    pub findings: Vec<Finding>,
    /// Path and text of the plans, which are held against the languages once these are known.
    plan_file: Option<(String, String)>,
}

/// Menus compiled together with what is around them.
#[derive(Debug)]
pub struct Checked {
    pub program: Option<Program>,
    /// Of all files.
    pub findings: Vec<Finding>,
    pub proof: Option<Proof>,
}

impl Around {
    pub fn read(texts: &Texts<'_>, places: &Places, offers: &Offers) -> Around {
        let mut findings = Vec::new();
        let calendar = texts.calendar.map(|text| {
            let (calendar, found) = calendar::parse(&places.calendar.display().to_string(), text);
            findings.extend(found);
            Arc::new(calendar)
        });
        let schedules: BTreeSet<String> =
            calendar.iter().flat_map(|calendar| calendar.schedules()).map(str::to_owned).collect();
        // Where there are queues, a calendar that is not there is one without schedules.
        let view = match (&calendar, texts.queues) {
            (None, None) => None,
            (calendar, _) => Some(view(calendar.as_deref(), schedules.clone())),
        };
        let queues = texts.queues.map(|text| {
            let mut file = queues::read(&places.queues.display().to_string(), text, Some(&schedules));
            findings.append(&mut file.findings);
            file
        });
        let plan_file = texts.plans.map(|text| (places.plans.display().to_string(), text.to_owned()));
        let plans = plan_file.iter().flat_map(|(path, text)| plans::read(path, text, &[]).plans);
        let plans: Vec<PlanConfig> = plans.collect();
        let views = Views {
            queues: queues.as_ref().map(|file| file.views.clone()),
            calendar: view,
            plans: plans.iter().map(PlanConfig::view).collect(),
            services: offers.services.clone(),
            transfer_prefixes: offers.transfer_prefixes.clone(),
            plans_by_telephone: plans.iter().any(PlanConfig::is_told_by_telephone),
        };
        let queues = queues.map(|file| file.queues).unwrap_or_default();
        Around { views, queues, calendar, plans, findings, plan_file }
    }

    /// Compiles menus made for these views, with the lengths of recordings that say what the menus say.
    pub fn compile(
        &self,
        sources: &Sources,
        recorded: &Recorded,
        statistics: Option<&Statistics>,
    ) -> Checked {
        let compiled = compile_recorded(sources, recorded, statistics);
        let mut findings = self.findings.clone();
        let languages = compiled.program.as_ref().map_or(&[][..], Program::languages);
        findings.extend(self.plan_findings(languages));
        findings.extend(compiled.findings);
        Checked { program: compiled.program, findings, proof: compiled.proof }
    }

    fn plan_findings(&self, languages: &[Language]) -> Vec<Finding> {
        let file = self.plan_file.as_ref();
        file.map_or(Vec::new(), |(path, text)| plans::read(path, text, languages).findings)
    }
}

/// A recording of another text than the menu's does not count: the next one will be as long as the text.
fn compile_recorded(sources: &Sources, recorded: &Recorded, statistics: Option<&Statistics>) -> Compiled {
    let compile_measured = |measured| compile_measured(sources, measured, statistics.cloned());
    let compiled = compile_measured(recorded.lengths(None));
    // A recording that is too long may be the very reason why there is no program to look at.
    let estimated = match (&compiled.program, recorded.is_empty()) {
        (None, false) => compile_measured(Default::default()).program,
        _ => None,
    };
    let Some(program) = compiled.program.as_ref().or(estimated.as_ref()) else { return compiled };
    match recorded.says(program) {
        true => compiled,
        false => compile_measured(recorded.lengths(Some(program))),
    }
}

fn view(calendar: Option<&Calendar>, schedules: BTreeSet<String>) -> CalendarView {
    let Some(calendar) = calendar else {
        return CalendarView { schedules, classes: vec![CalendarClass::default()] };
    };
    let class = |class: calendar::CalendarClass| CalendarClass {
        open: class.open,
        holiday: class.holiday,
        example: class.example,
    };
    let mut classes: Vec<CalendarClass> = calendar.classes().into_iter().map(class).collect();
    if classes.is_empty() {
        classes.push(CalendarClass::default());
    }
    CalendarView { schedules, classes }
}
