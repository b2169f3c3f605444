//! SIGTERM and SIGINT: the first one drains, the second one stops.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

/// Calls `drain` at the first signal and `stop` at the second. From now on neither signal ends the
/// process by itself.
pub fn on_signals(
    drain: impl FnOnce() + Send + 'static,
    stop: impl FnOnce() + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::spawn(async move {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("no new calls from now on; the running ones may end (a second signal stops at once)");
        drain();
        either(&mut terminate, &mut interrupt).await;
        tracing::warn!("stopping at once");
        stop();
    }))
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(signal: i32) {
        // SAFETY: a handler for the signal is installed; sending it to ourselves has no other effect.
        assert_eq!(unsafe { libc::kill(libc::getpid(), signal) }, 0);
    }

    #[tokio::test]
    async fn the_first_signal_drains_and_the_second_stops() {
        let (drained, drain) = tokio::sync::oneshot::channel();
        let (stopped, stop) = tokio::sync::oneshot::channel();
        let task = on_signals(move || drained.send(()).unwrap(), move || stopped.send(()).unwrap()).unwrap();
        raise(libc::SIGTERM);
        drain.await.unwrap();
        raise(libc::SIGINT);
        stop.await.unwrap();
        task.await.unwrap();
    }
}
