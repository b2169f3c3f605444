//! What a media worker costs: CPU-seconds a call-minute, over loopback, recorded and not.
//!
//! `cargo bench --bench media -- LEGS SECONDS`. Each leg hears a looping prompt and speaks 50
//! packets a second. Only the worker's thread is counted; loopback delivery to the telephones
//! happens in it and is part of the figure, as in the other load benches.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hotline::ids::{BootId, CallId, LegId, NodeId, PromptHash, WorkerId};
use hotline::io::clock::Clock;
use hotline::io::media_worker::tap::Spool;
use hotline::io::media_worker::{MediaCounters, WorkerConfig, spawn};
use hotline::io::rtp_socket::{Batch, Network, RtpSocket, UdpNetwork, UdpRtpSocket};
use hotline::media::command::*;
use hotline::media::rtp;
use hotline::now::Mono;
use hotline::record::block::Packet;
use hotline::record::spool::Entry;

const FIRST_PORT: u16 = 20_000;
const FIRST_PHONE: u16 = 40_000;

/// Appends to a file each 100 ms, without encryption.
struct FileSpool {
    bytes: Vec<u8>,
    file: std::fs::File,
}

impl Spool for FileSpool {
    fn push(&mut self, _entry: &Entry) {
        self.bytes.extend_from_slice(&[0; 24]);
    }

    fn push_received(&mut self, packet: &Packet<'_>) {
        self.bytes.extend_from_slice(&packet.at.0.to_le_bytes());
        self.bytes.extend_from_slice(&packet.timestamp.to_le_bytes());
        self.bytes.extend_from_slice(packet.payload);
    }

    fn flush(&mut self, _now: Mono) -> io::Result<()> {
        self.file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    fn finish(&mut self, now: Mono) -> io::Result<()> {
        self.flush(now)
    }

    fn end_call(&mut self, _call: CallId) -> Vec<SpoolRef> {
        Vec::new()
    }
}

/// User and system time of the worker's thread so far, in seconds.
fn worker_cpu() -> f64 {
    let tick = 100.0;
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        if stat.contains("(media-0)") {
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
            let field = |n: usize| fields.get(n).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
            return (field(11) + field(12)) / tick;
        }
    }
    0.0
}

/// Speaks for every telephone once each 20 ms and throws away what they hear.
fn phones(legs: u16, stop: &AtomicBool, clock: Clock) {
    let mut network = UdpNetwork::new(Ipv4Addr::LOCALHOST.into());
    let mut sockets: Vec<UdpRtpSocket> =
        (0..legs).map(|n| network.bind(FIRST_PHONE + n).expect("a telephone's port")).collect();
    let mut batch = Batch::default();
    let mut due = clock.mono();
    let mut n = 0u16;
    while !stop.load(Ordering::Relaxed) {
        n = n.wrapping_add(1);
        for (leg, socket) in sockets.iter_mut().enumerate() {
            let header = rtp::Header {
                marker: false,
                payload_type: 0,
                sequence: n,
                timestamp: u32::from(n) * 160,
                ssrc: leg as u32,
            };
            let packet = [&rtp::write(&header)[..], &[0x55; 160]].concat();
            let to = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), FIRST_PORT + 2 * leg as u16);
            let _ = socket.send(to, &packet);
            socket.receive(&mut batch);
        }
        due += Duration::from_millis(20);
        std::thread::sleep(due.since(clock.mono()));
    }
}

fn measure(legs: u16, seconds: u64, record: bool) {
    let clock = Clock::start();
    let counters = Arc::new(MediaCounters::default());
    let worst = Arc::new(Mutex::new(Vec::new()));
    let (orders, taken): (_, Receiver<Command>) = sync_channel(4096);
    let config = WorkerConfig {
        worker: WorkerId(0),
        bind: Ipv4Addr::LOCALHOST.into(),
        max_legs: 4000,
        clock,
        counters: Arc::clone(&counters),
    };
    let file = tempfile::tempfile().expect("a temporary file");
    let into = Arc::clone(&worst);
    let on_event = move |event| match event {
        MediaEvent::Lateness { worst_us, .. } => into.lock().expect("not poisoned").push(worst_us),
        MediaEvent::OpenFailed { leg, why } => eprintln!("{leg:?}: {why:?}"),
        _ => {}
    };
    let spool = Box::new(FileSpool { bytes: Vec::new(), file });
    let thread = spawn(config, taken, spool, on_event).expect("a worker");
    let sound: Arc<[u8]> = (0..80_000u32).map(|n| (n * 7 % 251) as u8).collect();
    let clip = Clip { hash: PromptHash([1; 32]), pcmu: Arc::clone(&sound), pcma: sound };
    for n in 0..legs {
        let leg = LegId::caller(CallId { node: NodeId(1), boot: BootId(1), n: u32::from(n) });
        let media = Negotiated {
            remote: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), FIRST_PHONE + n),
            codec: Codec::Pcmu,
            payload_type: 0,
            dtmf: Some(101),
            peer_receives: true,
            peer_sends: true,
        };
        let port = FIRST_PORT + 2 * n;
        let open = Command::Open { leg, port, media, seed: u64::from(n), record, muted: false };
        orders.send(open).expect("the worker runs");
        let items = vec![PlayItem::Clip(clip.clone())];
        let play = Command::Play { leg, id: PlayId(1), items, at_end: AtEnd::Loop, masking: Masking::Open };
        orders.send(play).expect("the worker runs");
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, from) = (Arc::clone(&stop), clock);
    let phones = std::thread::spawn(move || phones(legs, &stopped, from));
    std::thread::sleep(Duration::from_secs(2));
    let (cpu, sent) = (worker_cpu(), counters.sent.load(Ordering::Relaxed));
    std::thread::sleep(Duration::from_secs(seconds));
    let (cpu, sent) = (worker_cpu() - cpu, counters.sent.load(Ordering::Relaxed) - sent);
    let call_minutes = sent as f64 / 3000.0;
    let late = worst.lock().expect("not poisoned").iter().copied().skip(2).max().unwrap_or(0);
    println!(
        "{legs} legs, {}: {:.4} CPU-s a call-minute, worst lateness {late} µs, received {} lost {} skipped {}",
        if record { "recorded" } else { "unrecorded" },
        cpu / call_minutes,
        counters.received.load(Ordering::Relaxed),
        counters.lost.load(Ordering::Relaxed),
        counters.skipped_frames.load(Ordering::Relaxed),
    );
    stop.store(true, Ordering::Relaxed);
    phones.join().expect("the telephones end");
    orders.send(Command::Shutdown).expect("the worker runs");
    thread.join().expect("the worker ends");
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let legs = numbers.first().copied().unwrap_or(250).clamp(1, 4000) as u16;
    let seconds = numbers.get(1).copied().unwrap_or(10);
    for record in [true, false] {
        measure(legs, seconds, record);
    }
}
