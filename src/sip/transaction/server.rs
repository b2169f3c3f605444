//! Live server transactions: found by key, run by their machine, each with the response it repeats.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;

use super::invite_server::{self, InviteServer};
use super::non_invite_server::{self, NonInviteServer};
use super::{Action, Machine};
use crate::ids::FlowId;
use crate::now::Mono;
use crate::sip::api::{Count, DialogId};
use crate::sip::deadlines::Owner;
use crate::sip::echo::Echo;
use crate::sip::grammar::field::Essentials;
use crate::sip::stack::Shared;
use crate::sip::tokens::MAGIC_COOKIE;
use crate::sip::wire::{Hop, ReplyTo};

pub type ServerId = u64;

/// What the transaction user hears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// What came in is for the user.
    Delivered,
    TimedOut,
    TransportFailed,
}

/// What goes into a machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    Request,
    Ack,
    TransportError,
    Provisional,
    Success,
    Failure,
}

impl Input {
    pub fn response(code: u16) -> Input {
        match code {
            ..=199 => Input::Provisional,
            200..=299 => Input::Success,
            300.. => Input::Failure,
        }
    }
}

enum Runner {
    Invite(Machine<InviteServer>),
    NonInvite(Machine<NonInviteServer>),
}

pub struct ServerTransaction {
    runner: Runner,
    reply_to: ReplyTo,
    /// Needed until the final response is written.
    pub echo: Option<Echo>,
    /// Newest response.
    response: Vec<u8>,
    key: String,
    merge_key: Option<String>,
    /// The dialog an INVITE, re-INVITE or UPDATE belongs to.
    pub dialog: Option<DialogId>,
    scheduled: Option<Mono>,
}

/// What a new transaction starts from.
pub struct Opening {
    pub key: String,
    pub merge_key: Option<String>,
    pub method: Method,
    pub reply_to: ReplyTo,
    pub echo: Echo,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Invite,
    Other,
}

#[derive(Default)]
pub struct Servers {
    table: HashMap<ServerId, ServerTransaction>,
    by_key: HashMap<String, ServerId>,
    by_merge_key: HashMap<String, ServerId>,
    /// Transactions on connections, by the remote address.
    by_remote: BTreeSet<(SocketAddr, ServerId)>,
    last: ServerId,
}

/// Matches a request to its transaction (RFC 3261 §17.2.3); `method` is INVITE also for ACK and CANCEL
/// that look for theirs.
pub fn key(essentials: &Essentials<'_>, method: &str) -> String {
    let via = &essentials.via;
    let branch = via.branch();
    let port = via.port.unwrap_or(0);
    if branch.get(..MAGIC_COOKIE.len()).is_some_and(|b| b.eq_ignore_ascii_case(MAGIC_COOKIE)) {
        return [branch, via.host, &port.to_string(), method].join(" ").to_ascii_lowercase();
    }
    // A sender of RFC 2543: no unique branch.
    let (call_id, from) = (essentials.call_id, essentials.from_tag());
    format!("2543 {call_id} {from} {} {branch} {} {port} {method}", essentials.cseq, via.host)
}

/// The same request over another path has the same (RFC 3261 §8.2.2.2).
pub fn merge_key(essentials: &Essentials<'_>) -> String {
    let (call_id, from) = (essentials.call_id, essentials.from_tag());
    format!("{call_id} {from} {} {}", essentials.cseq, essentials.cseq_method)
}

impl Servers {
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    pub fn find(&self, key: &str) -> Option<ServerId> {
        self.by_key.get(key).copied()
    }

    pub fn is_merged(&self, merge_key: &str) -> bool {
        self.by_merge_key.contains_key(merge_key)
    }

    pub fn get_mut(&mut self, id: ServerId) -> Option<&mut ServerTransaction> {
        self.table.get_mut(&id)
    }

    pub fn open(&mut self, opening: Opening) -> ServerId {
        self.last += 1;
        let id = self.last;
        let Opening { key, merge_key, method, reply_to, echo } = opening;
        let transport = reply_to.hop.transport();
        let runner = match method {
            Method::Invite => Runner::Invite(Machine::new(transport)),
            Method::Other => Runner::NonInvite(Machine::new(transport)),
        };
        self.by_key.insert(key.clone(), id);
        if let Some(merge_key) = &merge_key {
            self.by_merge_key.insert(merge_key.clone(), id);
        }
        if let Hop::Flow(FlowId::Connection { remote, .. }) = reply_to.hop {
            self.by_remote.insert((remote, id));
        }
        let response = Vec::new();
        let (echo, dialog, scheduled) = (Some(echo), None, None);
        let transaction =
            ServerTransaction { runner, reply_to, echo, response, key, merge_key, dialog, scheduled };
        self.table.insert(id, transaction);
        id
    }

