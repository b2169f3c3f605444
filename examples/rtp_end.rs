//! The sound of many telephones for SIP load: one thread, one socket a telephone.
//!
//! Binds COUNT ports (BASE, BASE + STEP …). A visit begins with the first RTP packet of a new
//! source; from then on a tone goes back at 50 packets a second to where the packets come from, keys
//! are pressed at their seconds (as telephone-events, or as those and as tones that begin 40 ms before,
//! like those of a gateway), and what arrives is counted. One JSON line a visit, written when
//! packets have stopped for `--idle` seconds and at the end. Ends when standard input is closed.
//!
//! ```text
//! rtp_end --ip 127.0.0.2 --base 10000 --count 500 --out visits.jsonl [--step 4] [--tone 440]
//!         [--expect 620]... [--key 0@1.5]... [--as events|both] [--idle 3]
//! ```

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hotline::ids::Key;
use hotline::media::command::Codec;
use hotline::media::g711;
use hotline::phone::{listen, signal};

const FRAME: usize = 160;
/// A tick of 20 ms is served in slots, so that packets do not leave in one burst.
const SLOTS: usize = 4;
const SLOT: Duration = Duration::from_millis(5);
/// Ticks of a key: its tone alone, down, repeated end.
const AHEAD: u32 = 2;
const DOWN: u32 = 5;
const ENDS: u32 = 3;
const EVENT_TYPE: u8 = 101;

