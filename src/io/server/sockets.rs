//! The sockets of a server, bound before anything is written, and what comes in over SIP's.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use anyhow::anyhow;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Control, Input};
use crate::config::server::ServerConfig;
use crate::ids::FlowId;
use crate::io::sip_tcp::{SipTcp, TcpConfig, TcpEvent};
use crate::io::sip_udp::{SipUdp, UdpReceiver};
use crate::io::transport_metrics::TransportMetrics;
use crate::sip::framing::Framer;

pub(super) struct Sockets {
    pub sip: SipSockets,
    pub api: TcpListener,
    pub management: TcpListener,
}

/// On the same port over both transports.
pub(super) struct SipSockets {
    pub udp: SipUdp,
    pub tcp: SipTcp,
    pub events: mpsc::Receiver<TcpEvent>,
    pub accepting: JoinHandle<()>,
}

impl Sockets {
    pub async fn bind(config: &ServerConfig, metrics: &Arc<TransportMetrics>) -> anyhow::Result<Sockets> {
        Ok(Sockets {
            sip: sip(config, metrics).await?,
            api: listen("[http] listen", config.http.listen).await?,
            management: listen("[http] management", config.http.management).await?,
        })
    }
}

/// UDP first, then TCP on the port that it got.
async fn sip(config: &ServerConfig, metrics: &Arc<TransportMetrics>) -> anyhow::Result<SipSockets> {
    let key = "[sip] listen";
    let udp = SipUdp::bind(config.sip.listen).map_err(cannot_listen(key, config.sip.listen))?;
    let longest = config.sip.message_bytes;
    let tcp_config = TcpConfig { connections: config.sip.tcp_connections, idle: config.sip.tcp_idle };
    let (told, events) = mpsc::channel(1_024);
    let framing = Arc::new(move || Box::new(Framer::new(longest)) as Box<_>);
    let address = udp.local_addr();
    let started = SipTcp::start(address, tcp_config, framing, told, Arc::clone(metrics)).await;
    let (tcp, accepting) = started.map_err(cannot_listen(key, address))?;
    Ok(SipSockets { udp, tcp, events, accepting })
}

async fn listen(key: &'static str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(cannot_listen(key, address))
}

fn cannot_listen(key: &'static str, address: SocketAddr) -> impl FnOnce(io::Error) -> anyhow::Error {
    move |error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow!("{address} is in use by another program; stop that, or change `{key}`")
        }
        io::ErrorKind::AddrNotAvailable => {
            anyhow!("{address} is no address of this machine; change `{key}`")
        }
        io::ErrorKind::PermissionDenied => {
            anyhow!("the server has no right to listen on {address}; change `{key}` to a port from 1024 on")
        }
        _ => anyhow!("the server cannot listen on {address} (`{key}`): {error}"),
    }
}

pub(super) fn receive_udp(
    udp: SipUdp,
    inputs: SyncSender<Input>,
    metrics: Arc<TransportMetrics>,
) -> io::Result<UdpReceiver> {
    udp.start(move |batch| {
        let mut dropped = 0;
        for (flow, bytes) in batch.drain(..) {
            // Its sender sends it again (RFC 3261 §17.1); waiting here would drop others unseen.
            if inputs.try_send(Input::Message { flow, bytes }).is_err() {
                dropped += 1;
            }
        }
        if dropped > 0 {
            metrics.rejected("overload", dropped);
        }
        true
    })
}

pub(super) async fn receive_tcp(mut events: mpsc::Receiver<TcpEvent>, control: Arc<Control>) {
    while let Some(event) = events.recv().await {
        let input = match event {
            TcpEvent::Message { flow, bytes } => Input::Message { flow, bytes },
            TcpEvent::Closed { flow } => Input::FlowClosed { flow },
            // No connection came to be: for the stack it closed before its first byte.
            TcpEvent::ConnectFailed { remote } => {
                Input::FlowClosed { flow: FlowId::Connection { id: 0, remote } }
            }
        };
        control.tell_from_task(input).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_told_with_the_key_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let metrics = Arc::new(TransportMetrics::new());
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let refused = async |change: fn(&mut ServerConfig, SocketAddr)| {
            let mut config = ServerConfig::for_tests(dir.path());
            change(&mut config, address);
            Sockets::bind(&config, &metrics).await.err().unwrap().to_string()
        };
        for (key, told) in [
            ("[sip] listen", refused(|config, address| config.sip.listen = address).await),
            ("[http] listen", refused(|config, address| config.http.listen = address).await),
            ("[http] management", refused(|config, address| config.http.management = address).await),
        ] {
            assert!(told.starts_with(&format!("{address} is in use")) && told.contains(key), "{told}");
        }
        let elsewhere = refused(|config, _| config.http.listen = "192.0.2.1:80".parse().unwrap()).await;
        assert!(elsewhere.contains("no address of this machine"), "{elsewhere}");
    }
}
