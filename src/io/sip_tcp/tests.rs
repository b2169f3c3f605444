//! SIP over TCP with real connections on the loopback.

use super::*;
use crate::sip::framing::Framer;

const OPTIONS: &[u8] = b"OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n";

async fn hub(connections: usize, idle: Duration) -> (SipTcp, mpsc::Receiver<TcpEvent>) {
    let (events, received) = mpsc::channel(8);
    let framing: MakeFraming = Arc::new(|| Box::new(Framer::new(4096)));
    let config = TcpConfig { connections, idle };
    let metrics = Arc::new(TransportMetrics::new());
    let (tcp, _) =
        SipTcp::start("127.0.0.1:0".parse().unwrap(), config, framing, events, metrics).await.unwrap();
    (tcp, received)
}

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn messages_come_in_and_answers_go_back_over_the_same_connection() {
    let (tcp, mut events) = hub(4, LONG).await;
    let mut peer = TcpStream::connect(tcp.local_addr()).await.unwrap();
    peer.write_all(&OPTIONS[..10]).await.unwrap();
    peer.write_all(&OPTIONS[10..]).await.unwrap();
    let Some(TcpEvent::Message { flow, bytes }) = events.recv().await else { panic!() };
    assert_eq!(bytes, OPTIONS);
    let FlowId::Connection { id, remote } = flow else { panic!("{flow:?}") };
    assert_eq!(remote, peer.local_addr().unwrap());

    tcp.send(id, b"answer".to_vec()).unwrap();
    let mut answer = [0; 6];
    peer.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"answer");

    peer.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    peer.read_exact(&mut pong).await.unwrap();
    assert_eq!(&pong, b"\r\n", "RFC 5626: a ping is answered");

    drop(peer);
    assert_eq!(events.recv().await, Some(TcpEvent::Closed { flow }));
    assert_eq!(tcp.send(id, Vec::new()), Err(NotSent));
}

#[tokio::test]
async fn a_connection_is_opened_once_and_used_again() {
    let (tcp, mut events) = hub(4, LONG).await;
    let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let remote = peer.local_addr().unwrap();
    tcp.connect(remote, b"one ".to_vec());
    tcp.connect(remote, b"two".to_vec());
    let (mut stream, _) = peer.accept().await.unwrap();
    let mut both = [0; 7];
    stream.read_exact(&mut both).await.unwrap();
    assert_eq!(&both, b"one two");
    assert_eq!(tcp.connections(), 1);
    stream.write_all(OPTIONS).await.unwrap();
    assert!(matches!(events.recv().await, Some(TcpEvent::Message { flow, .. }) if flow.remote() == remote));
    tcp.close_all();
    assert_eq!(stream.read(&mut both).await.unwrap(), 0);
    assert!(matches!(events.recv().await, Some(TcpEvent::Closed { .. })));
}

#[tokio::test]
async fn a_peer_that_is_not_there_is_told_of() {
    let (tcp, mut events) = hub(4, LONG).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    tcp.connect(free, OPTIONS.to_vec());
    assert_eq!(events.recv().await, Some(TcpEvent::ConnectFailed { remote: free }));
    assert_eq!(tcp.connections(), 0);
}

#[tokio::test]
async fn connections_beyond_the_limit_are_refused_and_idle_ones_closed() {
    let (tcp, mut events) = hub(1, Duration::from_millis(100)).await;
    let mut first = TcpStream::connect(tcp.local_addr()).await.unwrap();
    first.write_all(OPTIONS).await.unwrap();
    let Some(TcpEvent::Message { flow, .. }) = events.recv().await else { panic!() };
    let mut second = TcpStream::connect(tcp.local_addr()).await.unwrap();
    let mut end = [0; 1];
    assert!(matches!(second.read(&mut end).await, Ok(0) | Err(_)), "refused");
    tcp.connect(second.local_addr().unwrap(), OPTIONS.to_vec());
    assert!(matches!(events.recv().await, Some(TcpEvent::ConnectFailed { .. })));
    assert_eq!(events.recv().await, Some(TcpEvent::Closed { flow }), "idle");
    assert_eq!(first.read(&mut end).await.unwrap(), 0);
}

#[tokio::test]
async fn a_stream_that_is_no_sip_is_closed() {
    let (tcp, mut events) = hub(1, LONG).await;
    let mut peer = TcpStream::connect(tcp.local_addr()).await.unwrap();
    peer.write_all(&[b'x'; 5000]).await.unwrap();
    assert!(matches!(events.recv().await, Some(TcpEvent::Closed { .. })));
    let text = tcp.shared.metrics.render();
    assert!(text.contains("hotline_sip_rejected_total{reason=\"unframeable\"} 1"), "{text}");
}

#[tokio::test]
async fn a_peer_that_does_not_read_loses_its_connection_and_stops_nobody() {
    let (tcp, mut events) = hub(2, LONG).await;
    let mut peer = TcpStream::connect(tcp.local_addr()).await.unwrap();
    peer.write_all(OPTIONS).await.unwrap();
    let Some(TcpEvent::Message { flow: FlowId::Connection { id, .. }, .. }) = events.recv().await else {
        panic!()
    };
    let big = vec![b'x'; 1 << 20];
    let refused = (0..1000).find(|_| tcp.send(id, big.clone()).is_err());
    assert!(refused.is_some(), "the queue is bounded");
    assert_eq!(tcp.send(id, Vec::new()), Err(NotSent), "and stays closed");
}
