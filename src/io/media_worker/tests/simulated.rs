//! On a virtual clock.

use proptest::prelude::*;

use super::*;

type Events = Rc<RefCell<Vec<MediaEvent>>>;
type Tell = Box<dyn FnMut(MediaEvent)>;

struct Scene {
    worker: Worker<SimNetwork, Tell>,
    phones: SimNetwork,
    ticker: Ticker,
    events: Events,
    spool: MemorySpool,
    counters: Arc<MediaCounters>,
}

/// A telephone that keeps what it hears.
struct Phone {
    rtp: SimSocket,
    address: SocketAddr,
    server: SocketAddr,
    sequence: u16,
    heard: Vec<u8>,
}

impl Scene {
    fn new() -> Self {
        let network = SimNetwork::new(SERVER);
        let phones = network.host(PHONES);
        let (events, spool) = (Events::default(), MemorySpool::default());
        let counters = Arc::new(MediaCounters::default());
        let config = WorkerConfig {
            worker: WorkerId(3),
            bind: SERVER,
            max_legs: 8,
            clock: Clock::start(),
            counters: Arc::clone(&counters),
        };
        let into = Rc::clone(&events);
        let tell: Tell = Box::new(move |event| into.borrow_mut().push(event));
        let worker = Worker::new(config, network, Box::new(spool.clone()), tell);
        Scene { worker, phones, ticker: Ticker::new(Mono::from_millis(1000)), events, spool, counters }
    }

    fn now(&self) -> Now {
        Now { mono: self.ticker.due(), ..Now::default() }
    }

    fn order(&mut self, command: Command) {
        assert_eq!(self.worker.command(self.now(), command), Flow::Continue);
    }

    /// A slot passes.
    fn slot(&mut self) {
        let now = self.now();
        self.worker.slot(now, now.mono, self.ticker.slot());
        self.worker.flush_if_due(now.mono);
        self.ticker.advance(now.mono);
    }

    /// A tick passes: each leg sends a frame; so does each phone, if it says something.
    fn tick(&mut self, phones: &mut [(&mut Phone, Option<u8>)]) {
        for (phone, says) in phones.iter_mut() {
            if let Some(byte) = says {
                phone.say(*byte);
            }
        }
        for _ in 0..4 {
            self.slot();
        }
        for (phone, _) in phones {
            phone.listen();
        }
    }

    fn pass(&mut self, ticks: usize) {
        for _ in 0..ticks {
            self.tick(&mut []);
        }
    }

    fn phone(&mut self, port: u16, server_port: u16) -> Phone {
        let server = SocketAddr::new(SERVER, server_port);
        let address = SocketAddr::new(PHONES, port);
        Phone { rtp: self.phones.bind(port).unwrap(), address, server, sequence: 0, heard: vec![] }
    }

    fn open(&mut self, leg: LegId, port: u16, phone: &Phone, codec: Codec) {
        let media = negotiated(phone.address, codec);
        self.order(Command::Open { leg, port, media, seed: 5, record: true, muted: false });
    }

    fn take_events(&mut self) -> Vec<MediaEvent> {
        self.events.take()
    }
}

impl Phone {
    fn send(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) {
        self.sequence += 1;
        let packet = rtp_packet(payload_type, self.sequence, timestamp, payload);
        self.rtp.send(self.server, &packet).unwrap();
    }

    fn say(&mut self, byte: u8) {
        let timestamp = u32::from(self.sequence) * 160 + 160;
        self.send(0, timestamp, &[byte; 160]);
    }

    fn listen(&mut self) {
        let mut batch = Batch::default();
        self.rtp.receive(&mut batch);
        for (_, packet) in batch.iter() {
            self.heard.extend(rtp::parse(packet).unwrap().1);
        }
    }
}

fn play(leg: LegId, items: Vec<PlayItem>, masking: Masking) -> Command {
    Command::Play { leg, id: PlayId(1), items, at_end: AtEnd::Silence, masking }
}

