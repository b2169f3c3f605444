//! Where messages leave: flows, connections to be opened, and the queue of outputs.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use super::api::{Count, Output, SipEvent};
use super::grammar::field::Essentials;
use super::grammar::uri::{DEFAULT_PORT, Uri};
use super::transaction::Transport;
use crate::ids::FlowId;

/// Way to the next element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hop {
    /// Back over a flow that has been seen.
    Flow(FlowId),
    /// To a TCP listener: over its connection if there is one, else over a new one.
    Connect(SocketAddr),
}

impl Hop {
    pub fn udp(remote: SocketAddr) -> Hop {
        Hop::Flow(FlowId::Udp { remote })
    }

    pub fn remote(self) -> SocketAddr {
        match self {
            Hop::Flow(flow) => flow.remote(),
            Hop::Connect(remote) => remote,
        }
    }

    pub fn transport(self) -> Transport {
        match self {
            Hop::Flow(flow) if !flow.is_reliable() => Transport::Unreliable,
            Hop::Flow(_) | Hop::Connect(_) => Transport::Reliable,
        }
    }

    /// Way to `uri`, seen from a peer that speaks over `flow`. Names are not resolved: such a peer
    /// is reached over its flow.
    pub fn to(uri: &Uri<'_>, flow: FlowId) -> Hop {
        let Some(address) = uri.address().filter(|address| !address.ip().is_unspecified()) else {
            return Hop::Flow(flow);
        };
        let tcp = uri.wants_tcp() || (flow.is_reliable() && uri.params.get("transport").is_none());
        match tcp {
            true if flow.is_reliable() && address.ip() == flow.remote().ip() => Hop::Flow(flow),
            true => Hop::Connect(address),
            false => Hop::udp(address),
        }
    }
}

/// True if the sender is our neighbour and must be answered over the flow it used: it asks for that
/// (`rport`, RFC 3581 §4), or an address translator stands between.
pub fn only_by_flow(essentials: &Essentials<'_>, flow: FlowId) -> bool {
    let via = &essentials.via;
    let moved = via.host.parse::<IpAddr>().is_ok_and(|ip| ip != flow.remote().ip());
    essentials.vias == 1 && (moved || via.params.get("rport").is_some())
}

/// Where the responses of one request go (RFC 3261 §18.2.2, RFC 3581 §4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReplyTo {
    pub hop: Hop,
    /// The sender's listener, should the connection close before the response.
    pub listener: SocketAddr,
}

impl ReplyTo {
    pub fn of(essentials: &Essentials<'_>, flow: FlowId) -> ReplyTo {
        let via = &essentials.via;
        let remote = flow.remote();
        let listener = SocketAddr::new(remote.ip(), via.port.unwrap_or(DEFAULT_PORT));
        let same_host = via.host.parse::<IpAddr>().is_ok_and(|ip| ip == remote.ip());
        // Without rport the port of Via counts, but only where no translator made it meaningless.
        let hop = match flow {
            FlowId::Udp { .. } if same_host && via.params.get("rport").is_none() => Hop::udp(listener),
            FlowId::Udp { .. } | FlowId::Connection { .. } => Hop::Flow(flow),
        };
        ReplyTo { hop, listener }
    }

    /// For a request whose Via cannot be read.
    pub fn flow(flow: FlowId) -> ReplyTo {
        ReplyTo { hop: Hop::Flow(flow), listener: flow.remote() }
    }
}

/// Outputs in order, and the connections known to be open.
#[derive(Default)]
pub struct Wire {
    outputs: VecDeque<Output>,
    connections: HashMap<SocketAddr, FlowId>,
}

impl Wire {
    pub fn seen(&mut self, flow: FlowId) {
        if flow.is_reliable() {
            self.connections.insert(flow.remote(), flow);
        }
    }

    pub fn closed(&mut self, flow: FlowId) {
        if self.is_open(flow) {
            self.connections.remove(&flow.remote());
        }
    }

    pub fn is_open(&self, flow: FlowId) -> bool {
        !flow.is_reliable() || self.connections.get(&flow.remote()) == Some(&flow)
    }

    /// Whether the hop is a connection that has closed.
    pub fn is_lost(&self, hop: Hop) -> bool {
        matches!(hop, Hop::Flow(flow) if !self.is_open(flow))
    }

    pub fn send(&mut self, hop: Hop, bytes: Vec<u8>) {
        let output = match hop {
            Hop::Flow(flow) if self.is_open(flow) => Output::Transmit { flow, bytes },
            Hop::Flow(_) | Hop::Connect(_) => match self.connections.get(&hop.remote()) {
                Some(flow) => Output::Transmit { flow: *flow, bytes },
                None => Output::Connect { remote: hop.remote(), bytes },
            },
        };
        self.outputs.push_back(output);
    }

    pub fn event(&mut self, event: SipEvent) {
        self.outputs.push_back(Output::Event(event));
    }

    pub fn count(&mut self, count: Count) {
        self.outputs.push_back(Output::Count(count));
    }

    pub fn rejected(&mut self, reason: &'static str) {
        self.count(Count::Rejected { reason });
    }

    pub fn next(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }
}
