//! Live client transactions: found by branch, run by their machine, each with the request it repeats.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;

use super::invite_client::{self, InviteClient};
use super::non_invite_client::{self, NonInviteClient};
use super::server::Told;
use super::{Action, Machine};
use crate::ids::FlowId;
use crate::now::Mono;
use crate::sip::api::{Count, DialogId};
use crate::sip::deadlines::Owner;
use crate::sip::stack::Shared;
use crate::sip::wire::Hop;

pub type ClientId = u64;

/// Most branches of a fork whose 2xx are acknowledged.
const MAX_ACKS: usize = 8;

/// Who waits for the response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum User {
    Invite(DialogId),
    Bye(DialogId),
    Probe(DialogId),
    /// CANCEL, and BYE to a branch of a fork nobody wants: the response changes nothing.
    Nobody,
}

impl User {
    pub fn dialog(self) -> Option<DialogId> {
        match self {
            User::Invite(dialog) | User::Bye(dialog) | User::Probe(dialog) => Some(dialog),
            User::Nobody => None,
        }
    }
}

/// What goes into a machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    Start,
    Response(u16),
    TransportError,
    Abandon,
}

enum Runner {
    Invite(Machine<InviteClient>),
    NonInvite(Machine<NonInviteClient>),
}

/// An ACK that has been sent, to be sent again.
struct Ack {
    /// To tag of the response it acknowledges.
    tag: String,
    hop: Hop,
    bytes: Vec<u8>,
}

pub struct ClientTransaction {
    runner: Runner,
    hop: Hop,
    request: Vec<u8>,
    key: String,
    user: User,
    acks: Vec<Ack>,
    scheduled: Option<Mono>,
}

#[derive(Default)]
pub struct Clients {
    table: HashMap<ClientId, ClientTransaction>,
    by_key: HashMap<String, ClientId>,
    /// Transactions on connections, by the remote address.
    by_remote: BTreeSet<(SocketAddr, ClientId)>,
    last: ClientId,
}

/// Matches a response to its transaction (RFC 3261 §17.1.3).
pub fn key(branch: &str, method: &str) -> String {
    [branch, method].join(" ")
}

impl ClientTransaction {
    pub fn user(&self) -> User {
        self.user
    }

    pub fn request(&self) -> &[u8] {
        &self.request
    }

    pub fn hop(&self) -> Hop {
        self.hop
    }

    pub fn has_ack(&self, tag: &str) -> bool {
        self.acks.iter().any(|ack| ack.tag == tag)
    }

    /// Forks without end are not followed.
    pub fn can_keep_ack(&self) -> bool {
        self.acks.len() < MAX_ACKS
    }

    /// Keeps an ACK for retransmitted responses with this tag.
    pub fn keep_ack(&mut self, tag: &str, hop: Hop, bytes: Vec<u8>) {
        if self.can_keep_ack() {
            self.acks.push(Ack { tag: tag.to_owned(), hop, bytes });
        }
    }
}

impl Clients {
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn find(&self, key: &str) -> Option<ClientId> {
        self.by_key.get(key).copied()
    }

    pub fn get_mut(&mut self, id: ClientId) -> Option<&mut ClientTransaction> {
        self.table.get_mut(&id)
    }

    /// Opens a transaction; `drive` it with [`Input::Start`] to send the request.
    pub fn open(&mut self, key: String, hop: Hop, user: User, request: Vec<u8>) -> ClientId {
        self.last += 1;
        let id = self.last;
        let runner = match user {
            User::Invite(_) => Runner::Invite(Machine::new(hop.transport())),
            User::Bye(_) | User::Probe(_) | User::Nobody => Runner::NonInvite(Machine::new(hop.transport())),
        };
        self.by_key.insert(key.clone(), id);
        match hop {
            Hop::Flow(FlowId::Connection { remote, .. }) | Hop::Connect(remote) => {
                self.by_remote.insert((remote, id));
            }
            Hop::Flow(FlowId::Udp { .. }) => {}
        }
        let (acks, scheduled) = (Vec::new(), None);
        self.table.insert(id, ClientTransaction { runner, hop, request, key, user, acks, scheduled });
        id
    }