#[test]
fn a_prompt_is_heard_byte_for_byte_and_the_spool_says_so() {
    let mut scene = Scene::new();
    let mut phone = scene.phone(4000, 10_000);
    let caller = leg(1, 0);
    scene.open(caller, 10_000, &phone, Codec::Pcma);
    let opened = MediaEvent::Opened { leg: caller, at: Mono::from_millis(1000) };
    assert_eq!(scene.take_events(), [opened]);
    let prompt = clip((0..1600).map(|n| (n % 256) as u8).collect());
    scene.order(play(caller, vec![PlayItem::Clip(prompt.clone())], Masking::Open));
    for _ in 0..20 {
        scene.tick(&mut [(&mut phone, None)]);
    }
    assert_eq!(phone.heard[..1600], prompt.pcma[..]);
    assert!(phone.heard[1600..].iter().all(|b| *b == 0xD5));
    assert_eq!(scene.take_events(), [MediaEvent::PlayDone { leg: caller, id: PlayId(1) }]);
    scene.order(Command::EndCall { call: call(1) });
    scene.pass(10);
    let sent = scene.spool.sent(caller);
    assert_eq!(sent.len(), 20, "each frame once");
    for (n, (at, source)) in sent.iter().enumerate() {
        assert_eq!(*at, Mono::from_millis(1000 + 20 * n as u64));
        let expected = match n {
            0..10 => Source::Prompt { hash: prompt.hash, offset: n as u32 * 160 },
            _ => Source::Silence,
        };
        assert_eq!(*source, expected);
    }
    let written = scene.spool.written();
    let frames = |entry: &Entry| if let Entry::Sent { frames, .. } = entry { *frames } else { 0 };
    assert!(written.iter().map(frames).all(|frames| frames <= 5), "a crash loses 100 ms at most");
    assert_eq!(written[0], Entry::LegOpened { leg: caller, at: Mono::from_millis(1000) });
    let end = Mono::from_millis(1400);
    assert_eq!(
        written[written.len() - 2..],
        [Entry::LegClosed { leg: caller, at: end }, Entry::CallEnded { at: Mono(0) }]
    );
    let [MediaEvent::Closed { leg: closed, stats }, MediaEvent::CallSpooled { call: ended, worker, spool }] =
        &scene.take_events()[..]
    else {
        panic!("closed, then spooled")
    };
    assert_eq!((*closed, stats.sent, *ended, *worker), (caller, 20, call(1), WorkerId(3)));
    assert_eq!(spool[..], [SpoolRef { segment: 1, offsets: vec![0] }]);
    assert!(scene.worker.is_idle());
}

#[test]
fn caller_and_agent_hear_each_other_and_both_are_recorded() {
    let mut scene = Scene::new();
    let (mut caller, mut agent) = (scene.phone(4000, 10_000), scene.phone(5000, 10_002));
    scene.open(leg(1, 0), 10_000, &caller, Codec::Pcmu);
    scene.order(Command::Reserve { leg: leg(1, 1), port: 10_002, seed: 9, record: true });
    scene.order(Command::Update { leg: leg(1, 1), media: negotiated(agent.address, Codec::Pcmu) });
    scene.order(Command::Bridge { a: leg(1, 0), b: leg(1, 1) });
    scene.take_events();
    for _ in 0..50 {
        scene.tick(&mut [(&mut caller, Some(0x21)), (&mut agent, Some(0x32))]);
    }
    let frames =
        |heard: &[u8], byte| heard.chunks(160).filter(|frame| frame.iter().all(|b| *b == byte)).count();
    assert!(frames(&caller.heard, 0x32) >= 45, "the caller hears the agent");
    assert!(frames(&agent.heard, 0x21) >= 45, "the agent hears the caller");
    assert_eq!(frames(&caller.heard, 0x32) + frames(&caller.heard, 0xFF), 50, "and nothing else");
    let first = [MediaEvent::FirstPacket { leg: leg(1, 0) }, MediaEvent::FirstPacket { leg: leg(1, 1) }];
    assert_eq!(scene.take_events(), first);

    scene.order(Command::Unbridge { a: leg(1, 0), b: leg(1, 1) });
    let before = caller.heard.len();
    for _ in 0..5 {
        scene.tick(&mut [(&mut caller, Some(0x21)), (&mut agent, Some(0x32))]);
    }
    assert!(caller.heard[before..].iter().all(|b| *b == 0xFF));
    scene.order(Command::EndCall { call: call(1) });
    scene.pass(6);
    assert_eq!(scene.spool.received(leg(1, 0)), [0x21; 55 * 160]);
    assert_eq!(scene.spool.received(leg(1, 1)), [0x32; 55 * 160]);
    let peer = |sequence| Source::Peer { leg: leg(1, 1), sequence };
    let heard: Vec<Source> = scene.spool.sent(leg(1, 0)).into_iter().map(|(_, source)| source).collect();
    let from_agent: Vec<Source> = heard.iter().copied().filter(|source| *source != Source::Silence).collect();
    assert_eq!(from_agent, (1..=from_agent.len() as u16).map(peer).collect::<Vec<_>>());
    assert!(from_agent.len() >= 45);
}

