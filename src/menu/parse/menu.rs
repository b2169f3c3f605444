//! A menu: what it says itself, its timing and its choices.

use crate::ids::{MenuId, QueueId};
use crate::menu::draft::*;
use crate::menu::parse::fields::Fields;
use crate::menu::parse::target::target;
use crate::menu::parse::{check_name, keys, nodes, when};
use crate::menu::reader;
use crate::menu::report::{At, Report, Spot};

/// Beginnings of the names of prompts that no menu says.
const TAKEN: [&str; 3] = ["system", "say", "plan"];

/// The menu `id` of a file.
pub fn menu(file: usize, id: &str, text: &str, report: &mut Report<'_>) -> MenuDraft {
    let document = reader::document(file, text, report);
    let named = At { value: id.to_owned(), spot: Spot::file(file) };
    check_name("a menu; the file is named so", &named, &TAKEN, report);
    let root = Fields::open(document.get_ref(), Spot::file(file), &keys::MENU, report);
    let announcement = root.one("announcement", report);
    let timing_of_menu = root.one("timing", report);
    MenuDraft {
        id: MenuId::new(id),
        spot: Spot::file(file),
        person: root.text("person", report).map(|at| At { value: QueueId::new(&at.value), spot: at.spot }),
        notice: root.speech("notice", report),
        greeting: root.speech("greeting", report),
        announcement: announcement.map(|fields| AnnouncementDraft {
            spot: fields.spot(),
            purpose: purpose(&fields, report),
            service_notice: service_notice(&fields, report),
            text: fields.speech("text", report),
        }),
        timing: timing_of_menu.map_or_else(TimingDraft::default, |fields| TimingDraft {
            silences: fields.small("silences", report),
            wrong_keys: fields.small("wrong_keys", report),
            ..timing(&fields, report)
        }),
        whens: when::rows(&root, report),
        choices: root.rows("choice", report).iter().map(|fields| choice(fields, report)).collect(),
        information: nodes::named(&root, "information", report, nodes::information),
        collects: nodes::named(&root, "collect", report, nodes::collect),
        nodes: NodesDraft {
            branches: nodes::named(&root, "branch", report, nodes::branch),
            lookups: nodes::named(&root, "lookup", report, nodes::lookup),
            verifies: nodes::named(&root, "verify", report, nodes::verify),
            surveys: nodes::named(&root, "survey", report, nodes::survey),
            complaints: nodes::named(&root, "complaint", report, nodes::complaint),
        },
    }
}

fn choice(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> ChoiceDraft {
    ChoiceDraft {
        spot: fields.spot(),
        key: fields.phone("key", report),
        purpose: purpose(fields, report),
        service_notice: service_notice(fields, report),
        text: fields.speech("text", report),
        leads_to: target(fields, "leads_to", report),
    }
}

/// How long keys are waited for.
pub fn timing(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> TimingDraft {
    TimingDraft {
        first_digit: fields.seconds("first_digit", report),
        inter_digit: fields.seconds("inter_digit", report),
        ..TimingDraft::default()
    }
}

pub fn purpose(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> Purpose {
    match fields.word("kind", report).map(|at| at.value) {
        Some("advert") => Purpose::Advert,
        _ => Purpose::Service,
    }
}

fn service_notice(fields: &Fields<'_, '_>, report: &mut Report<'_>) -> Option<At<ServiceNotice>> {
    let inner = fields.one("service_notice", report)?;
    let (by, on) = (inner.text("by", report), inner.date("on", report));
    Some(At { value: ServiceNotice { by: by?.value, on: on? }, spot: inner.spot() })
}
