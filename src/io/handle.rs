//! How HTTP and the control socket reach the engine: a bounded queue of requests, a reply each.

use tokio::sync::{mpsc, oneshot};

use crate::engine::command::{Command, Reply};
use crate::event::Actor;

/// A request with the place its reply goes to.
pub struct Ask {
    pub actor: Actor,
    pub command: Command,
    pub reply: oneshot::Sender<Reply>,
}

/// Asks the engine; clone freely.
#[derive(Clone)]
pub struct EngineHandle {
    asks: mpsc::Sender<Ask>,
}

/// The engine is stopping, or its queue of requests is full.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the server is stopping or overloaded; try again in a moment")]
pub struct Unavailable;

impl EngineHandle {
    /// A handle, and the end from which the server loop takes requests.
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Ask>) {
        let (asks, receiver) = mpsc::channel(capacity);
        (EngineHandle { asks }, receiver)
    }

    pub async fn ask(&self, actor: Actor, command: Command) -> Result<Reply, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.asks.try_send(Ask { actor, command, reply }).map_err(|_| Unavailable)?;
        answer.await.map_err(|_| Unavailable)
    }
}
