//! What is sent, what is asked again, what is not asked at all.

use tokio::sync::Semaphore;

use super::bank::{Bank, Reply, ok, sends, status};
use super::*;

/// Attempts that take longer than any test should.
const PATIENT: &str = "timeout = \"50 s\"\npatience = \"60 s\"";

#[tokio::test]
async fn cba_25_a_question_is_a_post_and_its_answer_texts() {
    let bank = Bank::open(vec![ok(r#"{"name": "王", "balance": 1200.50, "vip": true, "cards": [1]}"#)]).await;
    let client = client(&format!("{}/hotline/", bank.url()), PATIENT);
    let asked = client.ask(question("/balance", &[("card", "6217"), ("date", "2026-03-01")])).await;
    assert_eq!(asked, Ok(answer(&[("balance", "1200.50"), ("name", "王"), ("vip", "true")])));
    let heard = bank.heard();
    assert!(heard[0].head.starts_with("POST /hotline/balance HTTP/1.1"), "{heard:?}");
    assert_eq!(heard[0].header("content-type"), Some("application/json"));
    assert_eq!(heard[0].header("accept"), Some("application/json"));
    assert_eq!(heard[0].header("authorization"), None);
    assert_eq!(heard[0].body, r#"{"card":"6217","date":"2026-03-01"}"#);
    assert!(metric(&client, "hotline_lookups_total{service=\"bank\",result=\"ok\"}") == 1.0);
    assert!(metric(&client, "hotline_lookup_seconds_count{service=\"bank\"}") == 1.0);
}

#[tokio::test]
async fn the_login_is_read_from_the_secrets_directory() {
    let bank = Bank::open(vec![ok("{}")]).await;
    for (key, content, header) in
        [("token", "abc.def\n", "Bearer abc.def"), ("basic", "hotline:pa:ss", "Basic aG90bGluZTpwYTpzcw==")]
    {
        let (_dir, secrets) = secrets(&[("login", content)]);
        let lookups = settings(&bank.url(), &format!("{key} = \"secret:login\"\n{PATIENT}"));
        let client = LookupClient::new(&lookups, &secrets).unwrap();
        assert!(client.ask(question("", &[])).await.is_ok());
        assert_eq!(bank.heard().last().unwrap().header("authorization"), Some(header));
    }
}

#[tokio::test]
async fn a_missing_or_unfit_secret_is_found_at_the_start() {
    let keys = "token = \"secret:login\"";
    let error = |content: Option<&str>| {
        let files: Vec<_> = content.map(|content| ("login", content)).into_iter().collect();
        let (_dir, secrets) = secrets(&files);
        LookupClient::new(&settings("http://127.0.0.1:1", keys), &secrets).unwrap_err().to_string()
    };
    assert!(error(None).starts_with("[lookups.bank]: ") && error(None).contains("secrets/login"));
    for wrong in ["", "two words", "two\nlines", "挂失"] {
        let error = error(Some(wrong));
        assert!(error.starts_with("[lookups.bank]: secret:login: "), "{error}");
        assert!(wrong.is_empty() || !error.contains(wrong), "the secret is shown: {error}");
    }
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_counts_once() {
    let passing =
        [status("502 Bad Gateway"), status("503 Busy"), status("504 Late"), sends(""), sends("HTTP/1.1 20")];
    for first in passing {
        let bank = Bank::open(vec![first, ok("{\"n\": 1}")]).await;
        let client = client(&bank.url(), PATIENT);
        assert_eq!(client.ask(question("/x", &[("a", "1")])).await, Ok(answer(&[("n", "1")])));
        let heard = bank.heard();
        assert_eq!(heard.len(), 2);
        assert_eq!(heard[0], heard[1], "the same question, to the letter");
        assert_eq!(heard[0].header("idempotency-key").map(str::len), Some(32));
        assert!(metric(&client, "hotline_lookups_total{service=\"bank\",result=\"ok\"}") == 1.0);
    }
}

#[tokio::test]
async fn two_questions_have_two_keys() {
    let bank = Bank::open(vec![ok("{}")]).await;
    let client = client(&bank.url(), PATIENT);
    for _ in 0..2 {
        assert!(client.ask(question("/x", &[])).await.is_ok());
    }
    let heard = bank.heard();
    assert_ne!(heard[0].header("idempotency-key"), heard[1].header("idempotency-key"));
}

#[tokio::test]
async fn a_time_out_is_asked_again() {
    let bank = Bank::open(vec![Reply::Hangs(""), ok("{}")]).await;
    let client = client(&bank.url(), "timeout = \"1 s\"\npatience = \"60 s\"\nretries = 5");
    assert!(client.ask(question("/x", &[])).await.is_ok());
    assert!(bank.heard().len() >= 2);
}

#[tokio::test]
async fn a_refusal_is_final() {
    for (line, code) in [
        ("500 Oops", 500),
        ("501 No", 501),
        ("400 Bad", 400),
        ("401 Who", 401),
        ("404 None", 404),
        ("409 Twice", 409),
        ("429 Slow", 429),
        ("304 Same", 304),
    ] {
        let bank = Bank::open(vec![status(line)]).await;
        let client = client(&bank.url(), &format!("retries = 5\n{PATIENT}"));
        assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::Refused(code)));
        assert_eq!(bank.heard().len(), 1);
    }
}

#[tokio::test]
async fn retries_end() {
    let bank = Bank::open(vec![status("503 Busy")]).await;
    let client = client(&bank.url(), &format!("retries = 2\n{PATIENT}"));
    assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::Refused(503)));
    assert_eq!(bank.heard().len(), 3);
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let closed = Bank::open(vec![ok("{}")]).await.url();
    // The port is free again once the listener's task has ended.
    let url = loop {
        match tokio::net::TcpStream::connect(closed.trim_start_matches("http://")).await {
            Err(_) => break closed,
            Ok(_) => tokio::task::yield_now().await,
        }
    };
    let client = client(&url, PATIENT);
    assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::Unreachable));
}

