//! The API over real connections: rights by token, limits, errors.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::*;
use crate::engine::CallerBook;
use crate::engine::command::{Command, PublishRequest, Reply};
use crate::event::Actor;
use crate::ids::{CallId, ConfigVersion};
use crate::io::crypto::sha256_hex;
use crate::io::gate::{BoxFuture, Failure, Gate, Operations};
use crate::io::handle::{Ask, EngineHandle};
use crate::io::people::{Directory, ImportMode, People};
use crate::io::tokens::Tokens;

const AGENTS: &str = "work_number,name,secret,skills,queues,languages\n1001,Li,482913,card=8,card,zh-CN\n";
const TOKENS: [(&str, &str); 5] = [
    ("viewer", "role = \"viewer\""),
    ("desk", "role = \"agent\""),
    ("own", "role = \"agent\"\nagent = \"1001\""),
    ("supervisor", "role = \"supervisor\""),
    ("operator", "role = \"operator\""),
];

struct OneCall;

impl Records for OneCall {
    fn list(&self, filter: CallFilter, _: Actor) -> BoxFuture<'_, Result<Value, RecordsError>> {
        Box::pin(async move {
            match filter.from.as_deref() {
                Some("yesterday") => Err(RecordsError::BadFilter("`yesterday` is no time".to_owned())),
                Some("boom") => Err(RecordsError::Unavailable("disk /dev/sda1 is gone".to_owned())),
                _ => Ok(json!([{ "call": "1-1-1", "queue": filter.queue }])),
            }
        })
    }

    fn callbacks(&self, filter: CallFilter, _: Actor) -> BoxFuture<'_, Result<Value, RecordsError>> {
        Box::pin(async move { Ok(json!([{ "call": "1-1-2", "queue": filter.queue }])) })
    }

    fn get(&self, call: CallId, _: Actor) -> BoxFuture<'_, Result<Option<Value>, RecordsError>> {
        Box::pin(async move { Ok((call.n == 1).then(|| json!({ "call": call }))) })
    }
}

/// Takes callers in force; files are not the API's business.
struct NoFiles;

impl Operations for NoFiles {
    fn publish(&self, _: PublishRequest, _: Actor) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async { Err(Failure::Refused("not here".to_owned())) })
    }

    fn rollback(
        &self,
        _: Option<ConfigVersion>,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        self.publish(request, actor)
    }

    fn confirm(
        &self,
        _: ConfigVersion,
        request: PublishRequest,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        self.publish(request, actor)
    }

    fn directory_changed(&self, _: Directory, _: Actor) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn callers_changed(&self, book: CallerBook, _: Actor) -> BoxFuture<'_, ()> {
        assert!(book.imported && book.len() == 1);
        Box::pin(async {})
    }

    fn shutdown(&self, _: Actor) {}
}

async fn engine(mut asks: mpsc::Receiver<Ask>) {
    while let Some(ask) = asks.recv().await {
        let reply = match ask.command {
            Command::Queues => Reply::Queues(Vec::new()),
            Command::Calls => Reply::Calls(Vec::new()),
            Command::Agents => Reply::Agents(Vec::new()),
            Command::Plans => Reply::Plans(Vec::new()),
            Command::StartPlan { plan, by, reason } if plan.as_str() == "flood" => {
                assert_eq!((by.as_str(), reason.as_str()), ("operator", "rain"));
                Reply::Proposed
            }
            Command::Ready { .. } => Reply::Refused("agent 1001 is not signed in".to_owned()),
            _ => Reply::Done,
        };
        let _ = ask.reply.send(reply);
    }
}

