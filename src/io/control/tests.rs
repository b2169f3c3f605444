//! The control socket from both ends, with an engine that only takes notes.

use std::sync::Mutex;

use tokio::sync::mpsc;

use super::*;
use crate::config::finding::{Finding, Severity};
use crate::engine::CallerBook;
use crate::engine::command::{Reply, Status};
use crate::event::Alarm;
use crate::ids::{ConfigVersion, Seq};
use crate::io::gate::BoxFuture;
use crate::io::handle::{Ask, EngineHandle};
use crate::io::people::{Directory, ImportMode, People};

/// Records what it was asked, as `ACTOR WHAT`.
#[derive(Default)]
struct Recorded(Mutex<Vec<String>>);

impl Recorded {
    fn note(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Operations for Recorded {
    fn publish(&self, request: PublishRequest, _: Actor) -> BoxFuture<'_, Result<Value, Failure>> {
        self.note(format!("publish {} {}", request.by, request.reason));
        let finding = Finding {
            rule: "person-reachable",
            source: "CBA-10b",
            severity: Severity::Error,
            file: "menus/main.toml".to_owned(),
            span: 3..9,
            line: 1,
            column: 4,
            message: "no way to a person".to_owned(),
            help: "add key 0".to_owned(),
        };
        Box::pin(async move { Err(Failure::Findings(vec![finding])) })
    }

    fn rollback(
        &self,
        version: Option<ConfigVersion>,
        _: PublishRequest,
        _: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        self.note(format!("rollback {version:?}"));
        Box::pin(async { Ok(serde_json::json!({ "version": 3 })) })
    }

    fn confirm(
        &self,
        version: ConfigVersion,
        request: PublishRequest,
        _: Actor,
    ) -> BoxFuture<'_, Result<Value, Failure>> {
        self.note(format!("confirm {} {}", version.0, request.by));
        Box::pin(async { Ok(serde_json::json!({ "version": 4 })) })
    }

    fn callers_changed(&self, book: CallerBook, _: Actor) -> BoxFuture<'_, ()> {
        self.note(format!("callers {} {}", book.len(), book.imported));
        Box::pin(async {})
    }

    fn directory_changed(&self, directory: Directory, _: Actor) -> BoxFuture<'_, ()> {
        self.note(format!("directory {} {}", directory.agents.len(), directory.devices.len()));
        Box::pin(async {})
    }

    fn shutdown(&self, actor: Actor) {
        self.note(format!("shutdown {}", matches!(actor, Actor::Peer { .. })));
    }
}

/// Answers status, refuses the agent `1009`, does everything else.
async fn engine(mut asks: mpsc::Receiver<Ask>, seen: mpsc::Sender<Command>) {
    while let Some(ask) = asks.recv().await {
        assert!(matches!(ask.actor, Actor::Peer { .. }), "{:?}", ask.actor);
        let reply = match &ask.command {
            Command::Status => Reply::Status(Status {
                calls: 2,
                draining: false,
                config_version: ConfigVersion(3),
                journal_seq: Seq(99),
                alarms: vec![Alarm::Index],
            }),
            Command::Ready { agent } if agent.as_str() == "1009" => {
                Reply::Refused("not signed in".to_owned())
            }
            _ => Reply::Done,
        };
        let _ = seen.send(ask.command).await;
        let _ = ask.reply.send(reply);
    }
}

struct World {
    dir: tempfile::TempDir,
    recorded: Arc<Recorded>,
    seen: mpsc::Receiver<Command>,
    serving: tokio::task::JoinHandle<()>,
}

impl World {
    async fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let people = People::open(&dir.path().join("people.sqlite"), dir.path(), "hotline").await.unwrap();
        let (handle, asks) = EngineHandle::new(4);
        let (commands, seen) = mpsc::channel(16);
        tokio::spawn(engine(asks, commands));
        let recorded = Arc::new(Recorded::default());
        let socket = ControlSocket::bind(&dir.path().join("control.sock")).unwrap();
        let serving = tokio::spawn(socket.serve(Gate::new(handle, people), recorded.clone()));
        World { dir, recorded, seen, serving }
    }

    async fn client(&self) -> Client {
        Client::connect(&self.dir.path().join("control.sock")).await.unwrap()
    }

    fn recorded(&self) -> Vec<String> {
        self.recorded.0.lock().unwrap().clone()
    }
}

fn done() -> ControlReply {
    ControlReply::Done(serde_json::json!({ "done": true }))
}

