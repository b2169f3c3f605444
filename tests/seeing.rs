//! Menus seen: pictures and differences of both sample hotlines, and the laws they keep.
//!
//! Pictures stand in `tests/seeing/NAME.tree`; differences in `tests/seeing/differences.txt`, as cases:
//! `== title`, `sample:`, `file:`, lines to find (`- `) and to put in their place (`+ `), then what
//! changes. `UPDATE_SEEING=1 cargo test --test seeing` writes what is seen now.

#[path = "seeing/commands.rs"]
mod commands;
#[path = "seeing/hotline.rs"]
mod hotline_;

use std::path::{Path, PathBuf};

use hotline::menu::diff::{Change, Difference, Gate, compare};
use hotline::menu::draw::{Picture, columns};
use hotline_::{Made, Sample, bank, city};

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeing").join(name)
}

fn is_updating() -> bool {
    std::env::var_os("UPDATE_SEEING").is_some()
}

/// As it stands in a file beside.
fn expect(name: &str, seen: &str) {
    if is_updating() {
        std::fs::write(place(name), seen).unwrap();
    }
    assert_eq!(seen, std::fs::read_to_string(place(name)).unwrap(), "{name}");
}

fn picture(made: &Made) -> Picture<'_> {
    let side = made.side();
    Picture::new(side.program, side.proof, side.hours)
}

#[test]
fn trees_tell_every_kind_of_place() {
    for sample in [bank(), city()] {
        expect(&format!("{}.tree", sample.name), &picture(&sample.made()).tree());
    }
}

#[test]
fn flow_charts_point_at_nodes_that_are_drawn() {
    for sample in [bank(), city()] {
        let chart = picture(&sample.made()).mermaid();
        let drawn: Vec<&str> = chart.lines().filter(|line| line.contains(":::")).collect();
        for line in chart.lines().filter(|line| line.contains("-->")) {
            let to = line.rsplit(' ').next().unwrap();
            let is_it = |node: &&&str| {
                let rest = node.trim_start().strip_prefix(to);
                rest.is_some_and(|rest| rest.starts_with(['[', '(', '{']))
            };
            assert_eq!(drawn.iter().filter(is_it).count(), 1, "{line}");
        }
    }
}