#[test]
fn keys_are_told_once_and_leave_no_trace_in_the_spool() {
    let mut scene = Scene::new();
    let mut phone = scene.phone(4000, 10_000);
    scene.open(leg(1, 0), 10_000, &phone, Codec::Pcmu);
    for n in 0..60 {
        // From tick 20 to 25 the key is down, heard as a tone from tick 18 on.
        let event_at = 5000;
        match n {
            20..25 => phone.send(101, event_at, &[5, 0x0A, 0, 160]),
            25 => (0..3).for_each(|_| phone.send(101, event_at, &[5, 0x8A, 3, 0x20])),
            _ => {}
        }
        let says = if (18..=26).contains(&n) { 0x99 } else { 0x11 };
        scene.tick(&mut [(&mut phone, Some(says))]);
    }
    scene.order(Command::EndCall { call: call(1) });
    scene.pass(6);
    let events = scene.take_events();
    let keys: Vec<&MediaEvent> = events.iter().filter(|e| matches!(e, MediaEvent::Digit { .. })).collect();
    assert_eq!(keys, [&MediaEvent::Digit { leg: leg(1, 0), key: Key::Digit(5) }]);
    let received = scene.spool.received(leg(1, 0));
    assert!(received.iter().all(|b| *b == 0x11), "neither the tone nor its beginning");
    assert!(received.len() >= 48 * 160, "{}", received.len() / 160);
    let masked: Vec<(u64, bool)> = scene
        .spool
        .written()
        .iter()
        .filter_map(|entry| match entry {
            Entry::Masked { at, on, .. } => Some((at.as_millis(), *on)),
            _ => None,
        })
        .collect();
    assert_eq!(masked.len(), 2);
    assert!(masked[0].1 && !masked[1].1);
    assert!(masked[0].0 <= 1000 + 18 * 20 && masked[1].0 >= 1000 + 27 * 20, "{masked:?}");
}

#[test]
fn a_secret_stays_out_of_the_spool_however_it_is_keyed() {
    let mut scene = Scene::new();
    let mut phone = scene.phone(4000, 10_000);
    scene.open(leg(1, 0), 10_000, &phone, Codec::Pcmu);
    for n in 0..80 {
        match n {
            20 => scene.order(play(leg(1, 0), vec![], Masking::Secret)),
            50 => scene.order(play(leg(1, 0), vec![], Masking::Open)),
            _ => {}
        }
        let says = if (20..64).contains(&n) { 0x99 } else { 0x11 };
        scene.tick(&mut [(&mut phone, Some(says))]);
    }
    scene.order(Command::EndCall { call: call(1) });
    scene.pass(6);
    let received = scene.spool.received(leg(1, 0));
    assert!(received.iter().all(|b| *b == 0x11));
    assert!(received.len() >= 34 * 160, "what was open before and after is there");
}

