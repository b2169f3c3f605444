//! Spools against torn ends, full disks, rotation and restarts.

use super::*;
use crate::ids::LegId;
use crate::io::append::full_disk;
use crate::io::secrets::SecretKey;
use crate::media::command::Codec;
use crate::now::Wall;
use crate::record::spool::Source;

const NODE: NodeId = NodeId(1);
const BOOT: BootId = BootId(4);
const WORKER: WorkerId = WorkerId(0);

fn call(n: u32) -> CallId {
    CallId { node: NODE, boot: BOOT, n }
}

fn key() -> SecretKey {
    SecretKey::new([3; 32])
}

fn ms(n: u64) -> Mono {
    Mono::from_millis(n)
}

fn start() -> Now {
    Now { mono: ms(0), wall: Wall(1_000_000) }
}

fn writer(directory: &Arc<SpoolDirectory>) -> SpoolWriter {
    SpoolWriter::open(Arc::clone(directory), WORKER, NODE, BOOT, start()).unwrap()
}

fn open(dir: &tempfile::TempDir) -> (Arc<SpoolDirectory>, BTreeMap<CallId, Places>) {
    SpoolDirectory::open(dir.path(), key()).unwrap()
}

fn reader(dir: &tempfile::TempDir) -> SpoolReader {
    SpoolReader::new(dir.path(), key())
}

fn opened(n: u32) -> Entry {
    Entry::LegOpened { leg: LegId::caller(call(n)), at: ms(0) }
}

fn packet(n: u32, sequence: u16) -> Entry {
    Entry::Received {
        leg: LegId::caller(call(n)),
        at: ms(u64::from(sequence) * 20),
        sequence,
        timestamp: u32::from(sequence) * 160,
        codec: Codec::Pcma,
        payload: vec![u8::try_from(sequence % 256).unwrap(); 160],
    }
}

fn push_packet(writer: &mut SpoolWriter, entry: &Entry) {
    let Entry::Received { leg, at, sequence, timestamp, codec, payload } = entry else { panic!() };
    let (leg, at, sequence, timestamp, codec) = (*leg, *at, *sequence, *timestamp, *codec);
    writer.push_received(&Packet { leg, at, sequence, timestamp, codec, payload });
}

fn placed(refs: Vec<SpoolRef>) -> Places {
    refs.into_iter().map(|place| (WORKER, place)).collect()
}

#[test]
fn calls_come_back_whole_and_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, found) = open(&dir);
    assert!(found.is_empty());
    let mut writer = writer(&directory);
    let mut expected = vec![opened(1)];
    writer.push(&opened(1));
    writer.push(&opened(2));
    for sequence in 0..50 {
        push_packet(&mut writer, &packet(1, sequence));
        writer.push(&packet(2, sequence));
        expected.push(packet(1, sequence));
        let sent = Entry::Sent {
            leg: LegId::caller(call(1)),
            at: ms(u64::from(sequence) * 20),
            frames: 1,
            source: Source::Silence,
        };
        writer.push(&sent);
        expected.push(sent);
        if sequence % 5 == 4 {
            writer.flush(ms(u64::from(sequence) * 20)).unwrap();
        }
    }
    let refs = writer.end_call(call(1));
    expected.push(Entry::CallEnded { at: ms(980) });
    assert_eq!(refs.len(), 1);
    assert_eq!(refs[0].offsets.len(), 11, "ten flushes and the last block");
    let places = placed(refs);
    assert_eq!(reader(&dir).read_call(call(1), &places).unwrap(), expected);
    assert_eq!(scan(dir.path()).unwrap()[&call(1)], places);
    assert_eq!(places_of(dir.path(), call(1)).unwrap(), places);

    push_packet(&mut writer, &packet(1, 99));
    push_packet(&mut writer, &packet(7, 99));
    writer.flush(ms(2_000)).unwrap();
    assert_eq!(scan(dir.path()).unwrap()[&call(1)], places, "nothing after the end");
    assert!(!scan(dir.path()).unwrap().contains_key(&call(7)), "nothing without a beginning");
    let report = reader(&dir).visit(call(1), &places, |_| {}).unwrap();
    assert!(report.complete);
    assert_eq!(report.extent, Some((ms(0), ms(980))));
    assert_eq!(report.began, Some(Wall(1_000_000)));
}

#[test]
fn nothing_of_the_sound_stands_in_clear_and_another_key_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, _) = open(&dir);
    let mut writer = writer(&directory);
    writer.push(&opened(1));
    writer.push(&packet(1, 7));
    let places = placed(writer.end_call(call(1)));
    let raw = std::fs::read(dir.path().join("w0-b4-0.spool")).unwrap();
    assert!(!raw.windows(8).any(|w| w == [7; 8]));
    let wrong = SpoolReader::new(dir.path(), SecretKey::new([9; 32]));
    assert!(matches!(wrong.read_call(call(1), &places), Err(SpoolError::OtherKey { .. })));
}