#[tokio::test]
async fn cba_25_a_failing_service_is_left_alone() {
    let bank = Bank::open(vec![status("500 Oops")]).await;
    let client = client(&bank.url(), &format!("breaker_failures = 2\nbreaker_pause = \"1 h\"\n{PATIENT}"));
    for _ in 0..2 {
        assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::Refused(500)));
    }
    for _ in 0..3 {
        assert_eq!(client.clone().ask(question("/x", &[])).await, Err(Failure::CircuitOpen));
    }
    assert_eq!(bank.heard().len(), 2, "it is not asked");
    assert!(metric(&client, "hotline_lookup_circuit_open{service=\"bank\"}") == 1.0);
    assert!(metric(&client, "hotline_lookups_total{service=\"bank\",result=\"circuit_open\"}") == 3.0);
    assert!(metric(&client, "hotline_lookup_seconds_count{service=\"bank\"}") == 2.0);
}

#[tokio::test]
async fn a_service_that_recovers_is_asked_again() {
    let bank = Bank::open(vec![status("500 Oops"), ok("{}")]).await;
    let client = client(&bank.url(), &format!("breaker_failures = 1\nbreaker_pause = \"1 ms\"\n{PATIENT}"));
    assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::Refused(500)));
    let asked = loop {
        match client.ask(question("/x", &[])).await {
            Err(Failure::CircuitOpen) => tokio::task::yield_now().await,
            other => break other,
        }
    };
    assert!(asked.is_ok());
    assert!(metric(&client, "hotline_lookup_circuit_open{service=\"bank\"}") == 0.0);
}

#[tokio::test]
async fn refusals_of_single_questions_leave_the_circuit_closed() {
    let bank = Bank::open(vec![status("404 None")]).await;
    let client = client(&bank.url(), &format!("breaker_failures = 1\n{PATIENT}"));
    for _ in 0..3 {
        assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::Refused(404)));
    }
}

