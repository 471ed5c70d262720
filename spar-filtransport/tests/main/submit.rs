//! FT-03, FT-05, FT-10, HTTP-25, HTTP-27 to HTTP-31: handing in a file.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use spar_filtransport::models::Infilstatus;
use spar_filtransport::{ErrorKind, Infil, MAX_INFIL_BYTES, Sent};
use tempfile::TempDir;

use crate::peer::{Act, Spar, content, status};

fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("file");
    (folder, path)
}

/// The parts of a multipart body as another library reads them: name, file name, type, bytes.
async fn parts(head: &str, body: Vec<u8>) -> Vec<(String, String, String, Vec<u8>)> {
    let content_type = head.lines().find_map(|line| line.strip_prefix("content-type: "));
    let boundary = multer::parse_boundary(content_type.expect("type")).expect("boundary");
    let body = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut multipart = multer::Multipart::new(body, boundary);
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.expect("part") {
        parts.push((
            field.name().expect("name").to_owned(),
            field.file_name().expect("file name").to_owned(),
            field.content_type().expect("type").to_string(),
            field.bytes().await.expect("bytes").to_vec(),
        ));
    }
    parts
}

// FT-10, HTTP-29: what arrives is the file, whatever is in it; by a second parser.
#[tokio::test]
async fn what_is_handed_in_arrives_whole() {
    let tricky = b"PK\x03\x04--spar-\r\n--\r\nContent-Disposition: form-data\r\n\r\n\0".to_vec();
    let rows = [
        ("a.zip", tricky, "application/zip"),
        ("b.xml", b"<?xml version=\"1.0\"?><a/>".to_vec(), "application/xml"),
        ("c.csv", b"191212121212,".to_vec(), "text/csv"),
        ("d", content("d", 3_000_000, ""), "application/octet-stream"),
    ];
    for (name, bytes, media_type) in rows {
        let (_folder, path) = file(name, &bytes);
        let infil = Infil::open(&path).expect("file");
        assert_eq!((infil.filnamn().as_str(), infil.bytes()), (name, bytes.len() as u64));
        let spar = Spar::default();
        let answer = spar.client().lamna_infil(500243, 950, &infil).await.expect("answer");
        assert_eq!(answer.uuid.as_deref(), Some("u-2"));
        assert_eq!(spar.seen(), ["POST /v3/infil/950?kundnr=500243"]);
        let (head, body) = spar.state().received.pop().expect("received");
        assert!(head.contains("expect: 100-continue") && !head.contains("content-length"));
        let expected = ("fil".to_owned(), name.to_owned(), media_type.to_owned(), bytes);
        assert_eq!(parts(&head, body).await, [expected]);
    }
}

// FT-03, FT-10, HTTP-30: what SPAR would not take is not sent.
#[tokio::test]
async fn what_spar_does_not_take_is_refused_here() {
    let open = |name: &str, len: u64| {
        let (_folder, path) = file(name, b"");
        fs::File::options().write(true).open(&path).expect("file").set_len(len).expect("size");
        Infil::open(&path).map_err(|error| (error.kind(), error.sent()))
    };
    assert!(open("a.zip", MAX_INFIL_BYTES).is_ok());
    assert!(open("a.zip", 1).is_ok());
    for (name, len, kind) in [
        ("a.zip", MAX_INFIL_BYTES + 1, ErrorKind::TooLarge),
        ("a.zip", 0, ErrorKind::Empty),
        ("å.zip", 1, ErrorKind::InvalidFilnamn),
        ("a b.zip", 1, ErrorKind::InvalidFilnamn),
    ] {
        assert_eq!(open(name, len).expect_err(name), (kind, Sent::No), "{name} {len}");
    }
    let folder = tempfile::tempdir().expect("folder");
    let error = Infil::open(folder.path().join("missing.zip")).expect_err("missing");
    assert_eq!(error.kind(), ErrorKind::Storage);
    fs::create_dir(folder.path().join("folder.zip")).expect("folder");
    let error = Infil::open(folder.path().join("folder.zip")).expect_err("folder");
    assert_eq!(error.kind(), ErrorKind::Storage);
}

