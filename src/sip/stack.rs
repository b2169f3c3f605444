//! The SIP stack as a whole: `handle_*` and orders go in, `poll_*` brings out what is to be done.
//!
//! After every call that takes `now`, drain `poll_output`, then ask `poll_timeout` anew. Nothing here
//! waits, reads a clock or opens a socket.

mod ending;
mod in_dialog;
mod receive;
mod register;
mod responses;
mod uac;
mod uas;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::api::{Count, DeviceAccount, DialogId, Output, SipEvent, StackConfig};
use super::deadlines::{Deadlines, Owner};
use super::dialog::{Dialogs, Own};
use super::registrar::{Binding, Change, Registrar};
use super::tokens::Tokens;
use super::transaction::client::{self, Clients};
use super::transaction::hits::{self, Hits};
use super::transaction::server::{self, Servers};
use super::wire::Wire;
use crate::ids::FlowId;
use crate::now::{Mono, Now};

/// What every table of the stack needs beside itself.
#[derive(Default)]
pub struct Shared {
    pub(super) wire: Wire,
    pub(super) hits: Hits,
    pub(super) deadlines: Deadlines,
}

/// The SIP core of one server.
pub struct Stack {
    config: StackConfig,
    own: Own,
    tokens: Tokens,
    shared: Shared,
    servers: Servers,
    clients: Clients,
    dialogs: Dialogs,
    registrar: Registrar,
    refusing: Option<u16>,
}

impl Stack {
    pub fn new(config: StackConfig) -> Stack {
        let tokens = Tokens::new(config.seed);
        let registrar = Registrar::new(&config.realm, config.limits, tokens.nonce_key());
        let own = Own { address: config.public_address, user_agent: config.user_agent.clone() };
        Stack {
            config,
            own,
            tokens,
            shared: Shared::default(),
            servers: Servers::default(),
            clients: Clients::default(),
            dialogs: Dialogs::default(),
            registrar,
            refusing: None,
        }
    }

    /// Replaces the directory of devices. Bindings of devices no longer in it are dropped.
    pub fn set_devices(&mut self, devices: Vec<DeviceAccount>) {
        self.registrar.set_devices(devices);
        self.tell_registrations();
    }

    /// With a code, new INVITEs from outside dialogs are answered with it (and Retry-After) without an
    /// event; with none, they come as events again.
    pub fn set_refusing(&mut self, code: Option<u16>) {
        self.refusing = code.filter(|code| (400..700).contains(code));
    }

    /// One datagram, or one message framed out of a stream.
    pub fn handle_message(&mut self, now: Now, flow: FlowId, bytes: &[u8]) {
        self.shared.wire.seen(flow);
        self.receive(now, flow, bytes);
    }

    /// A connection has closed; or one asked for by [`Output::Connect`] could not be opened, with any
    /// id and the remote address of the order.
    pub fn flow_closed(&mut self, now: Now, flow: FlowId) {
        self.shared.wire.closed(flow);
        self.registrar.flow_closed(flow);
        self.tell_registrations();
        for id in self.clients.flow_closed(flow) {
            let user = self.clients.get_mut(id).map(|transaction| transaction.user());
            let told = self.clients.drive(now.mono, id, client::Input::TransportError, &mut self.shared);
            if let (Some(user), Some(told)) = (user, told) {
                self.client_failed(now, user, told);
            }
        }
        for id in self.servers.flow_closed(flow) {
            let dialog = self.servers.get_mut(id).and_then(|transaction| transaction.dialog);
            let told = self.servers.drive(now.mono, id, server::Input::TransportError, &mut self.shared);
            if let (Some(dialog), Some(server::Told::TransportFailed)) = (dialog, told) {
                self.server_failed(now, dialog, id);
            }
        }
    }

    /// Fires every timer that is due.
    pub fn handle_timeout(&mut self, now: Now) {
        self.registrar.handle_timeout(now.mono);
        self.tell_registrations();
        while let Some(owner) = self.shared.deadlines.due(now.mono) {
            match owner {
                Owner::Server(id) if self.servers.get_mut(id).is_some() => {
                    self.servers.handle_timeout(now.mono, id, &mut self.shared);
                }
                Owner::Client(id) if self.clients.get_mut(id).is_some() => {
                    let told = self.clients.handle_timeout(now.mono, id, &mut self.shared);
                    if let Some((user, told)) = told {
                        self.client_failed(now, user, told);
                    }
                }
                Owner::Dialog(id) if self.dialogs.get(id).is_some() => self.dialog_timeout(now, id),
                Owner::Server(_) | Owner::Client(_) | Owner::Dialog(_) => self.shared.deadlines.drop_first(),
            }
        }
    }

    /// When `handle_timeout` wants to be called next.
    pub fn poll_timeout(&self) -> Option<Mono> {
        self.shared.deadlines.first().into_iter().chain(self.registrar.next_deadline()).min()
    }

    pub fn poll_output(&mut self) -> Option<Output> {
        self.shared.wire.next()
    }

    /// No transaction, no dialog, none of their timers left. Registrations may still stand.
    pub fn is_idle(&self) -> bool {
        self.servers.is_empty()
            && self.clients.is_empty()
            && self.dialogs.is_empty()
            && self.shared.deadlines.is_empty()
    }

    /// Transactions, dialogs and bindings held now.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.servers.len() + self.clients.len(), self.dialogs.len(), self.registrar.len())
    }

    /// All registrations, to be stored.
    pub fn bindings(&self) -> Vec<Binding> {
        self.registrar.bindings()
    }

    /// Takes stored registrations of an earlier boot; call after `set_devices`. Connections are not
    /// restored, as they are gone. Each device that is reachable again makes a `Registered` event.
    pub fn restore_bindings(&mut self, now: Now, bindings: Vec<Binding>) {
        self.registrar.restore(now, bindings);
        self.tell_registrations();
    }

    /// Arms of the transaction tables taken so far.
    pub fn transitions_hit(&self) -> &BTreeSet<&'static str> {
        self.shared.hits.names()
    }

    /// Every arm of the four transaction tables.
    pub fn all_transitions() -> &'static [&'static str] {
        hits::all()
    }

    fn tell_registrations(&mut self) {
        for change in self.registrar.take_changes() {
            self.shared.wire.event(match change {
                Change::Registered(device) => SipEvent::Registered { device },
                Change::Unregistered(device) => SipEvent::Unregistered { device },
            });
        }
    }

    /// Notes the next deadline of a dialog; call after changing its timers.
    fn schedule(&mut self, id: DialogId) {
        if let Some(dialog) = self.dialogs.get_mut(id) {
            let next = dialog.next_deadline();
            self.shared.deadlines.move_to(Owner::Dialog(id), &mut dialog.scheduled, next);
        }
    }

    /// Forgets a dialog; an unanswered re-INVITE or UPDATE in it is answered 487.
    fn forget(&mut self, now: Now, id: DialogId) {
        self.drop_reoffer(now, id);
        if let Some(mut dialog) = self.dialogs.remove(id) {
            self.shared.deadlines.move_to(Owner::Dialog(id), &mut dialog.scheduled, None);
        }
    }

    fn retry_after(&self) -> String {
        self.config.limits.retry_after_s.to_string()
    }

    fn event(&mut self, event: SipEvent) {
        self.shared.wire.event(event);
    }

    fn count_request(&mut self, method: &str) {
        let method = super::grammar::name::Method::label(method).to_owned();
        self.shared.wire.count(Count::Request { method });
    }
}
