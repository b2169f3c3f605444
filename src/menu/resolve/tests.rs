//! Programs as they come out of drafts.

use std::time::Duration;

use crate::ids::{Language, MenuId, QueueId};
use crate::menu::api::{CallerList, PromptName};
use crate::menu::model::*;
use crate::menu::parse::tests::{changed, sources};
use crate::menu::speak::Kind;
use crate::menu::view::{CalendarView, QueueView, Views, WhenClosed};
use crate::menu::{Program, Sources, compile};

fn program(sources: &Sources) -> Program {
    let compiled = compile(sources);
    compiled.program.unwrap_or_else(|| panic!("{:#?}", compiled.findings))
}

fn menu<'p>(program: &'p Program, id: &str) -> (MenuIx, &'p Menu) {
    let ix = program.menus.iter().position(|menu| menu.id == MenuId::new(id)).unwrap();
    (ix as MenuIx, &program.menus[ix])
}

fn queue(program: &Program, id: &str) -> QueueIx {
    program.queues.iter().position(|queue| *queue == QueueId::new(id)).unwrap() as QueueIx
}

#[test]
fn conditions_become_indexes() {
    let program = program(&sources());
    let (_, main) = menu(&program, "main");
    let (night, _) = menu(&program, "night");
    let general = queue(&program, "general");
    assert_eq!(main.on_entry, Some(0));
    let entry = &main.branches[0];
    assert_eq!((entry.name.as_str(), entry.otherwise), ("when", Target::Stay));
    let holds = |condition| (condition, Wanted::Holds);
    assert_eq!(
        entry.whens[0],
        When {
            terms: vec![holds(Condition::Open("office".into())), holds(Condition::Caller(CallerList::Vip))],
            target: Target::Queue(general),
        }
    );
    assert_eq!(
        entry.whens[1],
        When {
            terms: vec![
                holds(Condition::Plan(0)),
                (Condition::Caller(CallerList::Blocked), Wanted::HoldsNot),
                holds(Condition::Waiting { queue: general, above: 10 }),
                holds(Condition::Estimate { queue: general, above: Duration::from_secs(300) }),
                holds(Condition::Ready { queue: general, below: 1 }),
            ],
            target: Target::Menu(night),
        }
    );
    let (_, account) = menu(&program, "account");
    assert_eq!((account.on_entry, account.choices[0].target), (None, Target::Branch(0)));
    let terms: Vec<_> = account.branches[0].whens.iter().flat_map(|when| when.terms.clone()).collect();
    assert_eq!(
        terms,
        [
            holds(Condition::Language(0)),
            holds(Condition::Level(2)),
            holds(Condition::Level(1)),
            (Condition::Level(2), Wanted::HoldsNot),
            (Condition::Plan(0), Wanted::HoldsNot),
        ]
    );
    assert_eq!(program.levels, ["identified", "verified"]);
}

#[test]
fn branches_follow_what_is_decided_on_entering() {
    let branch =
        "[branch.x]\notherwise = \"person\"\n[[branch.x.when]]\nholiday = true\nleads_to = \"top\"\n";
    let sources = changed(&sources(), "night", "[information", &format!("{branch}[information"));
    let sources = changed(&sources, "night", "leads_to = \"back\"", "leads_to = { branch = \"x\" }");
    let program = program(&sources);
    let (_, night) = menu(&program, "night");
    assert_eq!(night.information[0].target, Target::Branch(1));
    assert_eq!(night.branches[1].name, "x");
}

#[test]
fn caller_lists_and_the_profile_are_told_apart() {
    let asked = |sources: &Sources| {
        let program = program(sources);
        menu(&program, "main").1.branches[0].whens[0].terms[1].0.clone()
    };
    let with = changed(&sources(), "main", "caller = \"vip\"", "caller = \"elderly\"");
    assert_eq!(asked(&with), Condition::Elderly);
    let profile = "[elderly]\nfirst_digit = 12\ninter_digit = 9\nstraight_to_person = false\n";
    let without = changed(&with, "system", profile, "");
    let without = changed(&without, "main", "leads_to = \"elderly\"", "leads_to = \"repeat\"");
    assert_eq!(asked(&without), Condition::Caller(CallerList::Elderly));
    let elderly = program(&with).elderly.unwrap();
    assert_eq!(elderly.first_digit, Duration::from_secs(12));
    assert_eq!((elderly.inter_digit, elderly.straight_to_person), (Duration::from_secs(9), false));
}

