//! The real server process of a stage: started, asked, stopped or killed.

use std::fs::File;
use std::process::Child;
use std::time::Duration;

use hotline::cli::remote;
use hotline::config::server::ServerConfig;
use hotline::io::control::ControlRequest;
use hotline::io::people::ImportMode;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::kept::Kept;
use super::stage::Stage;

/// Patience for a start, a stop, a figure.
const SOON: Duration = Duration::from_secs(40);
/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(25);

/// A running `hotline serve`; killed if it is dropped before it was stopped.
pub struct Server {
    pub stage: Stage,
    pub config: ServerConfig,
    process: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Looks again and again until there is something.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let looking = async {
        let mut glances = tokio::time::interval(GLANCE);
        loop {
            glances.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(SOON, looking).await;
    found.unwrap_or_else(|_| panic!("not within {} s: {what}", SOON.as_secs()))
}

impl Server {
    /// Publishes the stage's drafts and serves them.
    pub async fn start(stage: Stage) -> Server {
        stage.publish();
        Server::serve(stage).await
    }

    async fn serve(stage: Stage) -> Server {
        let (config, process) = (stage.config(), spawn(&stage));
        let mut server = Server { stage, config, process };
        server.ready().await;
        server
    }

    async fn ready(&mut self) {
        while remote::ask(&self.config, &ControlRequest::Status).await.is_err() {
            let ended = self.process.try_wait().expect("a process of ours");
            assert!(ended.is_none(), "the server ended:\n{}", self.log());
            tokio::time::sleep(GLANCE).await;
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.stage.path("log")).unwrap_or_default()
    }

    pub async fn ask(&self, request: ControlRequest) -> Value {
        let answer = remote::ask(&self.config, &request).await;
        answer.unwrap_or_else(|error| panic!("the control socket: {error:#}"))
    }

    /// Agents and their telephones, each `sip:DEVICE@ADDRESS`, signed in.
    pub async fn staff(&self, devices: &str, agents: &str, signed_in: &[(String, String)]) {
        let mode = ImportMode::Merge;
        let csv = format!("device,kind,password_or_contact\n{devices}");
        self.ask(ControlRequest::ImportDevices { file: "devices.csv".into(), csv, mode }).await;
        let csv = format!("work_number,name,secret,skills,queues,languages\n{agents}");
        self.ask(ControlRequest::ImportAgents { file: "agents.csv".into(), csv, mode }).await;
        for (agent, device) in signed_in {
            let (agent, device) = (agent.as_str().into(), device.as_str().into());
            self.ask(ControlRequest::SignIn { agent, device, secret: None }).await;
        }
    }

    /// Takes callers into its lists.
    pub fn knows(&self, file: &str, callers: &str) {
        let path = self.stage.path(file);
        std::fs::write(&path, format!("number,name,lists,language\n{callers}")).expect("a list of callers");
        self.stage.run(&format!("callers import {}", path.display()));
    }

    /// The page `/metrics`.
    pub async fn metrics(&self) -> String {
        let mut page = String::new();
        let asking = async {
            let mut connection = TcpStream::connect(self.stage.place.management()).await?;
            connection
                .write_all(b"GET /metrics HTTP/1.1\r\nHost: hotline\r\nConnection: close\r\n\r\n")
                .await?;
            connection.read_to_string(&mut page).await
        };
        let asked = tokio::time::timeout(SOON, asking).await.expect("the management listener answers");
        asked.expect("the management listener is reached");
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        page
    }

    /// No new calls; back when the running ones are over and everything is written.
    pub async fn stop(&mut self) -> Kept {
        self.ask(ControlRequest::Drain).await;
        let process = &mut self.process;
        let ended = until("the server has drained", || {
            let ended = process.try_wait().expect("a process of ours");
            async move { ended }
        });
        let ended = ended.await;
        assert!(ended.success(), "the server ended with {ended}:\n{}", self.log());
        Kept::load(self).await
    }

    /// As a power cut would.
    pub fn kill(&mut self) {
        self.process.kill().expect("a process of ours");
        self.process.wait().expect("a process of ours");
    }

    /// Starts after [`Server::kill`].
    pub async fn restart(&mut self) {
        self.process = spawn(&self.stage);
        self.ready().await;
    }
}

/// Everything it says goes to the stage's log, the details of our own code too.
fn spawn(stage: &Stage) -> Child {
    let log = File::options().append(true).create(true).open(stage.path("log")).expect("a log");
    let mut command = stage.command("serve");
    command.env("HOTLINE_LOG", "hotline=trace,info").stderr(log).spawn().expect("the program starts")
}