#[test]
fn when_the_spool_fails_new_calls_are_refused_and_running_ones_lose_nothing() {
    let mut scene = Scene::new();
    let mut phone = scene.phone(4000, 10_000);
    scene.open(leg(1, 0), 10_000, &phone, Codec::Pcmu);
    scene.tick(&mut [(&mut phone, Some(0x11))]);
    scene.take_events();
    scene.spool.0.lock().unwrap().fails = true;
    for _ in 0..20 {
        scene.tick(&mut [(&mut phone, Some(0x11))]);
    }
    let worker = WorkerId(3);
    assert_eq!(scene.take_events(), [MediaEvent::SpoolFailing { worker, failing: true }], "told once");
    scene.open(leg(2, 0), 10_010, &phone, Codec::Pcmu);
    assert_eq!(scene.take_events(), [MediaEvent::OpenFailed { leg: leg(2, 0), why: OpenFailure::Spool }]);
    let media = negotiated(phone.address, Codec::Pcmu);
    let exempt = Command::Open { leg: leg(3, 0), port: 10_020, media, seed: 1, record: false, muted: true };
    scene.order(exempt);
    assert!(matches!(scene.take_events()[..], [MediaEvent::Opened { .. }]), "exempt from recording");
    scene.order(Command::EndCall { call: call(1) });
    scene.pass(10);
    assert!(matches!(scene.take_events()[..], [MediaEvent::Closed { .. }]), "not spooled yet");
    scene.spool.0.lock().unwrap().fails = false;
    scene.pass(10);
    let [MediaEvent::SpoolFailing { failing: false, .. }, MediaEvent::CallSpooled { call: ended, .. }] =
        scene.take_events()[..]
    else {
        panic!("recovered, then spooled")
    };
    assert_eq!(ended, call(1));
    assert_eq!(scene.spool.received(leg(1, 0)).len(), 21 * 160);
    assert!(scene.counters.spool_errors.load(std::sync::atomic::Ordering::Relaxed) >= 4);
    scene.open(leg(4, 0), 10_030, &phone, Codec::Pcmu);
    assert!(matches!(scene.take_events()[..], [MediaEvent::Opened { .. }]));
}

#[test]
fn ports_and_legs_are_limited_and_reasons_told() {
    let mut scene = Scene::new();
    let phone = scene.phone(4000, 10_000);
    scene.open(leg(1, 0), 10_000, &phone, Codec::Pcmu);
    scene.open(leg(2, 0), 10_001, &phone, Codec::Pcmu);
    scene.open(leg(1, 0), 10_004, &phone, Codec::Pcmu);
    for n in 3..11 {
        scene.open(leg(n, 0), 10_000 + n as u16 * 2, &phone, Codec::Pcmu);
    }
    let why: Vec<OpenFailure> = scene
        .take_events()
        .iter()
        .filter_map(|event| match event {
            MediaEvent::OpenFailed { why, .. } => Some(*why),
            _ => None,
        })
        .collect();
    assert_eq!(why, [OpenFailure::PortTaken, OpenFailure::Other, OpenFailure::TooManyLegs]);
    scene.order(Command::EndCall { call: call(1) });
    scene.open(leg(20, 0), 10_000, &phone, Codec::Pcmu);
    assert!(matches!(
        scene.take_events()[..],
        [MediaEvent::Closed { .. }, MediaEvent::CallSpooled { .. }, MediaEvent::Opened { .. }]
    ));
    scene.order(Command::EndCall { call: call(99) });
    assert!(matches!(&scene.take_events()[..], [MediaEvent::CallSpooled { spool, .. }] if spool.is_empty()));
}

#[test]
fn strangers_are_counted_and_heard_by_nobody() {
    let mut scene = Scene::new();
    let mut phone = scene.phone(4000, 10_000);
    let mut stranger = scene.phone(6666, 10_000);
    scene.open(leg(1, 0), 10_000, &phone, Codec::Pcmu);
    for _ in 0..10 {
        scene.tick(&mut [(&mut phone, Some(0x11)), (&mut stranger, Some(0x66))]);
    }
    scene.order(Command::EndCall { call: call(1) });
    scene.pass(6);
    assert_eq!(scene.spool.received(leg(1, 0)), [0x11; 10 * 160]);
    assert!(stranger.heard.is_empty());
    let load = |counter: &std::sync::atomic::AtomicU64| counter.load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!((load(&scene.counters.received), load(&scene.counters.foreign)), (10, 10));
    assert_eq!((load(&scene.counters.sent), load(&scene.counters.legs)), (10, 0));
}

