//! A call under way, with what each core knows it by.

use std::sync::Arc;

use super::announcing::Announcing;
use crate::call::{Call, Tune};
use crate::config::published::Published;
use crate::event::LegStats;
use crate::ids::*;
use crate::media::command::{Negotiated, PlayId};
use crate::menu::api::{Action, AskId, Handover, Pace};
use crate::menu::interpreter::Visit;
use crate::now::{Mono, Now};
use crate::sealed::{KeyedHash, Redacted, Sealer};
use crate::sip::api::DialogId;

pub(super) struct Live {
    pub call: Call,
    pub entry: EntryId,
    pub worker: WorkerId,
    /// Menus, queues and prompts of this call: pinned to the snapshot in force when it came.
    pub published: Option<Arc<Published>>,
    pub menus: InMenus,
    pub caller: CallerLeg,
    /// Whom the caller was or is connected with.
    pub peers: Vec<PeerLeg>,
    pub next_leg: u16,
    pub sealer: Sealer,
    pub play: Playing,
    pub staff: Option<StarCode>,
    pub answered: Option<Now>,
}

/// What belongs to the caller's visit to the menus, and what it leaves behind.
#[derive(Default)]
pub(super) struct InMenus {
    pub visit: Option<Visit>,
    /// What the menus want done once a promise is kept.
    pub held: Vec<Action>,
    /// The question the bank's system was asked last, and when.
    pub asked: Option<(AskId, Mono)>,
    pub handover: Handover,
    pub pace: Pace,
}

/// A leg's sockets at its worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sockets {
    /// Nothing was asked for, or it could not be had, or it is closed.
    None,
    Opening {
        port: u16,
    },
    Open {
        port: u16,
    },
    Closing {
        port: u16,
    },
}

impl Sockets {
    pub fn port(self) -> Option<u16> {
        match self {
            Sockets::None => None,
            Sockets::Opening { port } | Sockets::Open { port } | Sockets::Closing { port } => Some(port),
        }
    }
}

pub(super) struct CallerLeg {
    pub dialog: DialogId,
    pub sockets: Sockets,
    /// What our 200 will carry.
    pub sdp: Vec<u8>,
    /// `None` until the ACK, if the INVITE carried no offer.
    pub media: Option<Negotiated>,
    pub seed: u64,
    pub recorded: bool,
    pub stats: LegStats,
    /// Versions of our session description (RFC 8866 o=).
    pub sdp_version: u64,
    pub opens_tried: u8,
    /// The call's end is in the journal.
    pub end_told: bool,
    /// As it was shown; whatever it is, it may be no number.
    pub number: Redacted<String>,
    pub hash: KeyedHash,
}

/// Whose telephone a leg is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Party {
    Agent {
        agent: AgentId,
        device: DeviceId,
    },
    /// At another number, rung through this one of the trunks.
    Callee {
        number: Redacted<String>,
        trunk: usize,
    },
}

/// A telephone beside the caller's, rung or talking.
pub(super) struct PeerLeg {
    pub leg: LegId,
    pub party: Party,
    pub dialog: Option<DialogId>,
    pub sockets: Sockets,
    pub sdp_version: u64,
    pub opens_tried: u8,
    /// It no longer counts for the call; only its sockets are still to be closed.
    pub over: bool,
}

#[derive(Default)]
pub(super) struct Playing {
    pub id: PlayId,
    /// What is being played outside the menus.
    pub tune: Option<Tune>,
    /// What follows it, so that one announcement does not cut off another.
    pub next: Option<Tune>,
    /// The menu waits for the end of what is playing.
    pub menu: bool,
}

/// What a member of staff dialled, taken apart.
#[derive(Clone, Debug)]
pub(super) struct StarCode {
    pub device: DeviceId,
    pub order: StarOrder,
    pub announcing: Option<Box<Announcing>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum StarOrder {
    SignIn {
        agent: AgentId,
        secret: Redacted<String>,
    },
    SignOut,
    Ready,
    NotReady {
        reason: String,
    },
    /// Record an emergency announcement.
    Announce {
        agent: AgentId,
        secret: Redacted<String>,
    },
    Unknown,
}

impl Live {
    /// The peer's leg that counts.
    pub fn peer(&self) -> Option<&PeerLeg> {
        self.peers.iter().find(|leg| !leg.over)
    }

    pub fn peer_mut(&mut self) -> Option<&mut PeerLeg> {
        self.peers.iter_mut().find(|leg| !leg.over)
    }

    pub fn find_peer_mut(&mut self, n: u16) -> Option<&mut PeerLeg> {
        self.peers.iter_mut().find(|leg| leg.leg.n == n)
    }

    pub fn sockets_mut(&mut self, leg: LegId) -> Option<&mut Sockets> {
        if leg.is_caller() {
            Some(&mut self.caller.sockets)
        } else {
            self.find_peer_mut(leg.n).map(|peer| &mut peer.sockets)
        }
    }

    /// No leg has sockets any more.
    pub fn media_closed(&self) -> bool {
        self.caller.sockets == Sockets::None && self.peers.iter().all(|leg| leg.sockets == Sockets::None)
    }

    pub fn config_version(&self) -> ConfigVersion {
        self.published.as_ref().map_or(ConfigVersion(0), |published| published.version)
    }
}
