//! From spooled packets to archive files.

use std::sync::mpsc::{Receiver, sync_channel};

use super::*;
use crate::ids::{BootId, LegId, NodeId, WorkerId};
use crate::io::secrets::SecretKey;
use crate::io::spool::SpoolWriter;
use crate::media::command::{Codec, SpoolRef};
use crate::media::g711;
use crate::now::{Mono, Now};
use crate::record::block::Packet;
use crate::record::spool::{Entry, Source};

const NODE: NodeId = NodeId(1);
const BOOT: BootId = BootId(2);
/// 2026-11-21T23:36:22Z
const ANSWERED: Wall = Wall(1_795_304_182_000);

struct House {
    dir: tempfile::TempDir,
    spool: Arc<SpoolDirectory>,
    writer: SpoolWriter,
}

fn call(n: u32) -> CallId {
    CallId { node: NODE, boot: BOOT, n }
}

fn clip() -> Clip {
    Clip { hash: PromptHash([8; 32]), pcmu: vec![0x20; 8_000].into(), pcma: vec![0x21; 8_000].into() }
}

fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = SpoolDirectory::open(&dir.path().join("spool"), SecretKey::new([1; 32])).unwrap();
    let now = Now { mono: Mono(0), wall: ANSWERED };
    let writer = SpoolWriter::open(Arc::clone(&spool), WorkerId(0), NODE, BOOT, now).unwrap();
    House { dir, spool, writer }
}

impl House {
    fn archive(&self) -> PathBuf {
        self.dir.path().join("recordings")
    }

    fn finaliser(&self) -> (Finaliser, Receiver<Finished>) {
        let (sender, done) = sync_channel(100);
        let config = FinaliserConfig {
            threads: 1,
            archive: self.archive(),
            spool: Arc::clone(&self.spool),
            prompts: Arc::new(|hash| (hash == clip().hash).then(clip)),
            retry: Duration::from_millis(5),
        };
        let on_done = move |finished| sender.send(finished).unwrap();
        (Finaliser::spawn(config, on_done).unwrap(), done)
    }

    /// Two seconds of a caller who hears a prompt in the second one.
    fn talk(&mut self, n: u32) {
        let leg = LegId::caller(call(n));
        self.writer.push(&Entry::LegOpened { leg, at: Mono(0) });
        for i in 0..100_u16 {
            let at = Mono::from_millis(u64::from(i) * 20);
            let (codec, payload) = (Codec::Pcma, &[0x40; 160]);
            let timestamp = u32::from(i) * 160;
            self.writer.push_received(&Packet { leg, at, sequence: i, timestamp, codec, payload });
        }
        let source = Source::Prompt { hash: clip().hash, offset: 0 };
        self.writer.push(&Entry::Sent { leg, at: Mono::from_millis(1_000), frames: 50, source });
        self.writer.push(&Entry::LegClosed { leg, at: Mono::from_millis(2_000) });
    }
}

fn job(n: u32, places: Places, ending: Ending) -> FinaliseJob {
    FinaliseJob { call: call(n), answered_at: ANSWERED, places, ending, prompts: Arc::default() }
}