fn any_order() -> impl Strategy<Value = Command> {
    let leg = || (1u32..3, 0u16..3).prop_map(|(call, n)| leg(call, n));
    let media = || negotiated(SocketAddr::new(PHONES, 4000), Codec::Pcmu);
    prop_oneof![
        (leg(), 0u16..8, any::<bool>(), any::<bool>()).prop_map(move |(leg, n, record, muted)| {
            Command::Open { leg, port: 10_000 + n, media: media(), seed: 3, record, muted }
        }),
        (leg(), 0u16..8).prop_map(|(leg, n)| Command::Reserve {
            leg,
            port: 10_000 + n,
            seed: 1,
            record: true
        }),
        leg().prop_map(move |leg| Command::Update { leg, media: media() }),
        leg().prop_map(|leg| play(leg, vec![], Masking::Secret)),
        (leg(), leg()).prop_map(|(a, b)| Command::Bridge { a, b }),
        (leg(), leg()).prop_map(|(a, b)| Command::Bridge { a, b }),
        (leg(), leg()).prop_map(|(a, b)| Command::Unbridge { a, b }),
        leg().prop_map(|leg| Command::Close { leg }),
        (1u32..3).prop_map(|n| Command::EndCall { call: call(n) }),
    ]
}

proptest! {
    #[test]
    fn whatever_is_ordered_nothing_is_left_open(orders in prop::collection::vec(any_order(), 0..60)) {
        let mut scene = Scene::new();
        for order in orders {
            scene.order(order);
            scene.slot();
            let lines: Vec<_> = scene.worker.lines.all().map(|line| (line.id, line.feeds, line.hears)).collect();
            for (id, feeds, hears) in lines {
                let place = scene.worker.lines.find(id);
                if let Some(listener) = feeds {
                    let back = scene.worker.lines.get(listener).and_then(|line| line.hears);
                    prop_assert_eq!(back.map(|(place, id)| (Some(place), id)), Some((place, id)));
                }
                if let Some((speaker, speaker_id)) = hears {
                    prop_assert_eq!(speaker_id.call, id.call);
                    let back = scene.worker.lines.get(speaker).and_then(|line| line.feeds);
                    prop_assert_eq!(back, place);
                }
            }
        }
        for n in 1..3 {
            scene.order(Command::EndCall { call: call(n) });
        }
        scene.pass(6);
        prop_assert!(scene.worker.is_idle());
        let (mut opened, mut closed) = (0, 0);
        for event in scene.take_events() {
            match event {
                MediaEvent::Opened { .. } => opened += 1,
                MediaEvent::Closed { .. } => closed += 1,
                _ => {}
            }
        }
        prop_assert_eq!(opened, closed);
        let mut network = scene.phones.host(SERVER);
        for port in 10_000..10_010 {
            prop_assert!(network.bind(port).is_ok(), "port {} is still bound", port);
        }
    }
}

#[test]
fn what_somebody_says_between_two_orders_is_handed_over() {
    let mut scene = Scene::new();
    let mut phone = scene.phone(4000, 10_000);
    let caller = leg(1, 0);
    scene.open(caller, 10_000, &phone, Codec::Pcmu);
    let say = |scene: &mut Scene, phone: &mut Phone, byte, ticks| {
        (0..ticks).for_each(|_| scene.tick(&mut [(phone, Some(byte))]));
    };
    say(&mut scene, &mut phone, 0x11, 10);
    scene.order(Command::Capture { leg: caller, step: Capturing::Begin });
    say(&mut scene, &mut phone, 0x22, 50);
    scene.take_events();
    scene.order(Command::Capture { leg: caller, step: Capturing::End });
    say(&mut scene, &mut phone, 0x33, 10);
    let events = scene.take_events();
    let [MediaEvent::Captured { leg, samples }] = &events[..] else { panic!("{events:?}") };
    // Voice waits 60 ms in case it becomes a key: so much of before is in it, and so much at the end is not.
    assert_eq!((*leg, samples.len()), (caller, 50 * 160));
    let voice = crate::media::g711::samples(Codec::Pcmu, &[0x22])[0];
    assert!(samples[4 * 160..].iter().all(|sample| *sample == voice));

    scene.order(Command::Capture { leg: caller, step: Capturing::Begin });
    say(&mut scene, &mut phone, 0x22, 10);
    scene.order(Command::Close { leg: caller });
    scene.take_events();
    scene.order(Command::Capture { leg: caller, step: Capturing::End });
    let nothing = MediaEvent::Captured { leg: caller, samples: Vec::new().into() };
    assert_eq!(scene.take_events(), [nothing], "it is answered also when the leg is gone");
}
