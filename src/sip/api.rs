//! The face of the SIP stack: what the engine asks of it and hears from it.

use std::net::SocketAddr;
use std::time::Duration;

use crate::ids::{DeviceId, FlowId, Key};
use crate::sealed::Redacted;

/// A dialog, or a transaction on its way to be one; never reused within a boot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DialogId(pub u64);

/// Settings of the stack; file contents and seeds are arguments.
#[derive(Clone, Debug)]
pub struct StackConfig {
    /// Address put into Contact and Via (per transport the same host and port).
    pub public_address: SocketAddr,
    /// Digest realm (RFC 7616).
    pub realm: String,
    pub user_agent: String,
    /// Makes tags, branches, nonces and Call-IDs.
    pub seed: [u8; 32],
    pub limits: Limits,
}

/// Every table is bounded; beyond a limit requests get 503 with Retry-After.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub transactions: usize,
    pub dialogs: usize,
    pub bindings: usize,
    /// Seconds in Retry-After of a 503.
    pub retry_after_s: u32,
    /// Bounds of a registration (RFC 3261 §10.2.8: 423 below the minimum).
    pub min_expires: Duration,
    pub max_expires: Duration,
    pub default_expires: Duration,
    pub nonce_lifetime: Duration,
}

/// A telephone that may register, with its credentials, or a fixed contact that never does.
#[derive(Clone, Debug)]
pub struct DeviceAccount {
    pub id: DeviceId,
    pub kind: DeviceKind,
}

#[derive(Clone, Debug)]
pub enum DeviceKind {
    /// Registers with digest; HA1 = H(user ":" realm ":" password), hex, per algorithm.
    Registers { ha1_sha256: Option<Redacted<String>>, ha1_md5: Option<Redacted<String>> },
    /// Is always at this contact, e.g. `sip:agent1@127.0.0.4:15080`.
    Static { contact: String },
}

/// Where an outgoing INVITE goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A device of the directory: its freshest binding, or its static contact.
    Device(DeviceId),
    /// A number through a static gateway (`sip:HOST:PORT`), as `sip:number@gateway`.
    Gateway { number: Redacted<String>, gateway: SocketAddr },
}

/// What the stack wants done, in order. No `Debug`: messages hold numbers.
#[derive(Clone, PartialEq)]
pub enum Output {
    /// Put this message on the wire.
    Transmit {
        flow: FlowId,
        bytes: Vec<u8>,
    },
    /// There is no connection to `remote` yet: open one over TCP and send.
    Connect {
        remote: SocketAddr,
        bytes: Vec<u8>,
    },
    Event(SipEvent),
    /// Counters of transport level (`hotline_sip_*`); never journalled.
    Count(Count),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Count {
    Request {
        method: String,
    },
    Response {
        code: u16,
    },
    Retransmission,
    /// Dropped or answered 400 and the like before it reached a transaction.
    Rejected {
        reason: &'static str,
    },
}

/// What the engine hears.
#[derive(Clone, PartialEq, Debug)]
pub enum SipEvent {
    /// A new call: 100 has been sent. Answer with `respond`. From and To as user parts.
    Invite {
        dialog: DialogId,
        /// User part of the Request-URI: the dialled number.
        /// Not shown: a star code holds a secret.
        dialled: Redacted<String>,
        /// User part of From (or P-Asserted-Identity of a trusted trunk, later).
        caller: Redacted<String>,
        /// Set when the request came over the flow of a registered device or from a static contact's address.
        device: Option<DeviceId>,
        flow: FlowId,
        /// Empty if the INVITE carries no offer: then the answer to our 2xx offer comes in `Acked`.
        sdp: Vec<u8>,
    },
    /// The caller gave up before the final answer; the INVITE has been answered 487 already.
    Cancelled {
        dialog: DialogId,
    },
    /// Our 2xx was acknowledged; `sdp` is not empty if the ACK carries the answer to our offer.
    Acked {
        dialog: DialogId,
        sdp: Vec<u8>,
    },
    /// Our 2xx was never acknowledged (timer H, RFC 3261 §13.3.1.4); the stack sends BYE itself.
    NeverAcked {
        dialog: DialogId,
    },
    /// A re-INVITE or UPDATE with an offer: answer with `respond` (488 leaves the session as it is).
    Reoffer {
        dialog: DialogId,
        sdp: Vec<u8>,
    },
    /// Provisional response to our INVITE (180, 183 …).
    Progress {
        dialog: DialogId,
        code: u16,
        sdp: Vec<u8>,
    },
    /// Our INVITE was answered 2xx; ACK has been sent.
    Answered {
        dialog: DialogId,
        sdp: Vec<u8>,
    },
    /// Our INVITE ended otherwise: final code, or 408 for a time-out, 503 for a transport error.
    Failed {
        dialog: DialogId,
        code: u16,
    },
    /// BYE came in (200 has been sent), or the dialog is gone by a 481 or time-out.
    Ended {
        dialog: DialogId,
    },
    /// SIP INFO with a key (application/dtmf-relay or application/dtmf); 200 has been sent.
    InfoDigit {
        dialog: DialogId,
        key: Key,
    },
    /// Result of `probe`, an in-dialog OPTIONS.
    ProbeAnswered {
        dialog: DialogId,
    },
    ProbeFailed {
        dialog: DialogId,
    },
    Registered {
        device: DeviceId,
    },
    Unregistered {
        device: DeviceId,
    },
}

/// A response to an INVITE or re-INVITE.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reply {
    pub code: u16,
    /// Empty: the standard phrase.
    pub reason: &'static str,
    pub sdp: Vec<u8>,
    /// Adds Retry-After with the configured seconds.
    pub retry_after: bool,
}

/// An INVITE to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    pub target: Target,
    /// User part of From, and display name (the agent's telephone shows it).
    pub from_user: Redacted<String>,
    pub from_display: String,
    pub sdp: Vec<u8>,
    /// Further header lines, name and value, e.g. `X-Hotline-Call`.
    pub headers: Vec<(&'static str, String)>,
}
