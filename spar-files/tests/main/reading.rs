//! What is read of files, whole and in parts.

use std::io::Cursor;

use spar_files::{Error, ErrorKind, Form, Format, Options, Reader, Version};
use spar_types::avisering::v2023_1::AviseringPost;
use spar_types::urval::v2023_1::NamnAdressUppgift;

use crate::support::{Shown, Trickle, avisering, gzip, number, read};

fn open(text: &str) -> Result<Reader, Error> {
    Reader::from_file(Cursor::new(text.as_bytes().to_vec()), Options::default())
}

#[test]
fn the_beginning_tells_what_the_file_is() {
    // FILE-10.
    let text = String::from_utf8(avisering(2)).unwrap();
    let reader = open(&text).unwrap();
    let head = reader.head();
    assert_eq!((head.format, head.version), (Format::Avisering, Version::V2023_1));
    assert_eq!(head.form, Form::Identified);
    assert!(head.deviations.is_empty(), "{:?}", head.deviations);
    let block = head.identifieringsinformation.as_ref().unwrap();
    let sender = block.medieleverantor.as_ref().unwrap();
    assert_eq!(sender.kund_nr.as_ref().unwrap().value(), Some(102_021_006_700));
    let origin = block.filinformation.as_ref().unwrap();
    assert_eq!(origin.sekvensnummer.as_ref().unwrap().value(), Some(17));

    // Older spellings, and blocks that are nil (XML-38).
    let older =
        text.replace("UppdragId", "UppdragsId").replace("ResultatfilSkapad", "ResultatFilSkapad");
    let reader = open(&older).unwrap();
    let block = reader.head().identifieringsinformation.as_ref().unwrap();
    let origin = block.filinformation.as_ref().unwrap();
    assert_eq!(origin.uppdrag_id.as_ref().unwrap().value(), Some(950));
    // FILE-11: as sent, in no zone.
    let skapad = origin.resultatfil_skapad.as_ref().unwrap();
    assert_eq!(skapad.to_string_unredacted(), "2026-09-01T06:30:00.000");
}

#[test]
fn a_file_without_records_is_an_ordinary_one() {
    // FILE-08.
    let text = String::from_utf8(avisering(0)).unwrap();
    let list = text.rfind("AviseringPoster>").unwrap();
    let start = text[..list].rfind("</").unwrap();
    let prefix = &text[start + 2..list];
    let closed = format!("<{prefix}AviseringPoster></{prefix}AviseringPoster>");
    assert!(text.contains(&closed));
    let short = text.replace(&closed, &format!("<{prefix}AviseringPoster/>"));
    for text in [&text, &short] {
        let mut records = open(text).unwrap().into_records::<AviseringPost>().unwrap();
        assert!(records.next().is_none());
        assert!(records.summary().is_complete);
        assert_eq!(records.summary().bytes, text.len() as u64);
    }
}

#[test]
fn other_files_say_so() {
    // FILE-20, ZIP-21.
    let check = |text: &str, expected: ErrorKind| {
        assert_eq!(*open(text).map(|_| ()).unwrap_err().kind(), expected, "{text}");
    };
    let stem = "http://statenspersonadressregister.se/schema/";
    check(
        "<n:SPARAvisering xmlns:n='http://skatteverket.se/spar/instans/1.0'><n:AviseringsPoster/></n:SPARAvisering>",
        ErrorKind::UnsupportedVersion,
    );
    check(
        &format!("<SPARAvisering xmlns='{stem}avisering/2019.1/avisering'/>"),
        ErrorKind::UnsupportedVersion,
    );
    check(&format!("<x xmlns='{stem}x'><AviseringsPoster/></x>"), ErrorKind::UnsupportedVersion);
    check("<a/>", ErrorKind::UnknownFormat);
    check(&format!("<a xmlns='{stem}a'><b/></a>"), ErrorKind::UnknownFormat);
    check("<!DOCTYPE a><a/>", ErrorKind::Xml(spar_types::ErrorKind::DtdForbidden));
    let reader = open(&String::from_utf8(avisering(1)).unwrap()).unwrap();
    let error = reader.into_records::<NamnAdressUppgift>().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OtherFormat(Format::Avisering));
}

#[test]
fn roots_and_namespaces_that_were_guessed_wrong_do_no_harm() {
    // FILE-03, XML-33.
    let text = String::from_utf8(avisering(2)).unwrap();
    let other = text
        .replace("SPARAvisering", "SPARNagotAnnat")
        .replace("schema/avisering/2023.1/avisering", "schema/fil/2023.1/fil")
        .replace("person-1.3", "person-1.9");
    let reader = open(&other).unwrap();
    assert_eq!(
        (reader.head().format, reader.head().version),
        (Format::Avisering, Version::V2023_1)
    );
    let records: Vec<_> =
        reader.into_records::<AviseringPost>().unwrap().map(Result::unwrap).collect();
    assert_eq!(records.len(), 2);
    assert!(!records[0].deviations.is_empty());
}

#[test]
fn pieces_do_not_matter() {
    // XML-30: any size of piece, packed or not.
    let document = avisering(40);
    let expected = read(&document, Options::default()).0;
    assert_eq!(expected, (0..40).map(number).collect::<Vec<_>>());
    for bytes in [document.clone(), gzip(&document)] {
        for step in [1, 2, 3, 7, 64, 1_000] {
            let bytes = Cursor::new(bytes.clone());
            let reader = Reader::from_stream(Trickle { bytes, step }, Options::default()).unwrap();
            let records = reader.into_records::<AviseringPost>().unwrap();
            let found: Vec<_> = records
                .map(|record| record.unwrap().value.person_id.id_nummer.to_string_unredacted())
                .collect();
            assert_eq!(found, expected, "{step}");
        }
    }
}

#[test]
fn reading_can_start_behind_any_record() {
    let document = avisering(300);
    let all = read(&document, Options::default()).0;
    for start_after in [0, 1, 17, 255, 256, 257, 299, 300, 1_000] {
        for threads in [1, 3] {
            let mut options = Options::default();
            options.start_after = start_after;
            options.threads = threads;
            let reader = Reader::from_file(Cursor::new(document.clone()), options).unwrap();
            let mut records = reader.into_records::<AviseringPost>().unwrap();
            let first = records.next().map(|record| record.unwrap().number);
            assert_eq!(first, (start_after < 300).then_some(start_after + 1));
            let rest = records.by_ref().count() as u64 + u64::from(first.is_some());
            assert_eq!(rest, 300_u64.saturating_sub(start_after));
            assert_eq!(records.summary().passed_over, start_after.min(300));
        }
    }
    assert_eq!(all.len(), 300);
}

#[test]
fn errors_and_debug_show_no_value() {
    // PII-02.
    let reader = open(&String::from_utf8(avisering(1)).unwrap()).unwrap();
    let shown = format!("{reader:?}");
    assert!(!shown.contains("MARKER") && !shown.contains(&number(0)), "{shown}");
    let mut records = reader.into_records::<AviseringPost>().unwrap();
    let record = records.next().unwrap().unwrap();
    let shown = format!("{record:?} {records:?}");
    assert!(!shown.contains(&number(0)) && !shown.contains("berg"), "{shown}");
}