#[tokio::test]
async fn one_question_too_many_fails_at_once() {
    let permits = Arc::new(Semaphore::new(0));
    let bank = Bank::open(vec![Reply::Waits(Arc::clone(&permits), "{\"n\": 1}")]).await;
    let client = client(&bank.url(), &format!("at_once = 2\n{PATIENT}"));
    let asking = || {
        let client = client.clone();
        tokio::spawn(async move { client.ask(question("/x", &[])).await })
    };
    let (first, second) = (asking(), asking());
    bank.until_asked(2).await;
    assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::TooMany));
    permits.add_permits(3);
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    assert!(client.ask(question("/x", &[])).await.is_ok(), "there is room again");
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_question_behind() {
    let permits = Arc::new(Semaphore::new(0));
    let bank = Bank::open(vec![Reply::Waits(Arc::clone(&permits), "{}")]).await;
    let client = client(&bank.url(), &format!("at_once = 1\n{PATIENT}"));
    tokio::select! {
        _ = client.ask(question("/x", &[])) => panic!("it has no permit yet"),
        () = bank.until_asked(1) => {}
    }
    assert_eq!(client.ask(question("/x", &[])).await, Err(Failure::TooMany), "it still takes its place");
    permits.add_permits(2);
    while client.ask(question("/x", &[])).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert!(metric(&client, "hotline_lookups_total{service=\"bank\",result=\"ok\"}") == 2.0);
}

#[tokio::test]
async fn what_is_not_allowed_is_not_asked() {
    let (bank, elsewhere) = (Bank::open(vec![ok("{}")]).await, Bank::open(vec![ok("{}")]).await);
    let lone = client(&bank.url(), PATIENT);
    let there = format!("{}/x", elsewhere.url());
    for path in ["/../x", "//x", "x", "/a?b=c", &there, "https://core.bank.example/"] {
        assert_eq!(lone.ask(question(path, &[])).await, Err(Failure::NotAllowed), "{path}");
    }
    let unknown = Question { service: "casino".to_owned(), ..question("/x", &[]) };
    assert_eq!(lone.ask(unknown).await, Err(Failure::NotAllowed));
    assert_eq!((bank.heard().len(), elsewhere.heard().len()), (0, 0));
    let keys = format!("allow_hosts = [\"{}\", \"{}\"]\n{PATIENT}", bank.address, elsewhere.address);
    let (_dir, secrets) = secrets(&[]);
    // Without authorities on the machine, a list of hosts that may be encrypted is refused at the start.
    if let Ok(allowed) = LookupClient::new(&settings(&bank.url(), &keys), &secrets) {
        assert!(allowed.ask(question(&there, &[])).await.is_ok());
        assert_eq!(elsewhere.heard().len(), 1);
    }
}

#[tokio::test]
async fn connections_closed_behind_our_back_do_no_harm() {
    let short = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let bank = Bank::open(vec![sends(short)]).await;
    let client = client(&bank.url(), &format!("retries = 5\n{PATIENT}"));
    for _ in 0..20 {
        assert!(client.ask(question("/x", &[])).await.is_ok());
    }
}

#[tokio::test]
async fn many_questions_at_once_get_their_own_answers() {
    use axum::{Json, Router, routing::post};
    let echo =
        Router::new().route("/echo", post(|Json(asked): Json<serde_json::Value>| async { Json(asked) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async { axum::serve(listener, echo).await });
    let client = client(&url, &format!("at_once = 200\n{PATIENT}"));
    for _ in 0..2 {
        let asking = (0..200).map(|n| {
            let client = client.clone();
            tokio::spawn(async move {
                let fields = [("n", n.to_string())];
                let fields = fields.each_ref().map(|(name, n)| (*name, n.as_str()));
                assert_eq!(client.ask(question("/echo", &fields)).await, Ok(answer(&fields)));
            })
        });
        for task in asking.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    }
    assert!(metric(&client, "hotline_lookups_total{service=\"bank\",result=\"ok\"}") == 400.0);
    server.abort();
}