struct Options {
    ip: IpAddr,
    base: u16,
    step: u16,
    count: u16,
    tone: f64,
    expect: Vec<f64>,
    keys: Vec<(Key, f64)>,
    with_tones: bool,
    idle: f64,
    out: String,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut o = Options {
        ip: IpAddr::from([127, 0, 0, 2]),
        base: 10_000,
        step: 4,
        count: 100,
        tone: 440.0,
        expect: Vec::new(),
        keys: Vec::new(),
        with_tones: false,
        idle: 3.0,
        out: "/dev/stdout".into(),
    };
    let words: Vec<String> = std::env::args().skip(1).collect();
    for pair in words.chunks(2) {
        let [name, value] = pair else { return Err("each option takes a value".into()) };
        match name.as_str() {
            "--ip" => o.ip = value.parse()?,
            "--base" => o.base = value.parse()?,
            "--step" => o.step = value.parse()?,
            "--count" => o.count = value.parse()?,
            "--tone" => o.tone = value.parse()?,
            "--expect" => o.expect.push(value.parse()?),
            "--key" => o.keys.push(key(value).ok_or("a key is KEY@SECONDS")?),
            "--as" => o.with_tones = value == "both",
            "--idle" => o.idle = value.parse()?,
            "--out" => o.out = value.clone(),
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    Ok(o)
}

fn key(text: &str) -> Option<(Key, f64)> {
    let (key, at) = text.split_once('@')?;
    Some((Key::from_char(key.chars().next()?)?, at.parse().ok()?))
}

/// A second of the tone in both laws; a whole number of hertz makes it seamless.
struct Sound {
    pcmu: Vec<u8>,
    pcma: Vec<u8>,
}

impl Sound {
    fn of(hz: f64) -> Sound {
        let samples = signal::tone(hz, 0.3, 1.0);
        Sound { pcmu: g711::bytes(Codec::Pcmu, &samples), pcma: g711::bytes(Codec::Pcma, &samples) }
    }

    fn of_key(key: Key) -> Sound {
        let samples = signal::key_tone(key, 1.0);
        Sound { pcmu: g711::bytes(Codec::Pcmu, &samples), pcma: g711::bytes(Codec::Pcma, &samples) }
    }

    fn frame(&self, payload_type: u8, n: usize) -> &[u8] {
        let bytes = if payload_type == 8 { &self.pcma } else { &self.pcmu };
        let start = (n * FRAME) % bytes.len();
        &bytes[start..start + FRAME]
    }
}

/// One telephone in use.
struct Visit {
    source: u32,
    peer: SocketAddr,
    payload_type: u8,
    first: f64,
    last: f64,
    received: u64,
    /// First and highest sequence number, extended.
    sequence: (i64, i64),
    longest_gap: f64,
    /// Seconds of each expected tone.
    heard: Vec<f64>,
    sent: u32,
    tick: u32,
    keys: Keys,
}

/// Keys pressed so far, and how far the present press has come.
#[derive(Default)]
struct Keys {
    done: usize,
    tick: u32,
}

impl Visit {
    fn new(source: u32, peer: SocketAddr, sequence: u16, at: f64) -> Visit {
        Visit {
            source,
            peer,
            payload_type: 0,
            first: at,
            last: at,
            received: 0,
            sequence: (i64::from(sequence), i64::from(sequence)),
            longest_gap: 0.0,
            heard: Vec::new(),
            sent: 0,
            tick: 0,
            keys: Keys::default(),
        }
    }

    /// Another source in the middle of a visit: sequence numbers begin anew, the count goes on.
    fn change_source(&mut self, source: u32, sequence: u16) {
        let counted = self.sequence.1 - self.sequence.0;
        self.source = source;
        self.sequence = (i64::from(sequence) - counted - 1, i64::from(sequence) - 1);
    }

    fn take(&mut self, packet: &[u8], sequence: u16, at: f64, expect: &[f64]) {
        self.longest_gap = self.longest_gap.max(at - self.last);
        self.last = at;
        self.received += 1;
        let ahead = sequence.wrapping_sub(self.sequence.1.rem_euclid(65_536) as u16) as i16;
        self.sequence.1 = self.sequence.1.max(self.sequence.1 + i64::from(ahead));
        let codec = match packet[1] & 0x7f {
            0 => Codec::Pcmu,
            8 => Codec::Pcma,
            _ => return,
        };
        self.payload_type = codec.payload_type();
        self.heard.resize(expect.len(), 0.0);
        let samples = g711::samples(codec, &packet[12..]);
        if !expect.is_empty() && listen::rms(&samples) > 100.0 {
            for (seconds, hz) in self.heard.iter_mut().zip(expect) {
                if listen::tone_share(&samples, *hz) > 0.5 {
                    *seconds += samples.len() as f64 / signal::RATE;
                }
            }
        }
    }

    /// The packets of this tick: sound, a telephone-event, or both.
    fn packets(&mut self, n: usize, now: f64, o: &Options, sounds: &Sounds) -> Vec<Vec<u8>> {
        let due = o.keys.get(self.keys.done).filter(|(_, at)| now - self.first >= *at).map(|(key, _)| *key);
        let timestamp = ((n as u32) << 20).wrapping_add(self.tick.wrapping_mul(FRAME as u32));
        let (tick, payload_type) = (self.tick as usize, self.payload_type);
        let mut packets = Vec::new();
        let event = due.and_then(|key| self.event(key, o.with_tones));
        let sounding = due.is_some() && self.keys.tick <= AHEAD + DOWN;
        if o.with_tones && sounding {
            let tone = sounds.keys[self.keys.done].frame(payload_type, tick);
            packets.push(self.packet(n, payload_type, timestamp, tone));
        } else if event.is_none() || o.with_tones {
            packets.push(self.packet(n, payload_type, timestamp, sounds.tone.frame(payload_type, tick)));
        }
        if let Some(event) = event {
            let begun = timestamp.wrapping_sub((self.keys.tick - AHEAD - 1) * FRAME as u32);
            let marker = if self.keys.tick == AHEAD + 1 { 0x80 } else { 0 };
            packets.push(self.packet(n, EVENT_TYPE | marker, begun, &event));
        }
        if self.keys.tick >= AHEAD + DOWN + ENDS {
            self.keys.tick = 0;
            self.keys.done += 1;
        }
        self.tick = self.tick.wrapping_add(1);
        packets
    }

    /// Goes on with a key; `None` while only its tone is there.
    fn event(&mut self, key: Key, with_tones: bool) -> Option<[u8; 4]> {
        self.keys.tick = if with_tones { self.keys.tick + 1 } else { self.keys.tick.max(AHEAD) + 1 };
        let held = self.keys.tick.checked_sub(AHEAD).filter(|held| *held > 0)?;
        let [high, low] = ((held.min(DOWN) * FRAME as u32) as u16).to_be_bytes();
        let end = if held > DOWN { 0x80 } else { 0 };
        Some([key.event_code(), 10 | end, high, low])
    }

    fn packet(&mut self, n: usize, payload_type: u8, timestamp: u32, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x80, payload_type];
        packet.extend((self.sent as u16).to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend((0x5a5a_0000 | n as u32).to_be_bytes());
        packet.extend(payload);
        self.sent = self.sent.wrapping_add(1);
        packet
    }

    fn line(&self, port: u16, started: f64) -> String {
        let expected = self.sequence.1 - self.sequence.0 + 1;
        serde_json::json!({
            "port": port,
            "first": started + self.first,
            "last": started + self.last,
            "seconds": self.last - self.first,
            "received": self.received,
            "lost": expected - i64::try_from(self.received).unwrap_or(0),
            "longest_gap_ms": self.longest_gap * 1e3,
            "expected_heard": self.heard.iter().sum::<f64>(),
            "heard": self.heard,
            "sent": self.sent,
            "keys_pressed": self.keys.done,
        })
        .to_string()
    }
}

struct Sounds {
    tone: Sound,
    keys: Vec<Sound>,
}

struct Telephone {
    socket: UdpSocket,
    port: u16,
    visit: Option<Visit>,
}

impl Telephone {
    fn drain(&mut self, now: f64, o: &Options, done: &mut Vec<(u16, Visit)>) {
        let mut packet = [0u8; 2_048];
        while let Ok((length, peer)) = self.socket.recv_from(&mut packet) {
            let packet = &packet[..length];
            if length < 12 || packet[0] >> 6 != 2 {
                continue;
            }
            let sequence = u16::from_be_bytes([packet[2], packet[3]]);
            let source = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
            let another = |v: &Visit| v.source != source;
            if self.visit.as_ref().is_some_and(|v| another(v) && now - v.last > 1.0) {
                done.extend(self.visit.take().map(|v| (self.port, v)));
            }
            let visit = self.visit.get_or_insert_with(|| Visit::new(source, peer, sequence, now));
            if another(visit) {
                visit.change_source(source, sequence);
            }
            visit.peer = peer;
            visit.take(packet, sequence, now, &o.expect);
        }
        if self.visit.as_ref().is_some_and(|v| now - v.last > o.idle) {
            done.extend(self.visit.take().map(|v| (self.port, v)));
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let o = options()?;
    let sounds =
        Sounds { tone: Sound::of(o.tone), keys: o.keys.iter().map(|(k, _)| Sound::of_key(*k)).collect() };
    let mut telephones = Vec::new();
    for n in 0..o.count {
        let port = o.base + n * o.step;
        let socket = UdpSocket::bind((o.ip, port)).map_err(|e| format!("{}:{port}: {e}", o.ip))?;
        socket.set_nonblocking(true)?;
        telephones.push(Telephone { socket, port, visit: None });
    }
    let mut out = BufWriter::new(File::create(&o.out)?);
    let stop = when_input_closes();
    eprintln!("rtp_end: {} ports ready", telephones.len());
    run(&o, &sounds, &mut telephones, &mut out, &stop)?;
    out.flush()?;
    Ok(())
}

/// Until told to stop: every slot serves its share of the telephones.
fn run(
    o: &Options,
    sounds: &Sounds,
    telephones: &mut [Telephone],
    out: &mut impl Write,
    stop: &AtomicBool,
) -> std::io::Result<()> {
    let begun = clock();
    let started = epoch_seconds();
    let (mut slot, mut late) = (0usize, 0u64);
    let mut done = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let due = begun + SLOT * u32::try_from(slot).unwrap_or(u32::MAX);
        let now = clock();
        match due.checked_duration_since(now) {
            Some(wait) => std::thread::sleep(wait),
            None if now - due > SLOT * 4 => late += 1,
            None => {}
        }
        let seconds = (clock() - begun).as_secs_f64();
        for (n, telephone) in telephones.iter_mut().enumerate().skip(slot % SLOTS).step_by(SLOTS) {
            telephone.drain(seconds, o, &mut done);
            let Telephone { socket, visit, .. } = telephone;
            if let Some(visit) = visit.as_mut().filter(|v| seconds - v.last < 1.0) {
                for packet in visit.packets(n, seconds, o, sounds) {
                    // A peer that has hung up answers with ICMP; the visit ends by silence.
                    let _ = socket.send_to(&packet, visit.peer);
                }
            }
        }
        for (port, visit) in done.drain(..) {
            writeln!(out, "{}", visit.line(port, started))?;
        }
        slot += 1;
    }
    for telephone in telephones {
        if let Some(visit) = &telephone.visit {
            writeln!(out, "{}", visit.line(telephone.port, started))?;
        }
    }
    writeln!(out, "{}", serde_json::json!({ "generator": true, "late_slots": late }))
}

fn when_input_closes() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut rest);
        flag.store(true, Ordering::Relaxed);
    });
    stop
}

#[expect(clippy::disallowed_methods, reason = "a load generator measures real time")]
fn clock() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "lines are compared with other programs' times")]
fn epoch_seconds() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0.0, |d| d.as_secs_f64())
}