// HTTP-27: nothing that may have arrived is sent again, whatever went wrong.
#[tokio::test(start_paused = true)]
async fn a_file_is_handed_in_once() {
    let (_folder, path) = file("a.zip", &content("a", 100_000, ""));
    let infil = Infil::open(&path).expect("file");
    let rows = [
        (Act::HangUp, Sent::Unknown),
        (Act::CutAfter(3), Sent::Yes),
        (status(429, ""), Sent::Yes),
        (status(503, ""), Sent::Yes),
        (status(400, r#"{"felkod":"Client.EjUppdrag"}"#), Sent::Yes),
        (status(200, "not JSON"), Sent::Yes),
    ];
    for (number, (act, sent)) in rows.into_iter().enumerate() {
        let spar = Spar::default();
        spar.next([act]);
        let error = spar.client().lamna_infil(500243, 950, &infil).await.expect_err("failed");
        assert_eq!((error.sent(), error.attempts()), (sent, 1), "row {number}");
        assert_eq!(spar.state().received.len(), 1, "row {number}");
        if sent == Sent::Unknown {
            assert!(error.hint().is_some_and(|hint| hint.contains("status of the in-files")));
        }
    }
    let spar = Spar::default();
    spar.next([Act::Say("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n".to_owned())]);
    spar.client().lamna_infil(500243, 950, &infil).await.expect("an answer without a word");
}

// A file that changes under our hands is not handed in as if nothing had happened.
#[tokio::test]
async fn a_file_that_changes_is_not_handed_in() {
    for bytes in [50_000, 150_000] {
        let (_folder, path) = file("a.zip", &content("a", 100_000, ""));
        let infil = Infil::open(&path).expect("file");
        fs::write(&path, content("a", bytes, "")).expect("changed");
        let spar = Spar::default();
        let error = spar.client().lamna_infil(500243, 950, &infil).await.expect_err("changed");
        let source = ErrorKind::Transport(spar_filtransport::transport::ErrorKind::Source);
        assert_eq!(error.kind(), source, "{bytes}");
        assert!(spar.state().received.is_empty(), "{bytes}");
    }
}

// FT-05: until SPAR has looked at it; what it then says is an answer, known or not.
#[tokio::test(start_paused = true)]
async fn one_waits_until_spar_has_looked() {
    let rows = [
        ("validerad", Some(Infilstatus::Validerad)),
        ("inkorrekt", Some(Infilstatus::Inkorrekt)),
        ("SPARRAD", Some(Infilstatus::Unknown("SPARRAD".to_owned()))),
    ];
    for (word, expected) in rows {
        let spar = Spar::default();
        let received = status(200, r#"{"infil":{"filstatus":"mottagen"}}"#);
        spar.next(vec![received; 5]);
        spar.next([status(200, &format!(r#"{{"infil":{{"filstatus":"{word}"}}}}"#))]);
        let begun = tokio::time::Instant::now();
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(10));
        let name = "a.zip".parse().expect("name");
        let answer = spar.client().wait_for_infil(&name, first, longest).await.expect("answer");
        assert_eq!(answer.infil.filstatus, expected);
        assert_eq!(begun.elapsed().as_secs(), 1 + 2 + 4 + 8 + 10 + 10);
    }

    let spar = Spar::default();
    spar.next((0..100).map(|_| status(200, r#"{"infil":{"filstatus":"mottagen"}}"#)));
    let (client, name) = (spar.client(), "a.zip".parse().expect("name"));
    let waiting = client.wait_for_infil(&name, Duration::from_secs(1), Duration::from_secs(1));
    assert!(tokio::time::timeout(Duration::from_secs(30), waiting).await.is_err());
    assert_eq!(spar.seen().len(), 29);
}
