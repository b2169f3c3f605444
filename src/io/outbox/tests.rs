//! What goes out while the disk fails, and which alarms stand.

use std::sync::mpsc::sync_channel;

use super::*;
use crate::event::{Actor, SCHEMA};
use crate::ids::{BootId, ConfigVersion, NodeId};
use crate::io::append::full_disk;
use crate::io::secrets::Secrets;
use crate::now::Wall;

type Sent = Arc<Mutex<Vec<Vec<u8>>>>;

/// Effects of a shell that only remembers what it sent.
struct Remembering {
    sent: Sent,
    kept: SyncSender<CallId>,
}

impl Effects for Remembering {
    fn transmit(&mut self, _: FlowId, bytes: Vec<u8>) {
        self.sent.lock().unwrap().push(bytes);
    }
    fn promised(&mut self, call: CallId) -> Box<dyn FnOnce() + Send> {
        let kept = self.kept.clone();
        Box::new(move || kept.send(call).unwrap())
    }
    fn connect(&mut self, _: std::net::SocketAddr, _: Vec<u8>) {}
    fn count(&mut self, _: Count) {}
    fn verify_secret(&mut self, _: CallId, _: AgentId, _: Redacted<String>) {}
    fn ask(&mut self, _: CallId, _: AskId, _: Question) {}
    fn keep_announcement(&mut self, _: crate::engine::AnnouncementOrder) {}
    fn finalise(&mut self, _: FinaliseOrder) {}
    fn discard_spool(&mut self, _: CallId) {}
    fn written(&mut self, _: &[Event]) {}
    fn drained(&mut self) {}
}

const CALL: CallId = CallId { node: NodeId(1), boot: BootId(1), n: 1 };

fn event() -> Output {
    Output::Event(Box::new(Event {
        schema: SCHEMA,
        seq: Seq(1),
        node: NodeId(1),
        boot: BootId(1),
        mono: Mono(0),
        wall: Wall(0),
        actor: Actor::Server,
        call: Some(CALL),
        config_version: ConfigVersion(1),
        plans: Vec::new(),
        drill: false,
        kind: EventKind::ElderlyCare,
    }))
}

fn response(first: &str, method: &str) -> Vec<u8> {
    format!("{first}\r\nVia: SIP/2.0/UDP h\r\nCSeq: 7 {method}\r\n\r\nCSeq: 1 INVITE\r\n").into_bytes()
}

#[test]
fn while_nothing_can_be_written_no_call_is_taken_and_no_promise_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::open_or_create(dir.path()).unwrap();
    let (journal, _) = Journal::open(&dir.path().join("journal"), NodeId(1)).unwrap();
    let state = Arc::new(OutboxState::default());
    let (sent, (kept, news)) = (Sent::default(), sync_channel(8));
    let outbox = Outbox {
        journal,
        keys: KeyTable::open(&secrets).unwrap(),
        workers: Vec::new(),
        replies: Arc::default(),
        state: Arc::clone(&state),
        sync: SyncThread::spawn(Arc::clone(&state), |_| {}).unwrap(),
        effects: Box::new(Remembering { sent: Arc::clone(&sent), kept }),
    };
    let mut running = Running::new(outbox);
    let flow = FlowId::Udp { remote: ([127, 0, 0, 1], 5060).into() };
    let taken = || Output::Transmit { flow, bytes: response("SIP/2.0 200 OK", "INVITE") };
    let over = response("SIP/2.0 200 OK", "BYE");

    full_disk::set_room(Some(0));
    let bye = Output::Transmit { flow, bytes: over.clone() };
    running.carry_out(vec![event(), taken(), bye, Output::Promise { call: CALL }]);
    assert_eq!(*sent.lock().unwrap(), [over], "running calls go on");
    assert!(matches!(state.take_alarms()[..], [(Alarm::Journal, AlarmState::Raised { .. })]));
    assert!(news.try_recv().is_err());

    full_disk::set_room(None);
    running.failing = Some(Mono(0));
    running.carry_out(vec![taken()]);
    assert_eq!(sent.lock().unwrap().len(), 2, "the stack has said it again");
    assert_eq!(news.recv().unwrap(), CALL, "told when it is on the disk");
    running.outbox.sync.stop();
}

#[test]
fn only_a_2xx_to_an_invite_takes_a_call() {
    assert!(takes_a_call(&response("SIP/2.0 200 OK", "INVITE")));
    for (first, method) in [
        ("SIP/2.0 200 OK", "BYE"),
        ("SIP/2.0 180 Ringing", "INVITE"),
        ("SIP/2.0 503 Service Unavailable", "INVITE"),
        ("INVITE sip:1001@h SIP/2.0", "INVITE"),
    ] {
        assert!(!takes_a_call(&response(first, method)), "{first} {method}");
    }
    assert!(!takes_a_call(b""));
}

#[test]
fn an_alarm_stands_until_the_last_who_raised_it_clears_it() {
    let state = OutboxState::default();
    state.raise(Alarm::Journal, Source::Writing, "full".into());
    state.raise(Alarm::Journal, Source::Syncing, "full".into());
    state.raise(Alarm::Journal, Source::Syncing, "still full".into());
    state.clear(Alarm::Journal, Source::Writing);
    state.clear(Alarm::Journal, Source::Lagging);
    let news: Vec<_> = state.take_alarms();
    assert_eq!(news.len(), 2, "{news:?}");
    assert!(news.iter().all(|(_, state)| *state != AlarmState::Cleared));
    state.clear(Alarm::Journal, Source::Syncing);
    assert_eq!(state.take_alarms(), [(Alarm::Journal, AlarmState::Cleared)]);
}