struct World {
    _dir: tempfile::TempDir,
    address: SocketAddr,
    engine: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let people = People::open(&dir.path().join("people.sqlite"), dir.path(), "hotline").await.unwrap();
        people.import_agents("agents.csv", AGENTS, ImportMode::Merge).await.unwrap();
        let table: String = TOKENS
            .iter()
            .map(|(name, rest)| format!("[{name}]\nsha256 = \"{}\"\n{rest}\n", sha256_hex(name.as_bytes())))
            .collect();
        std::fs::write(dir.path().join("tokens.toml"), table).unwrap();
        let tokens = Arc::new(Tokens::open(dir.path()).unwrap());
        let (handle, asks) = EngineHandle::new(4);
        let engine = tokio::spawn(engine(asks));
        let api = Api {
            gate: Gate::new(handle, people),
            tokens,
            records: Arc::new(OneCall),
            operations: Arc::new(NoFiles),
        };
        World { _dir: dir, address: listen(api.router()).await, engine }
    }

    async fn get(&self, token: &str, path: &str) -> (u16, Value) {
        let (status, _, body) = ask(self.address, &format!("GET {path}"), token, "").await;
        (status, serde_json::from_str(&body).unwrap())
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let (status, _, body) = ask(self.address, &format!("POST {path}"), token, &body.to_string()).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

async fn listen(router: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, router, std::future::pending()));
    address
}