#[test]
fn a_segment_torn_at_any_byte_gives_every_whole_block() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, _) = open(&dir);
    let mut writer = writer(&directory);
    writer.push(&opened(1));
    let mut ends = Vec::new();
    for sequence in 0..4 {
        writer.push(&packet(1, sequence));
        writer.flush(ms(0)).unwrap();
        ends.push(writer.segment.file.len());
    }
    let path = dir.path().join("w0-b4-0.spool");
    let whole = std::fs::read(&path).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for cut in 0..=whole.len() {
        for zeros in [0, 100] {
            let mut bytes = whole[..cut].to_vec();
            bytes.extend(vec![0; zeros]);
            // A block that ends in a zero is whole again when zeros follow the cut.
            let kept = whole.iter().zip(&bytes).take_while(|(a, b)| a == b).count() as u64;
            let blocks = ends.iter().filter(|end| **end <= kept).count();
            std::fs::write(copy.path().join("w0-b4-0.spool"), bytes).unwrap();
            let mut found = scan(copy.path()).unwrap();
            let places = found.remove(&call(1)).unwrap_or_default();
            let entries = SpoolReader::new(copy.path(), key()).read_call(call(1), &places).unwrap();
            let packets = entries.iter().filter(|e| matches!(e, Entry::Received { .. })).count();
            assert_eq!(packets, blocks, "cut at {cut}, {zeros} zeros");
        }
    }
}

#[test]
fn a_full_disk_keeps_what_it_can_and_goes_on_later() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, _) = open(&dir);
    let mut writer = writer(&directory);
    writer.push(&opened(1));
    writer.push(&packet(1, 0));
    writer.flush(ms(0)).unwrap();
    let before = std::fs::metadata(dir.path().join("w0-b4-0.spool")).unwrap().len();
    full_disk::set_room(Some(50));
    writer.push(&packet(1, 1));
    assert!(writer.flush(ms(100)).is_err());
    assert!(writer.flush(ms(200)).is_err());
    assert_eq!(std::fs::metadata(dir.path().join("w0-b4-0.spool")).unwrap().len(), before);
    for sequence in 2..2_000 {
        push_packet(&mut writer, &packet(1, sequence));
    }
    assert!(writer.dropped() > 500, "memory is bounded");
    assert!(writer.calls[&call(1)].bytes.len() <= PENDING_LIMIT);
    let early = writer.end_call(call(1));
    assert_eq!(early[0].offsets.len(), 1, "only what is on disk");
    full_disk::set_room(None);
    writer.flush(ms(300)).unwrap();
    assert!(writer.calls.is_empty());
    let places = places_of(dir.path(), call(1)).unwrap();
    let entries = reader(&dir).read_call(call(1), &places).unwrap();
    assert_eq!(entries.last(), Some(&Entry::CallEnded { at: ms(1_999 * 20) }));
    assert!(entries.contains(&packet(1, 0)) && entries.contains(&packet(1, 1_999)));
}

#[test]
fn segments_rotate_and_go_when_all_their_calls_are_archived() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, _) = open(&dir);
    let mut writer = writer(&directory);
    let hour = |h: u64| ms(h * 3_600_000);
    writer.push(&opened(1));
    writer.push(&opened(2));
    writer.flush(hour(0)).unwrap();
    writer.push(&packet(1, 1));
    writer.flush(hour(1)).unwrap();
    let first = writer.end_call(call(1));
    assert_eq!(first.iter().map(|r| r.segment).collect::<Vec<_>>(), [0, 1], "a call over two segments");
    writer.push(&packet(2, 2));
    writer.flush(hour(1)).unwrap();
    assert_eq!(directory.segments(), 2);
    directory.archived(call(1));
    assert_eq!(directory.segments(), 2, "call 2 is in both");
    let second = placed(writer.end_call(call(2)));
    assert_eq!(reader(&dir).read_call(call(2), &second).unwrap().len(), 3);
    directory.archived(call(2));
    assert_eq!(directory.segments(), 1, "the one being written stays");
    drop(writer);
    assert_eq!(directory.segments(), 0);
    assert!(read::segments(dir.path()).unwrap().is_empty());
}

#[test]
fn a_restart_finds_calls_under_way_and_removes_segments_once_they_are_archived() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, _) = open(&dir);
    let mut writer = writer(&directory);
    writer.push(&opened(1));
    writer.push(&packet(1, 1));
    writer.flush(ms(0)).unwrap();
    std::mem::forget(writer);
    let (directory, found) = open(&dir);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [call(1)]);
    let report = reader(&dir).visit(call(1), &found[&call(1)], |_| {}).unwrap();
    assert!(!report.complete);
    directory.archived(call(1));
    assert_eq!(open(&dir).0.segments(), 0);
}

#[test]
fn a_segment_of_another_version_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (directory, _) = open(&dir);
    drop(writer(&directory));
    let (old, torn) = (dir.path().join("w0-b3-0.spool"), dir.path().join("w0-b2-0.spool"));
    std::fs::write(&old, [b"HLSPOOL\n\x00\x02".as_slice(), &[0; 200]].concat()).unwrap();
    std::fs::write(&torn, b"HLSPOOL\n\x00\x01").unwrap();
    let (_, found) = open(&dir);
    assert!(found.is_empty());
    assert!(old.exists(), "it may hold the only sound of a call");
    assert!(!torn.exists(), "it was being created when the server stopped");
}
