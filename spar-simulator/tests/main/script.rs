//! Scripts: set beforehand, and sent along in the header.

use std::time::{Duration, Instant};

use spar_simulator::{Answer, Cut, Script, Simulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Setup, ask, connect, envelope, post};
use crate::outcome;
use crate::wire::strictly;

async fn start() -> Simulator {
    Simulator::builder().start().await.expect("a free port")
}

#[tokio::test]
async fn each_answer_is_for_one_request_in_order() {
    let simulator = start().await;
    let answers = [
        Answer::Status(503),
        Answer::Usual,
        Answer::fault(),
        Answer::undantag(),
        Answer::Status(204),
        Answer::Status(7),
    ];
    answers.into_iter().for_each(|answer| simulator.script(answer));
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(ask(&simulator, post(envelope("198001159949"))).await.status);
    }
    assert_eq!(statuses, [503, 200, 500, 200, 204, 500, 200]);
    assert_eq!((simulator.requests(), simulator.searches()), (7, 3));
}

#[tokio::test]
async fn a_fault_is_one_of_soap() {
    let simulator = start().await;
    simulator.script(Answer::Fault { code: "Server".into(), text: "Fel & <brist>".into() });
    let reply = ask(&simulator, post(envelope("198001159949"))).await;
    assert_eq!((reply.status, reply.content_type.as_str()), (500, "text/xml; charset=utf-8"));
    let document = spar_types::xml::Document::parse(reply.body.as_bytes(), &Default::default());
    match spar_soap::envelope::open(&document.expect("well-formed")) {
        Ok(spar_soap::envelope::Body::Fault(fault)) => {
            assert_eq!((fault.code(), fault.text()), ("Server", "Fel & <brist>"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(simulator.searches(), 0);
}

#[tokio::test]
async fn a_status_comes_with_a_page() {
    let simulator = start().await;
    simulator.script(Answer::Status(503));
    let reply = ask(&simulator, post(envelope("198001159949"))).await;
    assert_eq!((reply.status, reply.content_type.as_str()), (503, "text/html; charset=utf-8"));
    assert!(reply.body.starts_with("<html>") && reply.body.contains("503 Service Unavailable"));
}

#[tokio::test]
async fn an_undantag_comes_with_echo_and_uuid() {
    let simulator = start().await;
    let beskrivning = "Tjänsten & registret".to_owned();
    simulator.script(Answer::Undantag { kod: "GENERELLT_FEL".to_owned(), beskrivning });
    let reply = ask(&simulator, post(envelope("198001159949"))).await;
    let svar = strictly(&reply.body);
    assert_eq!((reply.status, outcome(&svar).as_str()), (200, "GENERELLT_FEL"));
    assert!(svar.personsokning_fraga.is_some() && svar.uuid.is_some());
    // What XML cannot carry cannot be sent.
    simulator.script(Answer::Undantag { kod: "\u{1}".to_owned(), beskrivning: String::new() });
    let reply = ask(&simulator, post(envelope("198001159949"))).await;
    assert_eq!((reply.status, reply.body.contains("S:Server")), (500, true));
}

#[tokio::test]
async fn what_is_not_for_the_service_uses_no_answer_up() {
    let simulator = start().await;
    simulator.script(Answer::Status(503));
    let mut elsewhere = post(envelope("198001159949"));
    *elsewhere.uri_mut() = "/".parse().expect("a path");
    assert_eq!(ask(&simulator, elsewhere).await.status, 404);
    assert_eq!(ask(&simulator, post(envelope("198001159949"))).await.status, 503);
}

/// Where a header lets the answer stall.
fn stalled_at(header: &str) -> Option<Cut> {
    let place = header.strip_prefix("stall")?.strip_prefix('=');
    Some(Cut::Stall(place.map(|place| place.parse().expect("a number"))))
}

fn body_of(received: &[u8]) -> Option<&[u8]> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some(&received[end + 4..])
}

/// What a client sees of one answer: status, content type, how much of the body, and how it ends.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    is_html: bool,
    body: String,
    announced: usize,
    end: &'static str,
}

/// Sends a request and reads what comes, until the connection ends or, where it is to stall, nothing
/// more comes while another request is answered.
async fn see(simulator: &Simulator, header: Option<&str>, stall: Option<Cut>) -> Option<Seen> {
    let mut stream =
        connect(simulator.address(), Setup::new(simulator)).await.expect("a handshake");
    let body = envelope("198001159949");
    let header = header.map(|script| format!("{}: {script}\r\n", Script::HEADER));
    let request = format!(
        "POST /2023.1/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n{}\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        header.unwrap_or_default(),
        body.len()
    );
    let searches = simulator.searches();
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    let is_there = |received: &[u8]| match stall {
        Some(Cut::Stall(Some(at))) => body_of(received).is_some_and(|body| body.len() >= at),
        _ => true,
    };
    let end = loop {
        let read = if stall.is_some() && is_there(&received) {
            while simulator.searches() == searches {
                tokio::task::yield_now().await;
            }
            let mut other = post(envelope("198001159949"));
            other.headers_mut().insert(Script::HEADER, "page".parse().expect("a header value"));
            tokio::select! {
                read = stream.read(&mut buffer) => read,
                _ = ask(simulator, other) => break "stalled",
            }
        } else {
            stream.read(&mut buffer).await
        };
        match read {
            Ok(0) => break "closed",
            Ok(count) => received.extend_from_slice(&buffer[..count]),
            Err(error) => match error.kind() {
                std::io::ErrorKind::ConnectionReset => break "reset",
                std::io::ErrorKind::UnexpectedEof => break "torn",
                kind => panic!("{kind}"),
            },
        }
    };
    let received = String::from_utf8(received).expect("UTF-8 up to the cut");
    if received.is_empty() {
        let nothing = Seen { status: 0, is_html: false, body: received, announced: 0, end };
        return Some(nothing);
    }
    let (head, body) = received.split_once("\r\n\r\n").expect("a head");
    let head = head.to_lowercase();
    let length = head.split("content-length: ").nth(1)?.split("\r\n").next()?;
    Some(Seen {
        status: head.split(' ').nth(1)?.parse().ok()?,
        is_html: head.contains("content-type: text/html"),
        body: body.to_owned(),
        announced: length.parse().ok()?,
        end,
    })
}

/// Each script, by the API and by the header: what a client sees, and whether it was a search.
#[tokio::test]
async fn every_script_does_the_same_by_header_and_by_call() {
    let simulator = start().await;
    let usual = see(&simulator, None, None).await.expect("an answer").announced;
    let check = async |header: &str, script: Script, expected: &dyn Fn(&Seen) -> bool| {
        assert_eq!(header.parse(), Ok(script.clone()), "{header}");
        let before = simulator.searches();
        let stall = stalled_at(header);
        let by_header = see(&simulator, Some(header), stall).await.expect("an answer or none");
        assert!(expected(&by_header), "{header}: {by_header:?}");
        let searches = simulator.searches() - before;
        simulator.script(script);
        let by_call = see(&simulator, None, stall).await.expect("an answer or none");
        assert!(expected(&by_call), "{header} by call: {by_call:?}");
        assert_eq!(simulator.searches() - before, 2 * searches, "{header}");
        searches
    };
    let is_search = async |header: &str, script: Script, expected: &dyn Fn(&Seen) -> bool| {
        assert_eq!(check(header, script, expected).await, 1, "{header}");
    };
    let is_none = async |header: &str, script: Script, expected: &dyn Fn(&Seen) -> bool| {
        assert_eq!(check(header, script, expected).await, 0, "{header}");
    };
    let whole = |seen: &Seen| seen.body.len() == seen.announced && seen.end == "closed";
    let cut = |seen: &Seen, bytes: usize, end: &str| {
        (seen.status, seen.body.len(), seen.end) == (200, bytes, end) && seen.announced == usual
    };
    let nothing = |seen: &Seen, end: &str| (seen.status, seen.end) == (0, end);
    let from = Script::from;

    is_search("usual", from(Answer::Usual), &|seen| seen.status == 200 && whole(seen)).await;
    is_search("", from(Answer::Usual), &|seen| seen.announced == usual && whole(seen)).await;

    let script = |cut| from(Answer::Usual).cut(cut);
    is_search("stall", script(Cut::Stall(None)), &|seen| nothing(seen, "stalled")).await;
    is_search("stall=0", script(Cut::Stall(Some(0))), &|seen| cut(seen, 0, "stalled")).await;
    is_search("stall=100", script(Cut::Stall(Some(100))), &|seen| cut(seen, 100, "stalled")).await;
    is_search("truncate", script(Cut::Truncate(None)), &|seen| nothing(seen, "torn")).await;
    is_search("truncate=0", script(Cut::Truncate(Some(0))), &|seen| cut(seen, 0, "torn")).await;
    is_search("truncate=999", script(Cut::Truncate(Some(999))), &|seen| cut(seen, 999, "torn"))
        .await;
    is_search("reset", script(Cut::Reset(None)), &|seen| nothing(seen, "reset")).await;
    is_search("reset=7", script(Cut::Reset(Some(7))), &|seen| cut(seen, 7, "reset")).await;

    let page = |seen: &Seen, status| seen.status == status && seen.is_html && whole(seen);
    is_none("status=503", from(Answer::Status(503)), &|seen| page(seen, 503)).await;
    is_none("page", from(Answer::Page), &|seen| page(seen, 200)).await;
    let script = from(Answer::Page).with_status(401);
    is_none("page; status=401", script, &|seen| page(seen, 401)).await;

    let holds = |seen: &Seen, status, text: &str| {
        seen.status == status && !seen.is_html && seen.body.contains(text) && whole(seen)
    };
    let code = |code: &str| Answer::Fault {
        code: code.to_owned(),
        text: "A fault that was asked for".to_owned(),
    };
    is_none("fault", from(Answer::fault()), &|seen| holds(seen, 500, ">S:Server<")).await;
    is_none("fault=Client", from(code("Client")), &|seen| holds(seen, 500, ">S:Client<")).await;
    // SOAP-14.
    let script = from(Answer::fault()).with_status(200);
    is_none("status=200 ;fault", script, &|seen| holds(seen, 200, ">S:Server<")).await;
    let script = from(Answer::Usual).with_status(500);
    is_search("usual; status=500", script, &|seen| holds(seen, 500, "Provström")).await;

    let kod = |kod: &str| Answer::Undantag {
        kod: kod.to_owned(),
        beskrivning: "Ett fel som var beställt".to_owned(),
    };
    let undantag = |seen: &Seen, kod: &str| holds(seen, 200, &format!(":Kod>{kod}<"));
    is_search("undantag", from(Answer::undantag()), &|seen| undantag(seen, "GENERELLT_FEL")).await;
    is_search("undantag=NY_KOD", from(kod("NY_KOD")), &|seen| undantag(seen, "NY_KOD")).await;

    is_search("wrong-echo", from(Answer::WrongEcho), &|seen| {
        holds(seen, 200, "Provström")
            && strictly(&seen.body).personsokning_fraga == Some(crate::by_id("191212121212"))
    })
    .await;

    let script = from(Answer::fault()).cut(Cut::Truncate(Some(20))).after(Duration::from_millis(1));
    is_none("delay=1; fault; truncate=20", script, &|seen| {
        (seen.status, seen.body.len(), seen.end) == (500, 20, "torn")
    })
    .await;
}

#[tokio::test]
async fn an_answer_comes_no_earlier_than_its_delay() {
    let simulator = start().await;
    let delay = Duration::from_millis(120);
    let check = async |header: Option<&str>| {
        let start = Instant::now();
        let mut request = post(envelope("198001159949"));
        if let Some(script) = header {
            request.headers_mut().insert(Script::HEADER, script.parse().expect("a header value"));
        }
        assert_eq!(ask(&simulator, request).await.status, 200);
        assert!(start.elapsed() >= delay, "{header:?}");
    };
    check(Some("delay=120")).await;
    simulator.script(Script::from(Answer::Usual).after(delay));
    check(None).await;
}

#[tokio::test]
async fn a_header_uses_no_script_up() {
    let simulator = start().await;
    simulator.script(Answer::Status(503));
    let seen = see(&simulator, Some("undantag"), None).await.expect("an answer");
    assert_eq!(seen.status, 200);
    assert_eq!(see(&simulator, None, None).await.expect("an answer").status, 503);
}

#[tokio::test]
async fn what_is_no_script_is_told_by_its_rule() {
    let simulator = start().await;
    for (header, rule) in [
        ("MARKER", "not a directive"),
        ("page=MARKER", "not a directive"),
        ("delay", "not a directive"),
        ("delay=MARKER", "one to nine digits"),
        ("stall=-1", "one to nine digits"),
        ("truncate=1234567890", "one to nine digits"),
        ("reset=", "one to nine digits"),
        ("status=199", "from 200 to 599"),
        ("status=MARKER", "from 200 to 599"),
        ("fault; undantag", "one answer"),
        ("stall; reset", "one answer"),
        ("delay=1; delay=1", "one answer"),
        ("å", "not a directive"),
    ] {
        let seen = see(&simulator, Some(header), None).await.expect("an answer");
        assert_eq!(seen.status, 400, "{header}");
        assert!(seen.body.contains(rule) && !seen.body.contains("MARKER"), "{}", seen.body);
    }
    assert_eq!(simulator.searches(), 0);
}
