//! A system of the bank or the town as the hotline asks it: a real HTTP server that answers well, late,
//! badly or not at all, each time as the test decides.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One question as it came.
#[derive(Clone, Debug)]
pub struct Question {
    pub path: String,
    pub fields: Value,
}

impl Question {
    pub fn field(&self, name: &str) -> &str {
        self.fields[name].as_str().unwrap_or_default()
    }
}

pub enum Reply {
    /// `200` with this object.
    Object(String),
    Status(u16),
    /// These bytes, whatever they are, and the end of the connection.
    Bytes(Vec<u8>),
    /// Nothing, as long as the other side waits.
    Never,
}

/// Serves until it is dropped.
pub struct Service {
    heard: Arc<Mutex<Vec<Question>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Service {
    pub async fn open(
        address: SocketAddr,
        reply: impl Fn(&Question) -> Reply + Send + Sync + 'static,
    ) -> Service {
        let listener = TcpListener::bind(address).await.expect("a port for the service");
        let heard: Arc<Mutex<Vec<Question>>> = Arc::default();
        let (reply, asked) = (Arc::new(reply), heard.clone());
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (reply, asked) = (reply.clone(), asked.clone());
                tokio::spawn(async move { serve(connection, &*reply, &asked).await });
            }
        });
        Service { heard, task }
    }

    /// Every question so far.
    pub fn heard(&self) -> Vec<Question> {
        self.heard.lock().expect("questions").clone()
    }
}

/// One question a connection.
async fn serve(
    mut connection: TcpStream,
    reply: &(impl Fn(&Question) -> Reply + Sync),
    asked: &Mutex<Vec<Question>>,
) {
    let Some(question) = read(&mut connection).await else { return };
    asked.lock().expect("questions").push(question.clone());
    let bytes = match reply(&question) {
        Reply::Object(object) => response("200 OK", &object),
        Reply::Status(code) => response(&format!("{code} No"), "{}"),
        Reply::Bytes(bytes) => bytes,
        Reply::Never => {
            // Until the asker has had enough.
            let _ = connection.read(&mut [0]).await;
            return;
        }
    };
    let _ = connection.write_all(&bytes).await;
    let _ = connection.shutdown().await;
}

pub fn response(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = "Content-Type: application/json\r\nConnection: close";
    format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

async fn read(connection: &mut TcpStream) -> Option<Question> {
    let mut bytes = Vec::new();
    loop {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
        });
        if body.len() >= length? {
            let path = head.split(' ').nth(1)?.to_owned();
            return Some(Question { path, fields: serde_json::from_str(body).ok()? });
        }
    }
}
