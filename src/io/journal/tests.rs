//! The journal against torn ends, tampering, full disks and restarts.

use super::*;
use crate::event::{Actor, EventKind};
use crate::ids::ConfigVersion;
use crate::io::append::full_disk;
use crate::now::{Mono, Wall};

const NODE: NodeId = NodeId(1);
const DAY_MS: i64 = 86_400_000;

fn event(seq: u64, boot: BootId, wall: i64) -> Event {
    Event {
        schema: SCHEMA,
        seq: Seq(seq),
        node: NODE,
        boot,
        mono: Mono(seq),
        wall: Wall(wall),
        actor: Actor::Server,
        call: None,
        config_version: ConfigVersion(0),
        plans: Vec::new(),
        drill: false,
        kind: EventKind::ServerStopping { calls: u32::try_from(seq).unwrap() },
    }
}

/// Opens, appends `n` events of that day, closes.
fn grow(directory: &Path, n: u64, wall: i64) -> BootId {
    let (mut journal, opened) = Journal::open(directory, NODE).unwrap();
    let first = opened.next_seq.0;
    let events: Vec<Event> = (first..first + n).map(|seq| event(seq, opened.boot, wall)).collect();
    journal.append(&events).unwrap();
    opened.boot
}

fn seqs(directory: &Path) -> Vec<u64> {
    read_all(directory).unwrap().map(|e| e.unwrap().seq.0).collect()
}

fn files(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.ends_with(".jsonl"))
        .collect();
    names.sort();
    names
}

#[test]
fn events_come_back_across_restarts_and_days() {
    let dir = tempfile::tempdir().unwrap();
    let first = grow(dir.path(), 3, 0);
    let second = grow(dir.path(), 2, 1);
    grow(dir.path(), 2, DAY_MS);
    grow(dir.path(), 1, 0);
    assert_eq!((first, second), (BootId(1), BootId(2)));
    assert_eq!(files(dir.path()), ["1970-01-01.1.jsonl", "1970-01-01.2.jsonl", "1970-01-02.1.jsonl"]);
    assert_eq!(seqs(dir.path()), (1..=8).collect::<Vec<_>>(), "the clock going back changes no order");
    assert_eq!(last_seq(dir.path()).unwrap(), Seq(8));
    let from: Vec<u64> = read_from(dir.path(), Seq(7)).unwrap().map(|e| e.unwrap().seq.0).collect();
    assert_eq!(from, [7, 8]);
    let report = verify(dir.path()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.events, report.segments), (8, 3));
}

#[test]
fn boots_count_even_without_events_and_without_the_boot_file() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Journal::open(dir.path(), NODE).unwrap().1.boot, BootId(1));
    assert_eq!(Journal::open(dir.path(), NODE).unwrap().1.boot, BootId(2));
    grow(dir.path(), 1, 0);
    grow(dir.path(), 1, 0);
    std::fs::remove_file(dir.path().join("boot")).unwrap();
    assert_eq!(Journal::open(dir.path(), NODE).unwrap().1.boot, BootId(5));
}

#[test]
fn one_server_writes_and_the_other_is_told_who() {
    let dir = tempfile::tempdir().unwrap();
    let (_journal, _) = Journal::open(dir.path(), NODE).unwrap();
    let error = Journal::open(dir.path(), NODE).unwrap_err().to_string();
    assert!(error.contains(&std::process::id().to_string()), "{error}");
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    grow(dir.path(), 3, 0);
    let path = dir.path().join(&files(dir.path())[0]);
    let whole = std::fs::read(&path).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|b| *b == b'\n').collect();
    let last_start = whole.len() - lines[3].len();
    for cut in last_start..=whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let _ = std::fs::remove_file(dir.path().join("1970-01-01.1.jsonl.torn"));
        assert!(verify(dir.path()).unwrap().is_sound(), "no tampering at {cut}");
        let (mut journal, opened) = Journal::open(dir.path(), NODE).unwrap();
        let complete = cut == whole.len();
        let torn_bytes = (cut - last_start) as u64;
        match opened.torn {
            None => assert!(complete || torn_bytes == 0, "{cut}"),
            Some(torn) => {
                assert!(!complete);
                assert_eq!(torn, TornTail { file: "1970-01-01.1.jsonl".into(), bytes: torn_bytes });
                let aside = std::fs::read(dir.path().join("1970-01-01.1.jsonl.torn")).unwrap();
                assert_eq!(aside, whole[last_start..cut]);
            }
        }
        assert_eq!(opened.next_seq, Seq(if complete { 4 } else { 3 }));
        journal.append(&[event(opened.next_seq.0, opened.boot, 0)]).unwrap();
        drop(journal);
        assert_eq!(seqs(dir.path()).len(), if complete { 4 } else { 3 });
        assert!(verify(dir.path()).unwrap().is_sound());
    }
}