    /// Puts one input through the machine and does what it orders.
    pub fn drive(&mut self, now: Mono, id: ClientId, input: Input, shared: &mut Shared) -> Option<Told> {
        let transaction = self.table.get_mut(&id)?;
        let actions = match &mut transaction.runner {
            Runner::Invite(machine) => {
                use invite_client::Input as I;
                let input = match input {
                    Input::Start => I::Start,
                    Input::Response(..=199) => I::Provisional,
                    Input::Response(200..=299) => I::Success,
                    Input::Response(300..) => I::Failure,
                    Input::TransportError => I::TransportError,
                    Input::Abandon => I::Abandon,
                };
                machine.handle(now, input, &mut shared.hits)
            }
            Runner::NonInvite(machine) => {
                use non_invite_client::Input as I;
                let input = match input {
                    Input::Start => I::Start,
                    Input::Response(..=199) => I::Provisional,
                    Input::Response(200..) => I::Final,
                    Input::TransportError => I::TransportError,
                    Input::Abandon => return None,
                };
                machine.handle(now, input, &mut shared.hits)
            }
        };
        let told = transaction.carry_out(actions, shared);
        self.settle(id, shared);
        told
    }

    /// Fires one timer that is due.
    pub fn handle_timeout(&mut self, now: Mono, id: ClientId, shared: &mut Shared) -> Option<(User, Told)> {
        let transaction = self.table.get_mut(&id)?;
        let hits = &mut shared.hits;
        let actions = match &mut transaction.runner {
            Runner::Invite(machine) => machine.due(now).map(|input| machine.handle(now, input, hits)),
            Runner::NonInvite(machine) => machine.due(now).map(|input| machine.handle(now, input, hits)),
        };
        let told = transaction.carry_out(actions.unwrap_or(&[]), shared);
        let user = transaction.user;
        self.settle(id, shared);
        told.map(|told| (user, told))
    }

    /// Sends the ACK of a 2xx once more; false if none was kept for this tag.
    pub fn acknowledge_again(&mut self, id: ClientId, tag: &str, shared: &mut Shared) -> bool {
        let Some(transaction) = self.table.get(&id) else { return false };
        let Some(ack) = transaction.acks.iter().find(|ack| ack.tag == tag) else { return false };
        shared.wire.count(Count::Retransmission);
        shared.wire.send(ack.hop, ack.bytes.clone());
        true
    }

    /// Transactions that waited for an answer over this connection, or for the connection.
    pub fn flow_closed(&self, flow: FlowId) -> Vec<ClientId> {
        let remote = flow.remote();
        let on_it = |id: &ClientId| {
            let hop = self.table.get(id).map(|transaction| transaction.hop);
            hop == Some(Hop::Flow(flow)) || hop == Some(Hop::Connect(remote))
        };
        self.by_remote.range((remote, 0)..=(remote, u64::MAX)).map(|(_, id)| *id).filter(on_it).collect()
    }

    /// After each step: forget what has ended, else note its next deadline.
    fn settle(&mut self, id: ClientId, shared: &mut Shared) {
        let Some(transaction) = self.table.get_mut(&id) else { return };
        let (ended, next) = match &transaction.runner {
            Runner::Invite(machine) => (machine.is_terminated(), machine.next_deadline()),
            Runner::NonInvite(machine) => (machine.is_terminated(), machine.next_deadline()),
        };
        shared.deadlines.move_to(Owner::Client(id), &mut transaction.scheduled, next);
        if ended && let Some(transaction) = self.table.remove(&id) {
            self.by_key.remove(&transaction.key);
            self.by_remote.remove(&(transaction.hop.remote(), id));
        }
    }
}

impl ClientTransaction {
    fn carry_out(&mut self, actions: &[Action], shared: &mut Shared) -> Option<Told> {
        let mut told = None;
        for action in actions {
            match action {
                Action::Transmit => shared.wire.send(self.hop, self.request.clone()),
                Action::Retransmit => {
                    shared.wire.count(Count::Retransmission);
                    shared.wire.send(self.hop, self.request.clone());
                }
                // The ACK of a failure goes the way of the INVITE (RFC 3261 §17.1.1.3).
                Action::Acknowledge => {
                    if let Some(ack) = self.acks.first() {
                        shared.wire.send(ack.hop, ack.bytes.clone());
                    }
                }
                Action::Deliver => told = Some(Told::Delivered),
                Action::TimedOut => told = Some(Told::TimedOut),
                Action::TransportFailed => told = Some(Told::TransportFailed),
            }
        }
        told
    }
}