#[test]
fn nodes_are_complete() {
    let program = program(&sources());
    let (_, account) = menu(&program, "account");
    let verify = &account.verifies[0];
    assert_eq!(
        verify.ask.iter().map(|ix| account.collects[usize::from(*ix)].name.as_str()).collect::<Vec<_>>(),
        ["card", "pin"]
    );
    assert_eq!((verify.level, verify.attempts, verify.prompt.clone()), (2, 2, None));
    assert_eq!((verify.service.as_str(), verify.path.as_str()), ("bank", "/verify"));
    assert_eq!(
        (verify.target, verify.failed),
        (Target::Lookup(0), Target::Queue(queue(&program, "general")))
    );
    let lookup = &account.lookups[0];
    assert_eq!(lookup.prompt, Some(PromptName("account.balance".into())));
    assert_eq!((lookup.send.clone(), lookup.variables.clone()), (vec!["card".to_owned()], vec![0]));
    let told = account.information.iter().position(|node| node.name == "told").unwrap();
    assert_eq!((lookup.target, lookup.failed), (Target::Information(told as u16), Target::Person));
    assert_eq!(lookup.whens[1].terms[0], (Condition::Holiday, Wanted::HoldsNot));
    assert_eq!(lookup.whens[1].terms[1], (Condition::Variable(0, 2), Wanted::HoldsNot));
    assert_eq!(account.information[told].target, Target::Top);
    let (_, voice) = menu(&program, "voice");
    let complaint = &voice.complaints[0];
    assert_eq!((complaint.ask.clone(), complaint.queue), (vec![0], Some(queue(&program, "complaints"))));
    assert!(voice.collects[0].confirm);
    let survey = &voice.surveys[0];
    assert_eq!(survey.target, Target::End);
    let prompts: Vec<_> = survey.questions.iter().map(|q| (q.prompt.0.as_str(), q.most)).collect();
    assert_eq!(prompts, [("voice.service.satisfied", 2), ("voice.service.solved", 2)]);
    let (_, main) = menu(&program, "main");
    assert_eq!(
        (main.numbers.clone(), main.choices[3].target),
        (vec!["95500".to_owned()], Target::Transfer(0))
    );
    assert_eq!(main.choices[2].target, Target::Elderly);
}

#[test]
fn only_values_that_conditions_name_are_told_apart() {
    let program = program(&sources());
    let state = Variable { name: "state".into(), values: vec!["blocked".into(), "open".into()] };
    assert_eq!(program.variables, [state]);
}

#[test]
fn a_field_named_in_a_menu_without_look_ups_is_set_by_those_of_others() {
    let row = "[[when]]\nfield = \"state\"\nis = \"gold\"\nleads_to = \"person\"\n\n[[choice]]\nkey = \"1\"";
    let sources = changed(&sources(), "voice", "[[choice]]\nkey = \"1\"", row);
    let told = program(&sources);
    assert_eq!(told.variables[0].values, ["blocked", "open", "gold"]);
    let silent = changed(&sources, "account", "fields = [\"card\", \"balance\", \"until\", \"state\"]\n", "");
    assert_eq!(menu(&program(&silent), "account").1.lookups[0].variables, [0]);
    // Told fields without it: this look-up does not set it, and no other does.
    let without = changed(&sources, "account", ", \"state\"]", "]");
    let rules: Vec<_> = compile(&without).findings.iter().map(|f| f.rule).collect();
    assert_eq!(rules, ["unknown-field", "unknown-field", "unknown-field"]);
}

#[test]
fn texts_with_values_become_pieces() {
    let program = program(&sources());
    let piece = |name: &str| Piece::Prompt(PromptName(name.to_owned()));
    let value = |name: &str, kind| Piece::Value { name: name.to_owned(), kind };
    assert_eq!(
        program.pieces[&PromptName("account.told".into())],
        [
            vec![
                piece("account.told.1"),
                value("until", Kind::Time),
                piece("account.told.2"),
                value("balance", Kind::Amount),
            ],
            vec![
                piece("account.told.1"),
                value("balance", Kind::Amount),
                piece("account.told.2"),
                value("until", Kind::Time),
            ],
        ]
    );
    let text = |name: &str, language: &str| {
        program.text_of(&PromptName(name.to_owned()), &Language::new(language)).to_owned()
    };
    assert_eq!(text("account.told.1", "zh-CN"), "截至");
    assert_eq!(text("account.told.2", "zh-CN"), "，您的余额是");
    assert_eq!(text("account.told.2", "en-US"), "as of");
    assert_eq!(text("account.sent.1", "zh-CN"), "{金额}");
    assert_eq!(text("account.sent.2", "zh-CN"), "已收到。");
    assert_eq!(text("account.sent.2", "en-US"), "");
    let names: Vec<&str> = program.prompts.iter().map(|prompt| prompt.name.0.as_str()).collect();
    assert!(!names.contains(&"account.told") && names.contains(&"account.told.2"));
    let unique: std::collections::BTreeSet<&&str> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
    let kinds = |name: &str| program.prompts.iter().find(|prompt| prompt.name.0 == name).map(|p| p.kind);
    assert_eq!(kinds("account.told.1"), Some(PromptKind::Information));
    assert_eq!(kinds("say.currency.yuan"), Some(PromptKind::Value));
    // Nothing here says a date.
    assert_eq!(kinds("say.and"), Some(PromptKind::Value));
    assert!(!names.iter().any(|name| name.contains("month")), "{names:?}");
}

