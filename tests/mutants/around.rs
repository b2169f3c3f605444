//! What is around the menus, read from texts in memory with the readers of the product: queues,
//! calendar, plans, entries, services, numbers that calls may be sent on to.

use std::collections::BTreeSet;

use hotline::config::finding::Finding;
use hotline::config::plans::PlanConfig;
use hotline::config::{calendar, plans, queues};
use hotline::ids::{EntryId, Language, MenuId};
use hotline::menu::view::{CalendarClass, CalendarView, Views};
use toml_edit::{DocumentMut, Item};

/// Views, entries, and what is wrong with the files.
pub struct Around {
    pub views: Views,
    pub mains: Vec<(EntryId, MenuId)>,
    pub findings: Vec<Finding>,
}

/// `text` gives a file of `ops/` by its name.
pub fn read<'t>(languages: &[Language], text: impl Fn(&str) -> Option<&'t str>) -> Around {
    let mut findings = Vec::new();
    let calendar = text("calendar.toml").map(|text| {
        let (calendar, found) = calendar::parse("ops/calendar.toml", text);
        findings.extend(found);
        calendar
    });
    let schedules: BTreeSet<String> =
        calendar.iter().flat_map(|calendar| calendar.schedules()).map(str::to_owned).collect();
    let queues = text("queues.toml").map(|text| {
        let file = queues::read("ops/queues.toml", text, Some(&schedules));
        findings.extend(file.findings);
        file.views
    });
    let plans = text("plans.toml").map(|text| {
        let file = plans::read("ops/plans.toml", text, languages);
        findings.extend(file.findings);
        file.plans
    });
    let class = |class: calendar::CalendarClass| CalendarClass {
        open: class.open,
        holiday: class.holiday,
        example: class.example,
    };
    let mut classes: Vec<CalendarClass> =
        calendar.iter().flat_map(|calendar| calendar.classes()).map(class).collect();
    if classes.is_empty() {
        classes.push(CalendarClass::default());
    }
    let server = text("hotline.toml").and_then(|text| text.parse::<DocumentMut>().ok()).unwrap_or_default();
    let views = Views {
        queues,
        calendar: Some(CalendarView { schedules, classes }),
        plans: plans.iter().flatten().map(PlanConfig::view).collect(),
        services: names(server.get("lookups")),
        transfer_prefixes: prefixes(&server),
        plans_by_telephone: false,
    };
    Around { views, mains: entries(&server), findings }
}

/// What is not written is not known, and menus are not held against it.
fn names(table: Option<&Item>) -> Option<BTreeSet<String>> {
    Some(table?.as_table_like()?.iter().map(|(name, _)| name.to_owned()).collect())
}

fn prefixes(server: &DocumentMut) -> Option<Vec<String>> {
    let list = server.get("sip")?.get("transfer_prefixes")?.as_array()?;
    Some(list.iter().filter_map(|prefix| prefix.as_str()).map(str::to_owned).collect())
}

fn entries(server: &DocumentMut) -> Vec<(EntryId, MenuId)> {
    let entries = server.get("sip").and_then(|sip| sip.get("entries")).and_then(Item::as_table_like);
    let entry = |(number, menu): (&str, &Item)| Some((EntryId::new(number), MenuId::new(menu.as_str()?)));
    entries.into_iter().flat_map(|entries| entries.iter().filter_map(entry)).collect()
}