#[test]
fn a_finished_call_becomes_a_wav_with_both_sides() {
    let mut house = house();
    house.talk(1);
    house.writer.flush(Mono(0)).unwrap();
    let places: Places = house.writer.end_call(call(1)).into_iter().map(|p| (WorkerId(0), p)).collect();
    let (finaliser, done) = house.finaliser();
    finaliser.submit(job(1, places.clone(), Ending::Ended)).unwrap();
    let archived = done.recv().unwrap().result.unwrap();
    assert_eq!(archived.file, "2026/11/21/1-2-1.wav");
    assert_eq!((archived.length_ms, archived.missing_ms, archived.masked_ms), (2_000, 0, 0));
    let path = house.archive().join(&archived.file);
    assert_eq!(hash_file(&path).unwrap(), archived.sha256);
    let mut wav = hound::WavReader::open(&path).unwrap();
    assert_eq!((wav.spec().channels, wav.spec().sample_rate, wav.duration()), (2, 8_000, 16_000));
    let samples: Vec<i16> = wav.samples().map(|s| s.unwrap()).collect();
    let table = g711::decoder(Codec::Pcma);
    assert!(samples.iter().step_by(2).all(|s| *s == table[0x40]));
    let right: Vec<i16> = samples.iter().skip(1).step_by(2).copied().collect();
    assert!(right[..8_000].iter().all(|s| *s == 0));
    assert!(right[8_000..].iter().all(|s| *s == table[0x21]));

    finaliser.submit(job(1, places, Ending::Ended)).unwrap();
    assert_eq!(done.recv().unwrap().result.unwrap(), archived, "again gives the same file");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn an_end_that_comes_late_to_the_disk_is_waited_for() {
    let mut house = house();
    house.talk(1);
    house.writer.flush(Mono(0)).unwrap();
    let (finaliser, done) = house.finaliser();
    finaliser.submit(job(1, Vec::new(), Ending::Ended)).unwrap();
    assert!(matches!(done.recv().unwrap().result, Err(Failure::Retrying { .. })));
    house.writer.end_call(call(1));
    assert_eq!(done.recv().unwrap().result.unwrap().length_ms, 2_000);
}

#[test]
fn an_archive_that_refuses_is_tried_until_it_takes() {
    let mut house = house();
    house.talk(1);
    let places: Places = house.writer.end_call(call(1)).into_iter().map(|p| (WorkerId(0), p)).collect();
    fs::create_dir_all(house.archive()).unwrap();
    fs::write(house.archive().join("2026"), b"in the way").unwrap();
    let (finaliser, done) = house.finaliser();
    finaliser.submit(job(1, places, Ending::Ended)).unwrap();
    assert!(matches!(done.recv().unwrap().result, Err(Failure::Retrying { .. })));
    assert_eq!(finaliser.waiting(), 1);
    fs::remove_file(house.archive().join("2026")).unwrap();
    assert!(done.recv().unwrap().result.is_ok());
}

#[test]
fn a_call_that_is_nowhere_fails_for_good() {
    let house = house();
    let (finaliser, done) = house.finaliser();
    let nowhere = vec![(WorkerId(0), SpoolRef { segment: 77, offsets: vec![4_096] })];
    finaliser.submit(job(9, nowhere, Ending::Interrupted)).unwrap();
    assert!(matches!(done.recv().unwrap().result, Err(Failure::Final { .. })));
}

#[test]
fn a_call_killed_at_its_answer_has_a_recording_that_opens_and_is_empty() {
    let house = house();
    let (finaliser, done) = house.finaliser();
    finaliser.submit(job(9, Vec::new(), Ending::Interrupted)).unwrap();
    let archived = done.recv().unwrap().result.unwrap();
    assert_eq!(archived.length_ms, 0);
    let wav = hound::WavReader::open(house.archive().join(&archived.file)).unwrap();
    assert_eq!((wav.spec().channels, wav.duration()), (2, 0));
}

#[test]
fn after_a_crash_every_call_in_the_spool_is_archived_once() {
    let mut house = house();
    for n in 1..=3 {
        house.talk(n);
    }
    house.writer.flush(Mono(0)).unwrap();
    house.writer.push(&Entry::LegClosed { leg: LegId::caller(call(3)), at: Mono::from_millis(9_000) });
    let House { dir, spool, writer } = house;
    std::mem::forget((spool, writer));
    let (spool, found) = SpoolDirectory::open(&dir.path().join("spool"), SecretKey::new([1; 32])).unwrap();
    let answered = BTreeMap::from([(call(2), Wall(0))]);
    let jobs = recover(&spool, found, &answered, |c| c == call(1), &Arc::default());
    let days: Vec<(u32, Wall)> = jobs.iter().map(|job| (job.call.n, job.answered_at)).collect();
    assert_eq!(days, [(2, Wall(0)), (3, ANSWERED)], "dated by the journal, else by the spool");
    let writer_now = Now { mono: Mono(0), wall: ANSWERED };
    let writer = SpoolWriter::open(Arc::clone(&spool), WorkerId(0), NODE, BootId(3), writer_now).unwrap();
    let house = House { dir, spool, writer };
    let (finaliser, done) = house.finaliser();
    for job in jobs {
        finaliser.submit(job).unwrap();
    }
    for _ in 0..2 {
        let finished = done.recv().unwrap();
        assert_eq!(finished.result.unwrap().length_ms, 2_000, "what was not written is lost, no more");
        house.spool.archived(finished.call);
    }
    assert_eq!(house.spool.segments(), 1, "the old segment is gone");
}
