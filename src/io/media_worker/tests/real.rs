//! In real time over loopback, with the worker in its own thread.

use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, SyncSender};

use super::*;

const PATIENCE: Duration = Duration::from_secs(10);

struct Real {
    orders: SyncSender<Command>,
    events: Receiver<MediaEvent>,
    thread: JoinHandle<()>,
    spool: MemorySpool,
}

fn start() -> Real {
    let (orders, taken) = sync_channel(64);
    let (tell, events) = sync_channel(1024);
    let spool = MemorySpool::default();
    let config = WorkerConfig {
        worker: WorkerId(0),
        bind: Ipv4Addr::LOCALHOST.into(),
        max_legs: 10,
        clock: Clock::start(),
        counters: Arc::default(),
    };
    let on_event = move |event| drop(tell.try_send(event));
    let thread = spawn(config, taken, Box::new(spool.clone()), on_event).unwrap();
    Real { orders, events, thread, spool }
}

impl Real {
    /// The next event that `pick` wants.
    fn wait<T>(&self, pick: impl Fn(MediaEvent) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.events.recv_timeout(PATIENCE).expect("in time")) {
                return found;
            }
        }
    }

    /// Opens the caller's leg on a free pair of ports.
    fn open(&self, phone: &UdpSocket) -> u16 {
        for _ in 0..50 {
            let probe = UdpSocket::bind("127.0.0.1:0").unwrap();
            let port = probe.local_addr().unwrap().port() & !1;
            drop(probe);
            let media = negotiated(phone.local_addr().unwrap(), Codec::Pcmu);
            let open = Command::Open { leg: leg(1, 0), port, media, seed: 1, record: true, muted: true };
            self.orders.send(open).unwrap();
            let opened = self.wait(|event| match event {
                MediaEvent::Opened { .. } => Some(true),
                MediaEvent::OpenFailed { why: OpenFailure::PortTaken, .. } => Some(false),
                _ => None,
            });
            if opened {
                return port;
            }
        }
        panic!("no free pair of ports")
    }
}

#[test]
fn a_call_over_loopback_plays_takes_a_key_and_ends_in_the_spool() {
    let real = start();
    let phone = UdpSocket::bind("127.0.0.1:0").unwrap();
    phone.set_read_timeout(Some(PATIENCE)).unwrap();
    let port = real.open(&phone);
    let sound: Vec<u8> = (0..3200).map(|n| (n % 256) as u8).collect();
    let items = vec![PlayItem::Clip(clip(sound.clone()))];
    let play = Command::Play {
        leg: leg(1, 0),
        id: PlayId(1),
        items,
        at_end: AtEnd::Silence,
        masking: Masking::Open,
    };
    real.orders.send(play).unwrap();

    let (mut heard, mut buffer) = (Vec::new(), [0; 400]);
    while heard.len() < sound.len() {
        let (length, from) = phone.recv_from(&mut buffer).expect("a frame in time");
        assert_eq!(from.port(), port);
        let (header, payload) = rtp::parse(&buffer[..length]).unwrap();
        heard.extend_from_slice(payload);
        // The phone answers each frame with one of its own: its clock is ours.
        let n = (heard.len() / 160) as u16;
        let answer = match n {
            10 => rtp_packet(101, n, 1600, &[3, 0x8A, 3, 0x20]),
            _ => rtp_packet(0, n, u32::from(n) * 160, &[0x42; 160]),
        };
        phone.send_to(&answer, from).unwrap();
        assert_eq!(header.payload_type, 0);
    }
    assert_eq!(heard, sound);
    let key = real.wait(|event| match event {
        MediaEvent::Digit { key, .. } => Some(key),
        _ => None,
    });
    assert_eq!(key, Key::Digit(3));
    real.wait(|event| (event == MediaEvent::PlayDone { leg: leg(1, 0), id: PlayId(1) }).then_some(()));
    real.orders.send(Command::Close { leg: leg(1, 0) }).unwrap();
    real.orders.send(Command::EndCall { call: call(1) }).unwrap();
    let stats = real.wait(|event| match event {
        MediaEvent::Closed { stats, .. } => Some(stats),
        _ => None,
    });
    assert!(stats.sent >= 20 && stats.received >= 19 && stats.lost == 0, "{stats:?}");
    real.wait(|event| matches!(event, MediaEvent::CallSpooled { .. }).then_some(()));
    real.orders.send(Command::Shutdown).unwrap();
    real.thread.join().unwrap();
    let received = real.spool.received(leg(1, 0));
    assert!(received.len() >= 10 * 160 && received.iter().all(|b| *b == 0x42));
    let prompt =
        real.spool.sent(leg(1, 0)).iter().filter(|(_, s)| matches!(s, Source::Prompt { .. })).count();
    assert_eq!(prompt, 20);
}
