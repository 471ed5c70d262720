//! What is answered to requests that are not as they should be.

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use spar_simulator::Simulator;

use crate::client::{Connection, Reply, SOAP_ACTION, Setup, ask, envelope, post};

async fn start() -> Simulator {
    Simulator::builder().start().await.expect("a free port")
}

/// A request that differs from a right one.
async fn changed(simulator: &Simulator, change: impl FnOnce(&mut Request<Full<Bytes>>)) -> Reply {
    let mut request = post(envelope("198001159949"));
    change(&mut request);
    ask(simulator, request).await
}

fn set(request: &mut Request<Full<Bytes>>, name: &'static str, value: &str) {
    request.headers_mut().insert(name, value.parse().expect("a header value"));
}

#[tokio::test]
async fn only_posts_to_the_directory_are_for_the_service() {
    let simulator = start().await;
    for (method, path, status) in [
        (Method::POST, "/2023.1/", 200),
        (Method::POST, "/2023.1/?x", 200),
        (Method::POST, "/2023.1", 404),
        (Method::POST, "/2023.1/personsok", 404),
        // The request is one of 2023.1.
        (Method::POST, "/2021.1/", 500),
        (Method::POST, "/2019.1/", 404),
        (Method::POST, "/", 404),
        (Method::GET, "/2023.1/", 405),
        (Method::PUT, "/2023.1/", 405),
        (Method::GET, "/", 404),
    ] {
        let reply = changed(&simulator, |request| {
            *request.method_mut() = method.clone();
            *request.uri_mut() = path.parse().expect("a path");
        });
        assert_eq!(reply.await.status, status, "{method} {path}");
    }
    assert_eq!((simulator.requests(), simulator.searches()), (10, 2));
}

#[tokio::test]
async fn the_media_type_is_text_xml() {
    let simulator = start().await;
    for (content_type, status) in [
        ("text/xml", 200),
        ("TEXT/XML;charset=\"UTF-8\"", 200),
        ("text/xml; charset=utf-8; x=y", 200),
        ("text/xml; charset=iso-8859-1", 415),
        ("application/soap+xml; charset=utf-8", 415),
        ("application/xml", 415),
        ("text/xmlx", 415),
    ] {
        let reply = changed(&simulator, |request| set(request, "content-type", content_type)).await;
        assert_eq!(reply.status, status, "{content_type}");
        assert_eq!(reply.content_type.starts_with("text/html"), status != 200);
    }
    let reply = changed(&simulator, |request| {
        request.headers_mut().remove("content-type");
    });
    assert_eq!(reply.await.status, 415);
    let reply = changed(&simulator, |request| set(request, "content-encoding", "gzip")).await;
    assert_eq!(reply.status, 415);
}

#[tokio::test]
async fn the_action_is_that_of_the_wsdl_or_none() {
    // SOAP-21.
    let simulator = start().await;
    let check = async |action: Option<&str>, status: u16| {
        let reply = changed(&simulator, |request| match action {
            Some(action) => set(request, "soapaction", action),
            None => drop(request.headers_mut().remove("soapaction")),
        });
        assert_eq!(reply.await.status, status, "{action:?}");
    };
    check(Some(SOAP_ACTION), 200).await;
    check(Some(&format!("\"{SOAP_ACTION}\"")), 200).await;
    check(None, 200).await;
    check(Some(""), 200).await;
    check(Some("\"\""), 200).await;
    check(Some(&SOAP_ACTION.replace("Personsok\"", "PersonSok\"")), 200).await;
    check(Some(&SOAP_ACTION.replace("/Personsok", "/PersonSok")), 500).await;
    check(Some(&SOAP_ACTION.replace("2023.1", "2021.1")), 500).await;
}

#[tokio::test]
async fn a_large_body_is_not_read() {
    let simulator = start().await;
    let envelope = envelope("198001159949");
    let padded = |size: usize| envelope.clone() + &" ".repeat(size - envelope.len());
    assert_eq!(ask(&simulator, post(padded(64 * 1024))).await.status, 200);
    assert_eq!(ask(&simulator, post(padded(64 * 1024 + 1))).await.status, 413);
    assert_eq!(simulator.searches(), 1);
}

/// Checks that a body gets a fault that names a rule and no value.
async fn check_fault(simulator: &Simulator, body: String, code: &str, text: &str) {
    let reply = ask(simulator, post(body)).await;
    assert_eq!((reply.status, reply.content_type.as_str()), (500, "text/xml; charset=utf-8"));
    let (before, rest) = reply.body.split_once("<faultstring>").expect("a fault");
    assert!(before.ends_with(&format!("<faultcode>S:{code}</faultcode>")), "{before}");
    let (given, _) = rest.split_once("</faultstring>").expect("a text");
    assert!(given.contains(text), "{given}");
    assert!(!reply.body.contains("MARKER"));
}

#[tokio::test]
async fn what_breaks_the_schema_gets_a_fault() {
    let simulator = start().await;
    let right = envelope("198001159949");
    let check = async |from: &str, to: &str, code: &str, text: &str| {
        assert!(right.contains(from), "{from}");
        check_fault(&simulator, right.replacen(from, to, 1), code, text).await;
    };
    let pattern = "value does not match the pattern [1-9][0-9]{11}";
    check("198001159949", "000000000000", "Client", pattern).await;
    check("198001159949", "MARKER", "Client", pattern).await;
    check(">637<", ">0<", "Client", "value is below 1").await;
    check(">500243<", ">500000<", "Client", "value is below 500001").await;
    check("SPARPersonsokningFraga", "MARKER", "Client", "end tag does not match").await;
    check("<S:Body>", "<S:Body><x/>", "Client", "more than one element").await;
    check("http://schemas.xmlsoap.org/soap/envelope/", "urn:MARKER", "Client", "no SOAP").await;
    let soap_1_2 = "http://www.w3.org/2003/05/soap-envelope";
    check("http://schemas.xmlsoap.org/soap/envelope/", soap_1_2, "VersionMismatch", "1.2").await;
    let header = "<S:Header><x xmlns='urn:x' S:mustUnderstand='1'/></S:Header><S:Body>";
    check("<S:Body>", header, "MustUnderstand", "must be understood").await;
    check("personsok/2023.1", "personsok/2021.1", "Client", "expected root").await;
    check("<S:Envelope", "<!DOCTYPE x><S:Envelope", "Client", "DOCTYPE").await;
    check_fault(&simulator, String::new(), "Client", "empty document").await;
    check_fault(&simulator, right[..right.len() - 9].to_owned(), "Client", "too early").await;
    let fault = spar_soap::envelope::fault("Client", "x");
    check_fault(&simulator, fault, "Client", "the request is a fault").await;
    assert_eq!(simulator.searches(), 0);
}

#[tokio::test]
async fn an_undantag_of_the_search_is_an_ordinary_answer() {
    let simulator = start().await;
    let options = spar_types::xml::WriteOptions::default();
    let request = spar_soap::envelope::wrap(&crate::request(crate::by_name("a*")), &options);
    let reply = ask(&simulator, post(request.expect("by the schema"))).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("OGILTIG_INPARAMETER"));
    assert_eq!(simulator.searches(), 1);
}

#[tokio::test]
async fn debug_counts_and_shows_nobody() {
    let simulator = start().await;
    let mut connection =
        Connection::open(simulator.address(), Setup::new(&simulator)).await.expect("a handshake");
    connection.send(post(envelope("198001159949"))).await.expect("an answer");
    let debug = format!("{simulator:?}");
    assert!(debug.contains("searches: 1, requests: 1, connections: 1"), "{debug}");
    assert!(!debug.contains("19800115"));
}