#[test]
fn a_hotline_without_values_needs_no_small_prompts() {
    let program = program(&crate::menu::standard::tests::sources());
    assert!(program.pieces.is_empty());
    assert!(program.prompts.iter().all(|prompt| prompt.kind != PromptKind::Value));
}

#[test]
fn closed_queues_are_followed() {
    let mut sources = sources();
    let queues = sources.views.queues.as_mut().unwrap();
    for (id, closed) in [("cards", WhenClosed::Message), ("complaints", WhenClosed::Callback)] {
        // Nobody is there then, so something may stand in for people.
        let view = QueueView { hours: Some("office".into()), when_closed: closed };
        queues.insert(QueueId::new(id), view);
    }
    queues.get_mut(&QueueId::new("night")).unwrap().hours = Some("office".into());
    let program = program(&sources);
    let of = |id: &str| program.staffing[usize::from(queue(&program, id))].clone();
    let night = queue(&program, "night");
    assert_eq!(of("general"), Staffing { hours: Some("office".into()), when_closed: Closed::Queue(night) });
    let cards = queue(&program, "cards");
    assert_eq!(of("night"), Staffing { hours: Some("office".into()), when_closed: Closed::Queue(cards) });
    assert_eq!(of("complaints").when_closed, Closed::Callback);
    assert_eq!(of("cards"), Staffing { hours: Some("office".into()), when_closed: Closed::Message });
    assert_eq!(program.staffing.len(), program.queues.len());
}

#[test]
fn situations_are_those_that_matter() {
    let program = program(&sources());
    // Noon and ten o'clock differ by the canteen only, which nobody asks about.
    let examples: Vec<&str> = program.calendar.iter().map(|class| class.example.as_str()).collect();
    assert_eq!(examples, ["Monday 10:00", "Monday 23:00", "1 May 23:00", "Sunday 10:00"]);
}

#[test]
fn an_unknown_calendar_has_everything_open_or_closed() {
    let mut sources = sources();
    sources.views.calendar = None;
    let open: Vec<usize> = program(&sources).calendar.iter().map(|class| class.open.len()).collect();
    assert_eq!(open, [2, 0, 0]);
    sources.views.calendar =
        Some(CalendarView { schedules: ["office", "night"].map(str::to_owned).into(), classes: Vec::new() });
    assert_eq!(program(&sources).calendar.len(), 3);
    let plain = crate::menu::standard::tests::sources();
    assert_eq!(program(&plain).calendar.len(), 1);
}

#[test]
fn ways_lead_through_nodes() {
    let sources = changed(
        &sources(),
        "account",
        "holiday = false\nleads_to = \"person\"",
        "leads_to = { menu = \"deep\" }",
    );
    let mut sources = changed(&sources, "main", "leads_to = { menu = \"night\" }", "leads_to = \"person\"");
    sources.files.retain(|(path, _)| !path.ends_with("night.toml"));
    let deep = "[[choice]]\nkey = \"1\"\ntext = { zh-CN = \"网点请按1。\", en-US = \"For branches, press 1.\" }\nleads_to = \"person\"\n";
    sources.files.push(("menus/deep.toml".to_owned(), deep.to_owned()));
    let program = program(&sources);
    let parent = |id: &str| {
        let parent = program.mains[0].parents[usize::from(menu(&program, id).0)];
        parent.map(|ix| program.menus[usize::from(ix)].id.to_string())
    };
    assert_eq!(parent("deep").as_deref(), Some("account"));
    assert_eq!(parent("account").as_deref(), Some("main"));
    assert_eq!(parent("main"), None);
    // Its people are those of the main menu.
    let deep = usize::from(menu(&program, "deep").0);
    assert_eq!(program.mains[0].people[deep], queue(&program, "general"));
}

#[test]
fn a_menu_entered_by_condition_lies_below_the_one_that_decides() {
    let program = program(&sources());
    let (night, _) = menu(&program, "night");
    assert_eq!(program.mains[0].parents[usize::from(night)], Some(program.mains[0].menu));
}

#[test]
fn circles_of_decisions_give_no_program() {
    let sources = changed(&sources(), "night", "{ information = \"holiday\" }", "{ menu = \"main\" }");
    let compiled = compile(&sources);
    assert!(compiled.program.is_none() && compiled.proof.is_none(), "it would be walked for ever");
}

#[test]
fn steps_that_others_ask_lead_to_a_person_by_themselves() {
    let mut sources = sources();
    sources.views = Views { plans: sources.views.plans, ..Views::default() };
    let program = program(&sources);
    let (_, account) = menu(&program, "account");
    assert!(
        account
            .collects
            .iter()
            .filter(|node| ["card", "pin"].contains(&node.name.as_str()))
            .all(|node| node.target == Target::Person)
    );
}