/// Status, header and body of an answer.
async fn ask(address: SocketAddr, what: &str, token: &str, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{what} HTTP/1.1\r\nHost: hotline\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn rights_follow_the_role_of_the_token() {
    let world = World::new().await;
    for (token, path, status) in [
        ("", "/api/v1/status", 401),
        ("wrong", "/api/v1/status", 401),
        ("viewer", "/api/v1/status", 200),
        ("viewer", "/api/v1/queues", 200),
        ("viewer", "/api/v1/agents", 200),
        ("viewer", "/api/v1/calls", 403),
        ("own", "/api/v1/calls/live", 403),
        ("supervisor", "/api/v1/calls/live", 200),
        ("supervisor", "/api/v1/calls?queue=card", 200),
        ("operator", "/api/v1/calls/1-1-1", 200),
        ("operator", "/api/v1/calls/1-1-2", 404),
        ("operator", "/api/v1/calls/x", 400),
        ("operator", "/api/v1/calls?number=138", 400),
        ("operator", "/api/v1/calls?from=yesterday", 400),
        ("operator", "/api/v1/calls?from=boom", 503),
        ("operator", "/api/v1/nothing", 404),
        ("operator", "/api/v1/drain", 405),
        ("", "/api/openapi.json", 200),
    ] {
        let (got, body) = world.get(token, path).await;
        assert_eq!(got, status, "{token} {path} {body}");
        if got >= 400 {
            assert!(body["message"].is_string() && body["help"].is_string(), "{body}");
            assert!(!body.to_string().contains("/dev/sda1"), "details stay in the log");
        }
    }
    let (_, rows) = world.get("supervisor", "/api/v1/calls?queue=card").await;
    assert_eq!(rows[0]["queue"], "card");
    assert_eq!(world.post("supervisor", "/api/v1/drain", json!({})).await.0, 403);
    assert_eq!(world.post("operator", "/api/v1/drain", json!({})).await, (200, json!({ "done": true })));
}

#[tokio::test]
async fn agents_sign_in_with_their_own_secret() {
    let world = World::new().await;
    let sign_in = |secret: &str| json!({ "device": "desk1", "secret": secret });
    let path = "/api/v1/agents/1001/sign-in";
    assert_eq!(world.post("own", path, sign_in("482913")).await, (200, json!({ "done": true })));
    assert_eq!(world.post("viewer", path, sign_in("482913")).await.1["code"], "forbidden");
    assert_eq!(world.post("own", "/api/v1/agents/1002/sign-out", json!({})).await.0, 403, "somebody else");
    assert_eq!(world.post("desk", "/api/v1/agents/1002/sign-out", json!({})).await.0, 200);
    let (status, body) = world.post("operator", path, sign_in("4711")).await;
    assert_eq!((status, &body["code"]), (403, &json!("wrong_secret")), "operations too");
    assert!(!body.to_string().contains("4711"));
    let (status, body) = world.post("own", "/api/v1/agents/1001/ready", json!({})).await;
    assert_eq!((status, &body["message"]), (409, &json!("agent 1001 is not signed in")));
    let not_ready = "/api/v1/agents/1001/not-ready";
    assert_eq!(world.post("own", not_ready, json!({ "reason": "lunch" })).await.0, 200);
    assert_eq!(world.post("own", not_ready, json!({ "reason": " " })).await.0, 400);
    let (status, body) = world.post("own", not_ready, json!({ "raison": "4711" })).await;
    assert_eq!(status, 422);
    assert!(!body.to_string().contains("4711"));
    for _ in 0..4 {
        world.post("desk", path, sign_in("wrong")).await;
    }
    assert_eq!(world.post("desk", path, sign_in("482913")).await.0, 429);
}

#[tokio::test]
async fn big_bodies_and_a_stopped_engine_are_answered() {
    let world = World::new().await;
    let reason = "x".repeat(100_000);
    let (status, _) = world.post("operator", "/api/v1/agents/1/not-ready", json!({ "reason": reason })).await;
    assert_eq!(status, 413);
    world.engine.abort();
    let (status, head, body) = ask(world.address, "GET /api/v1/status", "viewer", "").await;
    assert_eq!(status, 503, "{body}");
    assert!(head.contains("retry-after: 2"));
}

#[tokio::test]
async fn management_answers_without_login() {
    let not_ready = Readiness::NotReady { reasons: vec!["nothing is published".to_owned()] };
    for (readiness, status) in [(Readiness::Ready, 200), (not_ready, 503)] {
        let management = Management {
            metrics: Arc::new(|| Box::pin(async { "hotline_calls_active 0\n".to_owned() })),
            ready: Arc::new(move || readiness.clone()),
        };
        let address = listen(management.router()).await;
        assert_eq!(ask(address, "GET /readyz", "", "").await.0, status);
        assert_eq!(ask(address, "GET /healthz", "", "").await.2, "alive\n");
        let (_, head, text) = ask(address, "GET /metrics", "", "").await;
        assert!(head.contains("content-type: text/plain; version=0.0.4"));
        assert_eq!(text, "hotline_calls_active 0\n");
        assert_eq!(ask(address, "GET /api/v1/status", "", "").await.0, 404, "the API is elsewhere");
    }
}

#[tokio::test]
async fn serving_ends_when_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, axum::Router::new(), async { drop(stopped.await) }));
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn plans_are_started_by_operators_with_a_reason() {
    let world = World::new().await;
    assert_eq!(world.get("viewer", "/api/v1/plans").await, (200, json!([])));
    let start = "/api/v1/plans/flood/start";
    assert_eq!(world.post("supervisor", start, json!({ "reason": "rain" })).await.0, 403);
    assert_eq!(world.post("operator", start, json!({ "reason": " " })).await.0, 400);
    let started = world.post("operator", start, json!({ "reason": "rain" })).await;
    assert_eq!(started, (200, json!({ "proposed": true })));
    let stop =
        world.post("operator", "/api/v1/plans/flood/stop", json!({ "by": "Li", "reason": "dry" })).await;
    assert_eq!(stop, (200, json!({ "done": true })));
}

#[tokio::test]
async fn callers_are_listed_without_their_numbers() {
    let world = World::new().await;
    let csv = |row: &str| json!({ "csv": format!("number,name,lists,language\n{row}\n"), "replace": true });
    assert_eq!(world.post("supervisor", "/api/v1/callers", csv("13800138000,,vip,")).await.0, 403);
    let (status, wrong) = world.post("operator", "/api/v1/callers", csv("13800138000,,gold,")).await;
    assert_eq!(
        (status, wrong["message"].as_str()),
        (400, Some("1 mistakes; line 2: lists: there is no list `gold`"))
    );
    let imported = world.post("operator", "/api/v1/callers", csv("13800138000,Wang,vip,")).await;
    assert_eq!(imported, (200, json!({ "written": 1, "removed": 0 })));
    assert_eq!(world.get("desk", "/api/v1/callers").await.0, 403);
    let listed = world.get("supervisor", "/api/v1/callers").await;
    assert_eq!(listed, (200, json!([{ "ends": "8000", "lists": ["vip"], "language": null }])));
}
