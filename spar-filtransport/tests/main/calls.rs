//! FT-01, FT-02, FT-07, DL-12, DL-20, HTTP-11, HTTP-14 to HTTP-16, HTTP-32: calls and their answers.

use std::error::Error as _;

use spar_filtransport::models::{Felkod, Filstatus, Infilstatus};
use spar_filtransport::{Error, ErrorKind, Sent};

use crate::peer::{Act, Spar, filnamn, status};

const MARKER: &str = "MARKER-19121212";

fn texts(error: &Error) -> String {
    let mut texts = format!("{error} {error:?} {error:#?}");
    let mut next = error.source();
    while let Some(source) = next {
        texts.push_str(&source.to_string());
        next = source.source();
    }
    texts
}

#[tokio::test]
async fn each_operation_is_called_as_the_interface_says() {
    let spar = Spar::with_file(1);
    let client = spar.client();
    client.lista_utfiler(None).await.expect("list");
    client.lista_utfiler(Some(&Filstatus::Ny)).await.expect("list");
    spar.next([status(200, r#"{"utfil":{"filnamn":"a"}}"#)]);
    client.visa_information_utfil(&filnamn()).await.expect("information");
    spar.next([status(200, r#"{"infil":{"filstatus":"validerad"}}"#)]);
    let answer = client.visa_information_infil(&filnamn()).await.expect("information");
    assert_eq!(answer.infil.filstatus, Some(Infilstatus::Validerad));
    spar.next([status(200, r#"{"schemaversion":"2023.1","uuid":"u-3"}"#)]);
    let answer = client.visa_schemaversion(949).await.expect("version");
    assert_eq!((&*answer.schemaversion, answer.uuid.as_deref()), ("2023.1", Some("u-3")));
    let name = filnamn();
    assert_eq!(
        spar.seen(),
        [
            "GET /v3/utfil".to_owned(),
            "GET /v3/utfil?filstatus=NY".to_owned(),
            format!("GET /v3/utfil/{name}"),
            format!("GET /v3/infil/{name}"),
            "GET /v3/uppdrag/949".to_owned(),
        ]
    );
}

// FT-01: without names no call, and nothing is sent.
#[tokio::test]
async fn what_is_not_known_is_not_called() {
    let spar = Spar::default();
    let client = spar.builder().build();
    let error = client.visa_schemaversion(949).await.expect_err("no names");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::NotConfigured, Sent::No));
    assert!(texts(&error).contains("visaSchemaversion.method"), "{}", texts(&error));
    assert!(spar.seen().is_empty());
}

// DL-12, DL-20: lenient about what is not known, strict about what is needed.
#[tokio::test]
async fn lists_are_read_leniently() {
    let deep = format!(r#"{{"utfiler":[],"x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let huge =
        (0..100_000).map(|n| format!(r#"{{"filnamn":"f{n}"}}"#)).collect::<Vec<_>>().join(",");
    let huge = format!(r#"{{"utfiler":[{huge}]}}"#);
    let rows: [(&str, Option<usize>); 12] = [
        (r#"{"utfiler":[]}"#, Some(0)),
        (r#"{"utfiler":[{}],"uuid":null,"nytt":{"a":[1]}}"#, Some(1)),
        (r#"{"utfiler":[{"filnamn":null,"filstatus":null}]}"#, Some(1)),
        (r#"{"utfiler":[{"filnamn":"a","storlek":12}]}"#, Some(1)),
        (&huge, Some(100_000)),
        (r#"{"utfiler":[{"filnamn":"a","filnamn":"b"}]}"#, None),
        (r#"{"uuid":"u"}"#, None),
        (r#"{"utfiler":null}"#, None),
        (r#"{"utfiler":[{"filnamn":7}]}"#, None),
        (&deep, None),
        (r#"{"utfiler":["#, None),
        ("", None),
    ];
    for (body, count) in rows {
        let spar = Spar::default();
        spar.next([status(200, body)]);
        let answer = spar.client().lista_utfiler(None).await;
        match count {
            Some(count) => assert_eq!(answer.expect("list").utfiler.len(), count),
            None => {
                let error = answer.expect_err("no list");
                assert_eq!((error.kind(), error.sent()), (ErrorKind::UnexpectedAnswer, Sent::Yes));
            }
        }
    }

    let spar = Spar::default();
    let body = format!(
        r#"{{"utfiler":[{{"filstatus":"NY"}},{{"filstatus":"HAMTAD"}},{{"filstatus":"HÄMTAD"}},
        {{"filstatus":"hämtad"}},{{"filstatus":"BORTA"}},{{"okand":"{MARKER}"}}]}}"#
    );
    spar.next([status(200, &body)]);
    let list = spar.client().lista_utfiler(None).await.expect("list");
    let found: Vec<_> = list.utfiler.iter().map(|utfil| utfil.filstatus.clone()).collect();
    let hamtad = Some(Filstatus::Hamtad);
    assert_eq!(found[..4], [Some(Filstatus::Ny), hamtad.clone(), hamtad.clone(), hamtad]);
    assert_eq!(found[4], Some(Filstatus::Unknown("BORTA".to_owned())));
    assert!(!format!("{list:?}").contains(MARKER));
    assert_eq!(list.utfiler[5].other.0["okand"], MARKER);
}

// FT-02, FT-07, HTTP-12: what SPAR says of a failure, in whatever form.
#[tokio::test]
async fn failures_are_told_apart() {
    use ErrorKind::{NotFound, Permission, Refused, Status, Unavailable};
    let rows = [
        (400, r#"{"felkod":"Client.OgiltigInParameter","uuid":"u-4"}"#, Refused, true),
        (405, r#"{"felkod":"Client.HTTPfel"}"#, Refused, true),
        (400, r#"{"felkod":"Client.EjUppdrag"}"#, Permission, true),
        (400, r#"{"felkod":"Client.Annat"}"#, Refused, true),
        (400, r#"{"fel":{"kod":["Client.EjUppdrag"]}}"#, Permission, true),
        (500, r#"{"felkod":"Server.Fel"}"#, Unavailable, true),
        (400, r#"{"felkod":null,"text":"Client.MARKER-19121212 x"}"#, Status(400), false),
        (400, "MARKER-19121212", Status(400), false),
        (401, "", Permission, false),
        (403, "<html>MARKER-19121212</html>", Permission, false),
        (404, "", NotFound, false),
        (410, "", NotFound, false),
        (418, "[]", Status(418), false),
    ];
    for (code, body, kind, has_felkod) in rows {
        let spar = Spar::default();
        spar.next([status(code, body)]);
        let error = spar.client().visa_information_utfil(&filnamn()).await.expect_err("failure");
        assert_eq!((error.kind(), error.sent(), error.attempts()), (kind, Sent::Yes, 1), "{body}");
        assert_eq!((error.status(), error.felkod().is_some()), (Some(code), has_felkod), "{body}");
        assert!(!texts(&error).contains("MARKER"), "{}", texts(&error));
        assert_eq!(error.uuid().is_some(), body.contains("u-4"));
    }
    let unknown = Felkod::from("Client.Annat".to_owned());
    assert_eq!(unknown, Felkod::Unknown("Client.Annat".to_owned()));
}

// HTTP-11, HTTP-32: a page for people instead of an answer.
#[tokio::test]
async fn pages_for_people_mean_that_the_service_is_closed() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 9\r\n\r\nunderhall";
    for _ in 0..2 {
        let spar = Spar::with_file(1);
        spar.next([Act::Say(page.to_owned()), Act::Say(page.to_owned())]);
        let error = spar.client().lista_utfiler(None).await.expect_err("page");
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.hint().is_some_and(|hint| hint.contains("closed for service")));
        let error = spar.client().hamta_utfil(&filnamn(), None).await.expect_err("page");
        assert_eq!(error.kind(), ErrorKind::Unavailable);
    }
}

// HTTP-14, HTTP-15: passing failures of reads are repeated, and no others.
#[tokio::test(start_paused = true)]
async fn reads_are_repeated_if_that_may_help() {
    let rows: [(Act, bool); 9] = [
        (status(429, ""), true),
        (status(502, ""), true),
        (status(503, ""), true),
        (status(504, ""), true),
        (Act::HangUp, true),
        (Act::CutAfter(3), true),
        (status(500, ""), false),
        (status(400, ""), false),
        (status(200, "not JSON"), false),
    ];
    for (number, (act, again)) in rows.into_iter().enumerate() {
        let spar = Spar::default();
        spar.next([act.clone(), act.clone()]);
        let answer = spar.client().lista_utfiler(None).await;
        assert_eq!(answer.is_ok(), again, "row {number}");
        assert_eq!(spar.seen().len(), if again { 3 } else { 1 }, "row {number}");

        spar.next([act.clone(), act.clone(), act]);
        let error = spar.client().lista_utfiler(None).await.expect_err("all fail");
        assert_eq!(error.attempts(), if again { 3 } else { 1 }, "row {number}");
    }
}

// HTTP-14: SPAR's wish to wait is obeyed.
#[tokio::test(start_paused = true)]
async fn spar_says_how_long_to_wait() {
    let spar = Spar::default();
    let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n";
    spar.next([Act::Say(busy.to_owned())]);
    let begun = tokio::time::Instant::now();
    spar.client().lista_utfiler(None).await.expect("list");
    assert_eq!(begun.elapsed().as_secs(), 20);
}

// HTTP-16: a thousand calls to a service in trouble make few more requests than themselves.
#[tokio::test(start_paused = true)]
async fn a_service_in_trouble_is_not_flooded() {
    let spar = Spar::default();
    spar.next((0..3000).map(|_| status(503, "")));
    let client = spar.client();
    for _ in 0..1000 {
        assert!(client.clone().lista_utfiler(None).await.is_err());
    }
    assert_eq!(spar.seen().len(), 1000 + 20);
}