#[test]
fn a_new_segment_torn_at_any_byte_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    grow(dir.path(), 2, 0);
    grow(dir.path(), 1, DAY_MS);
    let path = dir.path().join("1970-01-02.1.jsonl");
    let whole = std::fs::read(&path).unwrap();
    for cut in 0..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let (journal, opened) = Journal::open(dir.path(), NODE).unwrap();
        assert_eq!(opened.next_seq, Seq(3), "cut at {cut}");
        assert_eq!(opened.torn.unwrap().bytes, cut as u64);
        assert!(!path.exists());
        drop(journal);
        assert_eq!(seqs(dir.path()), [1, 2]);
    }
}

#[test]
fn zeros_at_the_end_are_a_torn_tail() {
    let dir = tempfile::tempdir().unwrap();
    grow(dir.path(), 2, 0);
    let path = dir.path().join("1970-01-01.1.jsonl");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend([0; 500]);
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(Journal::open(dir.path(), NODE).unwrap().1.torn.unwrap().bytes, 500);
}

#[test]
fn every_altered_byte_before_the_last_line_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    grow(dir.path(), 3, 0);
    let path = dir.path().join("1970-01-01.1.jsonl");
    let whole = std::fs::read(&path).unwrap();
    let last_start = whole[..whole.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for at in (0..last_start).step_by(7) {
        let mut altered = whole.clone();
        altered[at] ^= 0x04;
        std::fs::write(&path, &altered).unwrap();
        let line = whole[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let report = verify(dir.path()).unwrap();
        assert!(!report.is_sound(), "byte {at}");
        assert_eq!(report.problems[0].line, line as u64, "byte {at}: {report:?}");
        let error = Journal::open(dir.path(), NODE).unwrap_err().to_string();
        assert!(error.contains(&format!("1970-01-01.1.jsonl, line {line}:")), "{error}");
        assert!(read_all(dir.path()).map_or(true, |mut events| events.any(|e| e.is_err())));
    }
}

#[test]
fn removed_and_swapped_segments_are_found() {
    let dir = tempfile::tempdir().unwrap();
    for day in 0..4 {
        grow(dir.path(), 2, day * DAY_MS);
    }
    std::fs::remove_file(dir.path().join("1970-01-02.1.jsonl")).unwrap();
    let report = verify(dir.path()).unwrap();
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].file, "1970-01-03.1.jsonl");
    assert!(read_all(dir.path()).unwrap().any(|e| e.is_err()));
}

#[test]
fn a_full_disk_fails_the_append_and_only_that() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, opened) = Journal::open(dir.path(), NODE).unwrap();
    let boot = opened.boot;
    for room in [0, 10, 300] {
        full_disk::set_room(Some(room));
        assert!(journal.append(&[event(1, boot, 0)]).is_err(), "a new segment, room {room}");
        assert!(files(dir.path()).is_empty());
    }
    full_disk::set_room(None);
    journal.append(&[event(1, boot, 0)]).unwrap();
    full_disk::set_room(Some(400));
    assert!(journal.append(&[event(2, boot, 0), event(3, boot, 0), event(4, boot, 0)]).is_err());
    full_disk::set_room(None);
    assert_eq!(seqs(dir.path()), [1]);
    journal.append(&[event(2, boot, 0)]).unwrap();
    assert!(journal.append(&[event(9, boot, 0)]).is_err(), "numbers must not jump");
    assert_eq!(seqs(dir.path()), [1, 2]);
}

#[test]
fn large_segments_are_continued_in_another_of_the_same_day() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, opened) = Journal::open(dir.path(), NODE).unwrap();
    journal.set_segment_limit(1_000);
    for seq in 1..=20 {
        journal.append(&[event(seq, opened.boot, 0)]).unwrap();
    }
    assert!(files(dir.path()).len() > 2);
    drop(journal);
    assert_eq!(seqs(dir.path()).len(), 20);
    assert_eq!(Journal::open(dir.path(), NODE).unwrap().1.next_seq, Seq(21));
}

#[test]
fn a_start_takes_the_newest_sound_snapshot_and_what_came_after() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, opened) = Journal::open(dir.path(), NODE).unwrap();
    for seq in 1..=9 {
        journal.append(&[event(seq, opened.boot, 0)]).unwrap();
        journal.write_snapshot(Seq(seq), format!("state {seq}\nof folds").as_bytes()).unwrap();
    }
    drop(journal);
    let open = || {
        let (_, opened) = Journal::open(dir.path(), NODE).unwrap();
        let tail: Vec<u64> = opened.tail.map(|e| e.unwrap().seq.0).collect();
        (opened.snapshot.map(|(seq, bytes)| (seq.0, String::from_utf8(bytes).unwrap())), tail)
    };
    assert_eq!(open(), (Some((9, "state 9\nof folds".into())), vec![]));
    let newest = dir.path().join(format!("snapshot-{:020}", 9));
    std::fs::write(&newest, b"damaged").unwrap();
    assert_eq!(open(), (Some((8, "state 8\nof folds".into())), vec![9]));
    write_snapshot(dir.path(), Seq(10), b"ahead").unwrap();
    assert_eq!(open(), (None, (1..=9).collect()), "a snapshot ahead of the journal is not used");
    assert!(!dir.path().join(format!("snapshot-{:020}", 10)).exists(), "nor ever again");
}
