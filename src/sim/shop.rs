//! Who works at the simulated hotline, and at which telephones.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::office::order;
use crate::acd::api::AgentProfile;
use crate::config::published::Published;
use crate::engine::command::Command;
use crate::engine::{Directory, Input};
use crate::ids::{AgentId, DeviceId, QueueId, Skill};
use crate::sealed::Redacted;
use crate::sip::api::{DeviceAccount, DeviceKind};
use crate::sip::digest::{Algorithm, ha1};

/// A desk with a telephone of its own.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub agent: AgentId,
    pub device: DeviceId,
    pub kind: DeviceKind,
}

impl Desk {
    pub fn fixed(work: &str, contact: String) -> Desk {
        Desk {
            agent: AgentId::new(work),
            device: DeviceId::new(format!("desk{work}")),
            kind: DeviceKind::Static { contact },
        }
    }

    /// Registers by digest with the password `right`.
    pub fn registering(work: &str) -> Desk {
        let device = format!("soft{work}");
        let secret = ha1(Algorithm::Sha256, &device, "hotline", "right");
        Desk {
            agent: AgentId::new(work),
            device: DeviceId::new(&device),
            kind: DeviceKind::Registers { ha1_sha256: Some(Redacted(secret)), ha1_md5: None },
        }
    }

    fn is_fixed(&self) -> bool {
        matches!(self.kind, DeviceKind::Static { .. })
    }
}

/// The orders of the morning: directory, menus and queues, and who sits where already.
pub(super) fn open(published: Arc<Published>, desks: &[Desk]) -> Vec<Input> {
    let queues: Vec<QueueId> = published.queues.iter().map(|queue| queue.id.clone()).collect();
    let skills = published.queues.iter().flat_map(|queue| queue.skills.keys().cloned());
    let skills: BTreeMap<Skill, u8> = skills.map(|skill| (skill, 10)).collect();
    let mut directory = Directory { imported: true, ..Directory::default() };
    for desk in desks {
        let profile = AgentProfile {
            id: desk.agent.clone(),
            skills: skills.clone(),
            // Nobody is kept for the overflow: its limit of 0 sends callers on to a message.
            queues: queues.iter().filter(|queue| queue.as_str() != "overflow").cloned().collect(),
            languages: Vec::new(),
        };
        directory.agents.insert(profile.id.clone(), profile);
        directory.devices.push(DeviceAccount { id: desk.device.clone(), kind: desk.kind.clone() });
    }
    let mut inputs = vec![Input::Directory(Arc::new(directory)), Input::Published(published)];
    for desk in desks.iter().filter(|desk| desk.is_fixed()) {
        let (agent, device) = (desk.agent.clone(), desk.device.clone());
        inputs.push(order(Command::SignIn { agent: agent.clone(), device }));
        inputs.push(order(Command::Ready { agent }));
    }
    inputs
}
