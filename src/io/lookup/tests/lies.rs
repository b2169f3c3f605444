//! Answers that are not what was agreed: each ends as a failure, within time and bounded memory.

use super::bank::{Bank, Reply, ok, says, sends};
use super::*;

const ONCE: &str = "retries = 0\ntimeout = \"50 s\"\npatience = \"60 s\"";
const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn cba_25_lies_are_found_out() {
    let huge = format!("{{\"a\": \"{}\"}}", "x".repeat(70_000));
    let cases = [
        (says("200 OK", "Content-Type: text/html\r\n", "{}"), Failure::Nonsense, "an HTML page"),
        (says("200 OK", "", "{}"), Failure::Nonsense, "no type at all"),
        (says("200 OK", JSON, "{\"a\": "), Failure::Nonsense, "broken JSON"),
        (says("200 OK", JSON, "[1, 2]"), Failure::Nonsense, "a list"),
        (says("200 OK", JSON, ""), Failure::Nonsense, "nothing"),
        (says("200 OK", JSON, "{\"ok\": false, \"ok\": true}"), Failure::Nonsense, "a name twice"),
        (says("200 OK", JSON, &huge), Failure::Nonsense, "too long"),
        (
            says("200 OK", &format!("{JSON}Content-Encoding: gzip\r\n"), "\u{1f}x"),
            Failure::Nonsense,
            "packed",
        ),
        (sends("HTTP/1.1 204 No Content\r\n\r\n"), Failure::Nonsense, "no content"),
        (
            Reply::Floods("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"),
            Failure::Nonsense,
            "endless",
        ),
        (
            Reply::Floods(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999999999\r\n\r\n{",
            ),
            Failure::Nonsense,
            "endless, and it says so",
        ),
        (Reply::Floods("HTTP/1.1 200 OK\r\nX: "), Failure::Unreachable, "a header without end"),
        (
            sends(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\": 1}",
            ),
            Failure::Unreachable,
            "half a body",
        ),
        (
            sends(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\": 1}\r\n",
            ),
            Failure::Unreachable,
            "chunks without an end",
        ),
        (sends("SSH-2.0-OpenSSH_9.9\r\n"), Failure::Unreachable, "no HTTP"),
        (sends(vec![0xff; 100]), Failure::Unreachable, "noise"),
        (sends(""), Failure::Unreachable, "closed without a word"),
    ];
    for (reply, failure, what) in cases {
        let bank = Bank::open(vec![reply]).await;
        let client = client(&bank.url(), ONCE);
        assert_eq!(client.ask(question("/x", &[])).await, Err(failure), "{what}");
        assert_eq!(bank.heard().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn cba_25_slowness_ends_with_the_patience() {
    let cases = [
        (Reply::Hangs(""), "silent"),
        (Reply::Hangs("HTTP/1.1 200 OK\r\n"), "silent after a line"),
        (
            Reply::Hangs("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"),
            "half",
        ),
        (Reply::Drips("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"), "dripping body"),
        (Reply::Drips("HTTP/1.1 200 OK\r\nX: "), "dripping header"),
    ];
    for times in
        ["timeout = \"150 ms\"\nretries = 1", "timeout = \"300 ms\"\npatience = \"300 ms\"\nretries = 5"]
    {
        for (reply, what) in &cases {
            let bank = Bank::open(vec![reply.clone()]).await;
            let client = client(&bank.url(), times);
            assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::TimedOut), "{what}");
        }
    }
}

#[tokio::test]
async fn redirects_lead_nowhere() {
    let elsewhere = Bank::open(vec![ok("{\"verified\": true}")]).await;
    for code in [301, 302, 303, 307, 308] {
        let location = format!("Location: {}/x\r\n", elsewhere.url());
        let bank = Bank::open(vec![says(&format!("{code} Gone"), &location, "")]).await;
        let client = client(&bank.url(), ONCE);
        assert_eq!(client.ask(question("/x", &[("pin", "1")])).await, Err(Failure::Refused(code)));
        assert_eq!(bank.heard().len(), 1);
    }
    assert_eq!(elsewhere.heard(), []);
}

#[tokio::test]
async fn what_is_nested_is_left_out_however_deep() {
    let nested = format!("{{\"ok\": true, \"a\": {}{}}}", "[".repeat(30_000), "]".repeat(30_000));
    let bank = Bank::open(vec![says("200 OK", JSON, &nested)]).await;
    let client = client(&bank.url(), ONCE);
    assert_eq!(client.ask(question("/x", &[])).await, Ok(answer(&[("ok", "true")])));
}
