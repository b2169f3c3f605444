//! Media workers: a thread each that moves packets at its own pace and nobody else's.
//!
//! A worker never waits for packets. Its tick of 20 ms has four slots; each leg belongs to one.
//! When a slot's time comes the worker takes orders, and for each leg of the slot takes what its
//! socket received and sends one frame. Sleeping to the next slot instead of waking for each packet
//! costs a fifth to a quarter less (measured). The decisions are made by [`crate::media::leg`].

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::ids::WorkerId;
use crate::io::clock::Clock;
use crate::io::rtp_socket::{Network, UdpNetwork};
use crate::media::command::{Command, MediaEvent};

mod commands;
mod counters;
mod line;
mod serve;
pub mod tap;
mod ticker;
mod worker;

pub use counters::MediaCounters;

use tap::Spool;
use ticker::{Lateness, Ticker};
use worker::{Flow, Worker};

/// Orders taken at a slot at most; more wait for the next one, 5 ms later.
const ORDERS_A_SLOT: usize = 32;
/// Nice value of a worker's thread.
const URGENT: libc::c_int = -11;
/// A worker without legs looks up this often.
const IDLE: Duration = Duration::from_millis(500);

/// What a worker is given once.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    pub worker: WorkerId,
    /// Local address of every RTP and RTCP port.
    pub bind: IpAddr,
    /// Legs beyond this are refused.
    pub max_legs: usize,
    pub clock: Clock,
    /// Shared with whoever exports them.
    pub counters: Arc<MediaCounters>,
}

/// Starts a worker. It ends after [`Command::Shutdown`], or when nobody can send orders any more.
/// `on_event` runs in the worker's thread and must not block.
pub fn spawn(
    config: WorkerConfig,
    orders: Receiver<Command>,
    spool: Box<dyn Spool + Send>,
    on_event: impl FnMut(MediaEvent) + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let network = UdpNetwork::new(config.bind);
    let clock = config.clock;
    let worker = Worker::new(config, network, spool, on_event);
    let name = format!("media-{}", worker.id().0);
    std::thread::Builder::new().name(name).spawn(move || {
        go_first();
        run(worker, &orders, clock);
    })
}

/// Voice does not wait for anything else of this process, where the system allows that.
fn go_first() {
    // SAFETY: no memory is involved. On Linux 0 is the calling thread alone. Without the right to
    // do so nothing changes; calls work all the same.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, URGENT) };
}

fn run<N: Network, E: FnMut(MediaEvent)>(mut worker: Worker<N, E>, orders: &Receiver<Command>, clock: Clock) {
    let mut ticker = Ticker::new(clock.mono());
    let mut lateness = Lateness::new(clock.mono());
    loop {
        if worker.is_idle() {
            match orders.recv_timeout(IDLE) {
                Ok(order) => {
                    if worker.command(clock.now(), order) == Flow::Stop {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            ticker = Ticker::new(clock.mono());
            continue;
        }
        let due = ticker.due();
        let early = due.since(clock.mono());
        if !early.is_zero() {
            std::thread::sleep(early);
        }
        if take_orders(&mut worker, orders, clock) == Flow::Stop {
            break;
        }
        let now = clock.now();
        lateness.note(now.mono.since(due));
        worker.slot(now, due, ticker.slot());
        worker.flush_if_due(now.mono);
        if let Some(worst) = lateness.take(now.mono) {
            worker.tell_lateness(worst);
        }
        worker.count_skipped(ticker.advance(clock.mono()));
    }
    worker.stop(clock.mono());
}

fn take_orders<N: Network, E: FnMut(MediaEvent)>(
    worker: &mut Worker<N, E>,
    orders: &Receiver<Command>,
    clock: Clock,
) -> Flow {
    for _ in 0..ORDERS_A_SLOT {
        match orders.try_recv() {
            Ok(order) => {
                if worker.command(clock.now(), order) == Flow::Stop {
                    return Flow::Stop;
                }
            }
            Err(TryRecvError::Empty) => break,
            Err(TryRecvError::Disconnected) => return Flow::Stop,
        }
    }
    Flow::Continue
}

#[cfg(test)]
mod tests;
