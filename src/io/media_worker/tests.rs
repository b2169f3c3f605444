//! A worker over a simulated network and a spool in memory; once over real sockets.

use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

use super::*;
use crate::ids::{BootId, CallId, Key, LegId, NodeId, PromptHash};
use crate::io::rtp_socket::{Batch, RtpSocket, SimNetwork, SimSocket};
use crate::media::command::*;
use crate::media::rtp;
use crate::now::{Mono, Now};
use crate::record::block::Packet;
use crate::record::spool::{Entry, Source};

mod real;
mod simulated;

const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const PHONES: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

fn call(n: u32) -> CallId {
    CallId { node: NodeId(1), boot: BootId(1), n }
}

fn leg(call_number: u32, n: u16) -> LegId {
    LegId { call: call(call_number), n }
}

fn clip(bytes: Vec<u8>) -> Clip {
    let pcma: Vec<u8> = bytes.iter().map(|b| b ^ 0x55).collect();
    Clip { hash: PromptHash([7; 32]), pcmu: bytes.into(), pcma: pcma.into() }
}

fn negotiated(remote: SocketAddr, codec: Codec) -> Negotiated {
    Negotiated {
        remote,
        codec,
        payload_type: codec.payload_type(),
        dtmf: Some(101),
        peer_receives: true,
        peer_sends: true,
    }
}

fn rtp_packet(payload_type: u8, sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let header = rtp::Header { marker: false, payload_type, sequence, timestamp, ssrc: 4711 };
    [&rtp::write(&header)[..], payload].concat()
}

/// A spool in memory that can be made to fail; clones share it.
#[derive(Clone, Debug, Default)]
struct MemorySpool(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    pushed: Vec<Entry>,
    written: Vec<Entry>,
    fails: bool,
}

impl Spool for MemorySpool {
    fn push(&mut self, entry: &Entry) {
        self.0.lock().unwrap().pushed.push(entry.clone());
    }

    fn push_received(&mut self, packet: &Packet<'_>) {
        let Packet { leg, at, sequence, timestamp, codec, payload } = *packet;
        let payload = payload.to_vec();
        self.push(&Entry::Received { leg, at, sequence, timestamp, codec, payload });
    }

    fn flush(&mut self, _now: Mono) -> io::Result<()> {
        let mut memory = self.0.lock().unwrap();
        if memory.fails {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let pushed = std::mem::take(&mut memory.pushed);
        memory.written.extend(pushed);
        Ok(())
    }

    fn finish(&mut self, now: Mono) -> io::Result<()> {
        self.flush(now)
    }

    fn end_call(&mut self, call: CallId) -> Vec<SpoolRef> {
        self.push(&Entry::CallEnded { at: Mono(0) });
        self.flush(Mono(0)).expect("not called while the spool fails");
        vec![SpoolRef { segment: call.n, offsets: vec![0] }]
    }
}

impl MemorySpool {
    fn written(&self) -> Vec<Entry> {
        self.0.lock().unwrap().written.clone()
    }

    /// Payload bytes of everything received from a leg, in order.
    fn received(&self, of: LegId) -> Vec<u8> {
        let mut bytes = vec![];
        for entry in self.written() {
            if let Entry::Received { leg, payload, .. } = entry
                && leg == of
            {
                bytes.extend(payload);
            }
        }
        bytes
    }

    /// What was sent to a leg: when, and the source of each frame.
    fn sent(&self, to: LegId) -> Vec<(Mono, Source)> {
        let mut all = vec![];
        for entry in self.written() {
            if let Entry::Sent { leg, at, frames, source } = entry
                && leg == to
            {
                for n in 0..frames {
                    let source = match source {
                        Source::Silence => Source::Silence,
                        Source::Prompt { hash, offset } => {
                            Source::Prompt { hash, offset: offset + u32::from(n) * 160 }
                        }
                        Source::Peer { leg, sequence } => Source::Peer { leg, sequence: sequence + n },
                    };
                    all.push((at + Duration::from_millis(20) * u32::from(n), source));
                }
            }
        }
        all
    }
}
