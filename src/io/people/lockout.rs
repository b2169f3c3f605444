//! Guessing secrets is stopped: five wrong ones in a row lock an agent for five minutes.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::ids::AgentId;

pub const ATTEMPTS: u8 = 5;
pub const LOCKED_FOR: Duration = Duration::from_secs(300);

#[derive(Default)]
pub struct Lockout {
    /// Known agents only, so it cannot grow beyond the directory.
    attempts: BTreeMap<AgentId, Attempts>,
}

struct Attempts {
    failed: u8,
    last: Instant,
}

impl Lockout {
    /// Counts an attempt as failed before it is verified, so that many at once gain nothing.
    /// `Err` is the time for which the agent stays locked.
    pub fn begin(&mut self, agent: &AgentId, now: Instant) -> Result<(), Duration> {
        let attempts = self.attempts.entry(agent.clone()).or_insert(Attempts { failed: 0, last: now });
        if attempts.failed >= ATTEMPTS {
            let passed = now.saturating_duration_since(attempts.last);
            if passed < LOCKED_FOR {
                return Err(LOCKED_FOR - passed);
            }
            attempts.failed = 0;
        }
        attempts.failed += 1;
        attempts.last = now;
        Ok(())
    }

    pub fn succeeded(&mut self, agent: &AgentId) {
        self.attempts.remove(agent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_wrong_secret_waits_for_five_minutes() {
        let (mut lockout, agent, now) = (Lockout::default(), AgentId::from("1001"), Instant::now());
        for _ in 0..ATTEMPTS {
            assert_eq!(lockout.begin(&agent, now), Ok(()));
        }
        assert_eq!(lockout.begin(&agent, now + Duration::from_secs(60)), Err(Duration::from_secs(240)));
        assert_eq!(lockout.begin(&AgentId::from("1002"), now), Ok(()), "others are not affected");
        assert_eq!(lockout.begin(&agent, now + LOCKED_FOR), Ok(()));
        lockout.succeeded(&agent);
        for _ in 0..ATTEMPTS {
            assert_eq!(lockout.begin(&agent, now), Ok(()));
        }
    }
}
