//! Answers that were set beforehand.

use spar_simulator::{Answer, Simulator};

use crate::client::{ask, envelope, post};
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