#[test]
fn programs_are_told_the_whole_of_it() {
    let json = picture(&city().made()).json();
    let places = json["places"].as_array().unwrap();
    let verify = places.iter().find(|place| place["kind"] == "verify").unwrap();
    assert_eq!(verify["name"], "applicant");
    let steps: Vec<&str> = verify["ways"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|way| way["by"] == "asks")
        .map(|way| way["leads_to"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(steps, ["case", "birthday"]);
    assert_eq!(json["entries"][0]["entry"], "12345");
    assert!(json["people"].as_array().unwrap().len() >= 4);
    assert_eq!(json["schedules"][0]["name"], "day");
}

/// An attribute of a line of SVG.
fn number(line: &str, name: &str) -> f64 {
    let rest = line.split(&format!(" {name}=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// Boxes of a picture: left, top, width, height.
fn boxes(svg: &str) -> Vec<[f64; 4]> {
    let rects = svg.lines().filter(|line| line.starts_with("<rect class=\"box"));
    rects.map(|line| ["x", "y", "width", "height"].map(|name| number(line, name))).collect()
}

#[test]
fn boxes_do_not_overlap_and_hold_their_texts() {
    for sample in [bank(), city()] {
        let svg = picture(&sample.made()).svg();
        let boxes = boxes(&svg);
        assert!(boxes.len() > 20);
        for (n, a) in boxes.iter().enumerate() {
            for b in &boxes[..n] {
                let apart =
                    a[0] + a[2] <= b[0] || b[0] + b[2] <= a[0] || a[1] + a[3] <= b[1] || b[1] + b[3] <= a[1];
                assert!(apart, "{a:?} lies over {b:?}");
            }
        }
        let texts = svg.lines().filter(|line| line.starts_with("<text ") && !line.contains("keyed"));
        for line in texts {
            let words = line.split('>').nth(1).unwrap().split('<').next().unwrap();
            let words = words.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<");
            let (x, y) = (number(line, "x"), number(line, "y"));
            // 13 pixels high, 8 wide a column.
            let right = x + (columns(&words) * 8) as f64;
            let holds =
                |b: &&[f64; 4]| b[0] <= x && right <= b[0] + b[2] && b[1] <= y - 13.0 && y <= b[1] + b[3];
            assert!(boxes.iter().any(|b| holds(&b)), "no box holds {line}");
        }
    }
}

#[test]
fn a_picture_is_sound_xml_whatever_menus_say() {
    let strange = "请按1。<&>\\\"\\u0007]]>";
    let edited = bank().edited("main.toml", "挂失请按1。", strange);
    let svg = picture(&edited.made()).svg();
    assert!(svg.contains("&lt;&amp;&gt;&quot; ]]&gt;"), "{svg}");
    let rest = svg.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").replace("&quot;", "");
    assert!(!rest.contains('&'));
    let opened = rest.matches('<').count();
    assert_eq!(opened, rest.matches('>').count());
    assert!(!svg.contains("http://") || svg.matches("http://").count() == 1, "nothing is loaded");
}

/// One case of the differences.
struct Case {
    head: String,
    sample: String,
    file: String,
    from: String,
    to: String,
    expected: String,
}

fn cases(text: &str) -> (String, Vec<Case>) {
    let mut parts = text.split("== ");
    let preamble = parts.next().unwrap_or("").to_owned();
    let case = |part: &str| {
        let (head, expected) = part.split_once("\n\n").unwrap_or((part, ""));
        let field = |name: &str| {
            let bare = name.trim_end();
            let lines =
                head.lines().filter_map(|line| if line == bare { Some("") } else { line.strip_prefix(name) });
            lines.map(str::trim).collect::<Vec<_>>().join("\n")
        };
        Case {
            sample: field("sample:"),
            file: field("file:"),
            from: field("- "),
            to: field("+ "),
            head: head.trim_end().to_owned(),
            expected: expected.trim_end().to_owned(),
        }
    };
    (preamble, parts.map(case).collect())
}

fn changed(case: &Case) -> (Made, Made) {
    let sample = if case.sample == "bank" { bank() } else { city() };
    (sample.made(), sample.edited(&case.file, &case.from, &case.to).made())
}

#[test]
fn differences_are_told_in_callers_terms() {
    let path = place("differences.txt");
    let (mut written, cases) = cases(&std::fs::read_to_string(&path).unwrap());
    for case in &cases {
        let (old, new) = changed(case);
        let told = compare(&old.side(), &new.side()).lines().join("\n");
        if !is_updating() {
            assert_eq!(told, case.expected, "{}", case.head);
        }
        written.push_str(&format!("== {}\n\n{told}\n\n", case.head));
    }
    if is_updating() {
        std::fs::write(path, format!("{}\n", written.trim_end())).unwrap();
    }
    assert!(cases.len() >= 12);
}

/// The samples and sound variations of them, from the cases.
fn pool() -> Vec<Made> {
    let (_, cases) = cases(&std::fs::read_to_string(place("differences.txt")).unwrap());
    let samples: Vec<Sample> = vec![bank(), city()];
    let mut pool: Vec<Made> = samples.iter().map(Sample::made).collect();
    pool.extend(cases.iter().map(|case| changed(case).1));
    pool
}

#[test]
fn nothing_differs_from_itself_and_differences_turn_round() {
    let pool = pool();
    for (n, a) in pool.iter().enumerate() {
        assert_eq!(compare(&a.side(), &a.side()), Difference::default());
        for b in &pool[..n] {
            let there = compare(&a.side(), &b.side());
            let back = compare(&b.side(), &a.side());
            assert_eq!(back, there.mirrored());
            assert_eq!(there, there.mirrored().mirrored());
        }
    }
}

#[test]
fn what_is_only_called_differently_is_no_change() {
    let old = bank().made();
    let renamed = bank().edited("loans.toml", "[information.apply]", "[information.how]");
    let renamed = renamed.edited("loans.toml", "information = \"apply\"", "information = \"how\"");
    let mut renamed = renamed.edited("main.toml", "menu = \"loans\"", "menu = \"credit\"");
    for (name, _) in &mut renamed.sources.files {
        *name = name.replace("loans.toml", "credit.toml");
    }
    let new = renamed.made();
    assert_eq!(compare(&old.side(), &new.side()), Difference::default());
}

#[test]
fn a_gate_stops_long_ways_and_lost_ones() {
    let old = bank().made();
    let (_, cases) = cases(&std::fs::read_to_string(place("differences.txt")).unwrap());
    let case = |title: &str| cases.iter().find(|case| case.head.starts_with(title)).unwrap();
    let moved = changed(case("options change places")).1;
    let difference = compare(&old.side(), &moved.side());
    let proof = moved.side().proof;
    let gate = |max_seconds, no_lost_paths| Gate { max_seconds, no_lost_paths };
    assert!(!Gate::default().is_set());
    assert_eq!(gate(Some(60), false).breaches(&difference, proof), [""; 0]);
    assert_eq!(gate(Some(1), false).breaches(&difference, proof).len(), proof.menus.len());
    assert!(difference.paths.iter().all(|path| path.change == Change::Moved), "{difference:#?}");
    assert_eq!(gate(None, true).breaches(&difference, proof), [""; 0]);

    for (title, words) in [
        ("an option is gone", "95599: lost: 2 3 “结束通话请按3。” → farewell"),
        ("a key leads elsewhere", "95599: not any more: card-loss, information new-card"),
    ] {
        let new = changed(case(title)).1;
        let breaches = gate(None, true).breaches(&compare(&old.side(), &new.side()), new.side().proof);
        assert!(breaches.iter().any(|line| line == words), "{breaches:?}");
    }
}

#[test]
fn another_voice_and_another_limit_are_noticed() {
    let mut old = bank().made();
    let mut new = bank().made();
    let greeting = |text: &str| ("main.greeting (en-US)".to_owned(), text.to_owned());
    let limit = ("queue general".to_owned(), "most callers waiting".to_owned());
    old.sounds = [(greeting("Welcome."), "aaaaaaaaaa".to_owned()), (greeting("Hi."), "c".to_owned())].into();
    new.sounds = [(greeting("Welcome."), "bbbbbbbbbb".to_owned())].into();
    new.settings = [(limit, "20".to_owned())].into();
    let there = compare(&old.side(), &new.side());
    let expected = [
        "Behaviour",
        "  main.greeting (en-US): recording: bbbbbbbb, before aaaaaaaa",
        "  queue general: most callers waiting: 20 is new",
    ];
    assert_eq!(there.lines(), expected, "a recording of a text that is gone is told as a text");
    assert_eq!(there.summary(), "2 settings");
    assert_eq!(compare(&new.side(), &old.side()), there.mirrored());
}

#[test]
fn a_number_that_is_dialled_no_more_is_a_way_lost() {
    let mut both = bank();
    both.sources.mains.push(("95588".into(), "main".into()));
    let (one, both) = (bank().made(), both.made());
    let gained = compare(&one.side(), &both.side());
    assert!(gained.lines().contains(&"  95588: gained: dialling → menu main".to_owned()), "{gained:#?}");
    let lost = compare(&both.side(), &one.side());
    assert_eq!(lost, gained.mirrored());
    let gate = Gate { max_seconds: None, no_lost_paths: true };
    assert_eq!(gate.breaches(&lost, one.side().proof), ["95588: lost: dialling → menu main"]);
    assert!(picture(&both).tree().starts_with("95599, 95588 → main"), "one tree for both");
}
