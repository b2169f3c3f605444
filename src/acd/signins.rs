//! Who is signed in, kept over a restart. Soft: losing it costs a sign-in, never a call.

use serde::{Deserialize, Serialize};

use super::agent::{Afterwards, Agent, Duty};
use super::api::AgentProfile;
use super::router::Router;
use crate::ids::DeviceId;
use crate::now::Mono;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SignIns {
    pub agents: Vec<SignedIn>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    pub profile: AgentProfile,
    pub device: DeviceId,
    /// Why they take no calls; absent = ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_ready: Option<String>,
}

impl Router {
    /// What is worth keeping: calls do not outlive the server, sign-ins do.
    pub fn snapshot(&self) -> SignIns {
        let staying = self.agents.values().filter(|a| a.afterwards != Afterwards::SignOut);
        let agents = staying.map(|agent| {
            let not_ready = match (&agent.afterwards, &agent.duty) {
                (Afterwards::NotReady { reason }, _) | (_, Duty::NotReady { reason }) => Some(reason.clone()),
                _ => None,
            };
            SignedIn { profile: agent.profile.clone(), device: agent.device.clone(), not_ready }
        });
        SignIns { agents: agents.collect() }
    }

    /// Signs everybody in again, each with an `AgentState`. Idle times begin anew.
    pub fn restore(&mut self, now: Mono, signins: SignIns) {
        for SignedIn { profile, device, not_ready } in signins.agents {
            match not_ready {
                None => self.sign_in(now, profile, device),
                Some(reason) if !self.agents.contains_key(&profile.id) => {
                    let mut agent = Agent::new(profile, device, now);
                    agent.duty = Duty::NotReady { reason };
                    self.add_agent(agent);
                }
                Some(_) => {}
            }
        }
        self.settle(now);
    }
}