    /// Sends a response through the transaction.
    pub fn respond(&mut self, now: Mono, id: ServerId, code: u16, bytes: Vec<u8>, shared: &mut Shared) {
        let Some(transaction) = self.table.get_mut(&id) else { return };
        transaction.response = bytes;
        if code >= 200 {
            transaction.echo = None;
        }
        shared.wire.count(Count::Response { code });
        self.drive(now, id, Input::response(code), shared);
    }

    /// Puts one input through the machine and does what it orders.
    pub fn drive(&mut self, now: Mono, id: ServerId, input: Input, shared: &mut Shared) -> Option<Told> {
        let transaction = self.table.get_mut(&id)?;
        let actions = match &mut transaction.runner {
            Runner::Invite(machine) => {
                use invite_server::Input as I;
                let input = match input {
                    Input::Request => I::Request,
                    Input::Ack => I::Ack,
                    Input::TransportError => I::TransportError,
                    Input::Provisional => I::Provisional,
                    Input::Success => I::Success,
                    Input::Failure => I::Failure,
                };
                machine.handle(now, input, &mut shared.hits)
            }
            Runner::NonInvite(machine) => {
                use non_invite_server::Input as I;
                let input = match input {
                    Input::Request => I::Request,
                    Input::Ack => return None,
                    Input::TransportError => I::TransportError,
                    Input::Provisional => I::Provisional,
                    Input::Success | Input::Failure => I::Final,
                };
                machine.handle(now, input, &mut shared.hits)
            }
        };
        let told = transaction.carry_out(actions, shared);
        self.settle(id, shared);
        told
    }

    /// Fires one timer that is due.
    pub fn handle_timeout(&mut self, now: Mono, id: ServerId, shared: &mut Shared) -> Option<Told> {
        let transaction = self.table.get_mut(&id)?;
        let hits = &mut shared.hits;
        let actions = match &mut transaction.runner {
            Runner::Invite(machine) => machine.due(now).map(|input| machine.handle(now, input, hits)),
            Runner::NonInvite(machine) => machine.due(now).map(|input| machine.handle(now, input, hits)),
        };
        let told = transaction.carry_out(actions.unwrap_or(&[]), shared);
        self.settle(id, shared);
        told
    }

    /// A connection is gone: responses go to the sender's listener from now on. Returns transactions
    /// for which that listener, too, could not be reached.
    pub fn flow_closed(&mut self, flow: FlowId) -> Vec<ServerId> {
        let remote = flow.remote();
        let touched: Vec<ServerId> =
            self.by_remote.range((remote, 0)..=(remote, u64::MAX)).map(|(_, id)| *id).collect();
        let mut failed = Vec::new();
        for id in touched {
            let Some(transaction) = self.table.get_mut(&id) else { continue };
            if transaction.reply_to.hop == Hop::Flow(flow) {
                let listener = transaction.reply_to.listener;
                transaction.reply_to.hop = Hop::Connect(listener);
                self.by_remote.remove(&(remote, id));
                self.by_remote.insert((listener, id));
            } else if transaction.reply_to.hop == Hop::Connect(remote) {
                failed.push(id);
            }
        }
        failed
    }

    /// After each step: forget what has ended, else note its next deadline.
    fn settle(&mut self, id: ServerId, shared: &mut Shared) {
        let Some(transaction) = self.table.get_mut(&id) else { return };
        let (ended, next) = match &transaction.runner {
            Runner::Invite(machine) => (machine.is_terminated(), machine.next_deadline()),
            Runner::NonInvite(machine) => (machine.is_terminated(), machine.next_deadline()),
        };
        shared.deadlines.move_to(Owner::Server(id), &mut transaction.scheduled, next);
        if ended && let Some(transaction) = self.table.remove(&id) {
            self.by_key.remove(&transaction.key);
            self.by_remote.remove(&(transaction.reply_to.hop.remote(), id));
            if let Some(merge_key) = transaction.merge_key {
                self.by_merge_key.remove(&merge_key);
            }
        }
    }
}

impl ServerTransaction {
    fn carry_out(&mut self, actions: &[Action], shared: &mut Shared) -> Option<Told> {
        let mut told = None;
        for action in actions {
            match action {
                Action::Transmit => shared.wire.send(self.reply_to.hop, self.response.clone()),
                Action::Retransmit if self.response.is_empty() => {}
                Action::Retransmit => {
                    shared.wire.count(Count::Retransmission);
                    shared.wire.send(self.reply_to.hop, self.response.clone());
                }
                Action::Deliver => told = Some(Told::Delivered),
                Action::TimedOut => told = Some(Told::TimedOut),
                Action::TransportFailed => told = Some(Told::TransportFailed),
                // Only clients acknowledge.
                Action::Acknowledge => {}
            }
        }
        told
    }
}
