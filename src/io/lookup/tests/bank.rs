//! A bank's system as a script: what it does with the first question, the second, and so on.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// What it does with one question; the last of a script is repeated.
#[derive(Clone)]
pub enum Reply {
    /// Sends these bytes and closes.
    Sends(Vec<u8>),
    /// Sends these bytes, and nothing ever after.
    Hangs(&'static str),
    /// Sends these bytes, then a blank now and then, for ever.
    Drips(&'static str),
    /// Sends these bytes, then blanks as fast as it can, for ever.
    Floods(&'static str),
    /// Waits until a permit is there, then answers with this object.
    Waits(Arc<Semaphore>, &'static str),
}

/// `HTTP/1.1 200` with this object.
pub fn ok(json: &str) -> Reply {
    says("200 OK", "Content-Type: application/json; charset=utf-8\r\n", json)
}

pub fn status(line: &str) -> Reply {
    says(line, "Content-Type: application/json\r\n", "{}")
}

pub fn says(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    let text =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    Reply::Sends(text.into_bytes())
}

pub fn sends(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply::Sends(bytes.into())
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// Request line and headers.
    pub head: String,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub struct Bank {
    pub address: SocketAddr,
    heard: watch::Receiver<Vec<Heard>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Bank {
    pub async fn open(script: Vec<Reply>) -> Bank {
        Self::serve(script, None).await
    }

    pub async fn open_with_tls(script: Vec<Reply>, acceptor: TlsAcceptor) -> Bank {
        Self::serve(script, Some(acceptor)).await
    }

    async fn serve(script: Vec<Reply>, acceptor: Option<TlsAcceptor>) -> Bank {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = watch::channel(Vec::new());
        let script = Arc::new(Mutex::new(script));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, sender, acceptor) = (Arc::clone(&script), sender.clone(), acceptor.clone());
                tokio::spawn(connection(stream, acceptor, script, sender));
            }
        });
        Bank { address, heard, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything asked so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }

    pub async fn until_asked(&self, times: usize) {
        let mut heard = self.heard.clone();
        heard.wait_for(|heard| heard.len() >= times).await.unwrap();
    }
}

type Script = Arc<Mutex<Vec<Reply>>>;

async fn connection(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    script: Script,
    heard: watch::Sender<Vec<Heard>>,
) -> Option<()> {
    match acceptor {
        None => talk(stream, script, heard).await,
        Some(acceptor) => talk(acceptor.accept(stream).await.ok()?, script, heard).await,
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    script: Script,
    heard: watch::Sender<Vec<Heard>>,
) -> Option<()> {
    let request = request(&mut stream).await?;
    heard.send_modify(|heard| heard.push(request));
    let reply = {
        let mut script = script.lock().unwrap();
        if script.len() > 1 { script.remove(0) } else { script[0].clone() }
    };
    match reply {
        Reply::Sends(bytes) => stream.write_all(&bytes).await.ok()?,
        Reply::Waits(permits, json) => {
            permits.acquire().await.ok()?.forget();
            let Reply::Sends(bytes) = ok(json) else { return None };
            stream.write_all(&bytes).await.ok()?;
        }
        Reply::Hangs(start) => {
            stream.write_all(start.as_bytes()).await.ok()?;
            stream.flush().await.ok()?;
            // Ends when the other side has had enough.
            let _ = stream.read(&mut [0; 1]).await;
        }
        Reply::Drips(start) => {
            stream.write_all(start.as_bytes()).await.ok()?;
            let mut now_and_then = tokio::time::interval(Duration::from_millis(20));
            loop {
                now_and_then.tick().await;
                stream.write_all(b" ").await.ok()?;
            }
        }
        Reply::Floods(start) => {
            stream.write_all(start.as_bytes()).await.ok()?;
            loop {
                stream.write_all(&[b' '; 4096]).await.ok()?;
            }
        }
    }
    stream.shutdown().await.ok()
}

async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Heard> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let heard = Heard { head: head.to_owned(), body: body.to_owned() };
            let length: usize = heard.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(heard);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