#[tokio::test]
async fn commands_reach_the_engine_and_replies_come_back() {
    let mut world = World::new().await;
    let mut client = world.client().await;
    let ControlReply::Done(status) = client.ask(&ControlRequest::Status).await.unwrap() else { panic!() };
    assert_eq!(status["calls"], 2);
    assert_eq!(status["alarms"][0], "index");
    assert_eq!(world.seen.recv().await, Some(Command::Status));
    let ready = |agent: &str| ControlRequest::Ready { agent: agent.into() };
    assert_eq!(client.ask(&ready("1001")).await.unwrap(), done());
    let refused = client.ask(&ready("1009")).await.unwrap();
    assert_eq!(refused, ControlReply::Refused("not signed in".to_owned()));
    assert_eq!(client.ask(&ControlRequest::Drain).await.unwrap(), done());
    let mode = std::fs::metadata(world.dir.path().join("control.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn imports_change_the_directory_or_tell_every_wrong_row() {
    let mut world = World::new().await;
    let mut client = world.client().await;
    let import = |csv: &str| ControlRequest::ImportAgents {
        file: "agents.csv".to_owned(),
        csv: csv.to_owned(),
        mode: ImportMode::Merge,
    };
    let csv = "work_number,name,secret,skills,queues,languages\n1001,Li,482913,card=8,card,zh-CN\n";
    let ControlReply::Done(imported) = client.ask(&import(csv)).await.unwrap() else { panic!() };
    assert_eq!(imported["written"], 1);
    assert_eq!(world.recorded(), ["directory 1 0"]);
    let ControlReply::Findings(findings) = client.ask(&import("a,b\n")).await.unwrap() else { panic!() };
    assert_eq!(findings.len(), 8, "six columns missing, two strange");
    assert_eq!(world.recorded().len(), 1);

    let callers = ControlRequest::ImportCallers {
        file: "callers.csv".to_owned(),
        csv: "number,name,lists,language\n13800138000,,elderly,\n".to_owned(),
        mode: ImportMode::Merge,
    };
    let ControlReply::Done(imported) = client.ask(&callers).await.unwrap() else { panic!() };
    assert_eq!(
        (&imported["written"], world.recorded().last().unwrap().as_str()),
        (&1.into(), "callers 1 true")
    );

    let sign_in = |secret: Option<&str>| ControlRequest::SignIn {
        agent: "1001".into(),
        device: "desk1".into(),
        secret: secret.map(str::to_owned),
    };
    assert_eq!(client.ask(&sign_in(Some("482913"))).await.unwrap(), done());
    let wanted = Command::SignIn { agent: "1001".into(), device: "desk1".into() };
    assert_eq!(world.seen.recv().await, Some(wanted.clone()));
    let wrong = client.ask(&sign_in(Some("wrong"))).await.unwrap();
    assert_eq!(wrong, ControlReply::Refused("work number and secret do not fit together".to_owned()));
    assert_eq!(client.ask(&sign_in(None)).await.unwrap(), done(), "by the right of operations");
    assert_eq!(world.seen.recv().await, Some(wanted));
}

#[tokio::test]
async fn operations_and_shutdown() {
    let world = World::new().await;
    let mut client = world.client().await;
    let publish = ControlRequest::Publish { by: "Wang".to_owned(), reason: "new card menu".to_owned() };
    let ControlReply::Findings(findings) = client.ask(&publish).await.unwrap() else { panic!() };
    assert_eq!(
        (findings[0].rule.as_str(), findings[0].line, findings[0].span.end),
        ("person-reachable", 1, 9)
    );
    let rollback = ControlRequest::Rollback {
        version: Some(ConfigVersion(3)),
        by: "Wang".to_owned(),
        reason: "wrong prompt".to_owned(),
    };
    assert!(matches!(client.ask(&rollback).await.unwrap(), ControlReply::Done(v) if v["version"] == 3));
    let (version, by, reason) = (ConfigVersion(4), "Zhao".to_owned(), "seen".to_owned());
    let confirm = ControlRequest::Confirm { version, by, reason };
    assert!(matches!(client.ask(&confirm).await.unwrap(), ControlReply::Done(v) if v["version"] == 4));
    assert_eq!(client.ask(&ControlRequest::Shutdown).await.unwrap(), done());
    assert!(matches!(client.ask(&ControlRequest::Status).await.unwrap(), ControlReply::Done(_)));
    let wanted =
        ["publish Wang new card menu", "rollback Some(ConfigVersion(3))", "confirm 4 Zhao", "shutdown true"];
    assert_eq!(world.recorded(), wanted);
}

#[tokio::test]
async fn nonsense_is_answered_without_being_repeated() {
    let world = World::new().await;
    let mut stream = UnixStream::connect(world.dir.path().join("control.sock")).await.unwrap();
    let lines = "{\"command\":\"dance\",\"secret\":\"4711\"}\nnonsense 4711\n{\"command\":\"status\"}\n";
    stream.write_all(lines.as_bytes()).await.unwrap();
    let mut answers = BufReader::new(stream).lines();
    for _ in 0..2 {
        let answer = answers.next_line().await.unwrap().unwrap();
        assert!(answer.starts_with("{\"refused\":") && !answer.contains("4711"), "{answer}");
    }
    assert!(answers.next_line().await.unwrap().unwrap().starts_with("{\"done\":"));
}

#[tokio::test]
async fn a_left_over_socket_is_replaced_and_a_living_one_is_not() {
    let world = World::new().await;
    let path = world.dir.path().join("control.sock");
    assert!(matches!(ControlSocket::bind(&path), Err(BindError::InUse(_))));
    world.serving.abort();
    let _ = world.serving.await;
    assert!(!path.exists(), "gone with its server");
    assert!(matches!(Client::connect(&path).await, Err(ClientError::NotRunning(_))));
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "as a killed server leaves it");
    assert!(matches!(Client::connect(&path).await, Err(ClientError::NotRunning(_))));
    ControlSocket::bind(&path).unwrap();
}
