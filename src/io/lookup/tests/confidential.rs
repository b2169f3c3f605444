//! Nothing of questions, answers and logins is in logs or in `Debug`, at any level (CBA-35d).

use std::io::Write;
use std::sync::Mutex;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use super::bank::{Bank, Reply, ok, says, sends, status};
use super::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

/// In fields, login and answers of this test, and nowhere else.
const SECRETS: [&str; 6] =
    ["918273", "6217000011112222", "t0kenbody", "b4lance", "aG90bGluZTpsb2cxbg", "log1n"];

#[tokio::test]
async fn cba_35d_no_log_at_any_level_shows_what_was_said() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(log.clone());
    let _logged_here = subscriber.finish().set_default();
    let replies = [
        ok("{\"b4lance\": \"b4lance\"}"),
        status("500 b4lance"),
        says("302 Found", "Location: /b4lance\r\n", "b4lance"),
        says("200 OK", "Content-Type: text/html\r\n", "b4lance"),
        says("200 OK", "Content-Type: application/json\r\n", "{\"b4lance\": b4lance"),
        sends("b4lance\r\n\r\n"),
        Reply::Hangs("HTTP/1.1 200 OK\r\nX-B: b4lance\r\n"),
    ];
    let mut shown = String::new();
    for (key, secret) in [("token", "t0kenbody"), ("basic", "hotline:log1n")] {
        for reply in replies.clone() {
            let bank = Bank::open(vec![reply]).await;
            let (_dir, secrets) = secrets(&[("login", secret)]);
            let keys = format!("{key} = \"secret:login\"\ntimeout = \"500 ms\"\nretries = 0");
            let lookups = settings(&bank.url(), &keys);
            let client = LookupClient::new(&lookups, &secrets).unwrap();
            let question = question("/verify", &[("pin", "918273"), ("card", "6217000011112222")]);
            shown += &format!("{question:?} {client:?} {lookups:?}");
            shown += &format!("{:?}", client.ask(question).await.map(|answer| answer.fields.into_values()));
            shown += &client.metrics().render();
            assert!(bank.heard()[0].header("authorization").is_some(), "the login was sent");
        }
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("looked up service=bank result=\"ok\""), "{log}");
    assert!(log.contains("result=\"nonsense\"") && log.contains("result=\"timed_out\""), "{log}");
    assert!(log.contains("starting new connection"), "logs of the HTTP library are not captured:\n{log}");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}
