//! DL-13: damaged records, and what each policy makes of them.

use std::io::Cursor;

use spar_files::{ErrorKind, OnError, Options, Reader};
use spar_types::avisering::v2023_1::AviseringPost;

use crate::support::avisering;

const RECORDS: u64 = 600;

/// A file in which these records lack what no record can do without.
fn damaged(numbers: &[usize]) -> String {
    let text = String::from_utf8(avisering(RECORDS)).unwrap();
    let mut parts: Vec<String> =
        text.split_inclusive("AviseringPost>").map(str::to_owned).collect();
    // The opening and the closing tag of a record end a part each.
    for number in numbers {
        let part = &mut parts[2 * number - 1];
        *part = part.replace("PersonId", "Annat");
    }
    parts.concat()
}

/// Numbers of the records that came, the errors with theirs, and how many were damaged and listed.
fn run(
    text: &str,
    on_error: OnError,
    threads: usize,
) -> (Vec<u64>, Vec<(u64, ErrorKind)>, [u64; 2]) {
    let mut options = Options::default();
    options.on_error = on_error;
    options.threads = threads;
    let reader = Reader::from_file(Cursor::new(text.as_bytes().to_vec()), options).unwrap();
    let mut records = reader.into_records::<AviseringPost>().unwrap();
    let (mut delivered, mut errors) = (Vec::new(), Vec::new());
    for record in &mut records {
        match record {
            Ok(record) => delivered.push(record.number),
            Err(error) => {
                assert!(error.offset().is_some());
                errors.push((error.record().unwrap(), error.kind().clone()));
            }
        }
    }
    let summary = records.summary();
    assert_eq!(summary.records, delivered.len() as u64);
    (delivered, errors, [summary.damaged, summary.errors.len() as u64])
}

fn missing() -> ErrorKind {
    ErrorKind::Record(spar_types::Rule::MissingElement("PersonId"))
}

#[test]
fn each_policy_does_what_it_says() {
    // DL-13, on one thread and several.
    let text = damaged(&[7, 300, 301, 600]);
    for threads in [1, 4] {
        let (delivered, errors, counts) = run(&text, OnError::Stop, threads);
        assert_eq!(delivered, (1..7).collect::<Vec<_>>());
        assert_eq!((errors, counts), (vec![(7, missing())], [1, 0]));

        let others: Vec<_> = (1..=600).filter(|n| ![7, 300, 301, 600].contains(n)).collect();
        let (delivered, errors, counts) = run(&text, OnError::Skip, threads);
        assert_eq!((delivered, errors.len(), counts), (others.clone(), 0, [4, 4]));

        let (delivered, errors, counts) = run(&text, OnError::Collect, threads);
        assert_eq!((delivered, counts), (others, [4, 0]));
        let numbers: Vec<_> = errors.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [7, 300, 301, 600]);
    }
}

#[test]
fn a_file_that_ends_early_is_never_passed_over() {
    // DL-13, XML-15: whatever the policy and wherever it ends.
    let text = damaged(&[7]);
    for threads in [1, 4] {
        for (nth, end) in (1..40).map(|nth| (nth, text.len() * nth / 40)) {
            let end = (end..).find(|end| text.is_char_boundary(*end)).unwrap();
            for on_error in [OnError::Skip, OnError::Collect] {
                let mut options = Options::default();
                options.on_error = on_error;
                options.threads = threads;
                let bytes = text.as_bytes()[..end].to_vec();
                let reader = Reader::from_file(Cursor::new(bytes), options);
                let Ok(reader) = reader else {
                    assert!(nth < 3);
                    continue;
                };
                let mut records = reader.into_records::<AviseringPost>().unwrap();
                let mut last = None;
                for record in &mut records {
                    last = Some(record);
                }
                let error = last.unwrap().unwrap_err();
                let expected = ErrorKind::Xml(spar_types::ErrorKind::Truncated);
                assert_eq!(*error.kind(), expected, "{end}");
                assert!(!records.summary().is_complete);
            }
        }
    }
}

#[test]
fn the_first_error_is_told_whatever_the_threads_do() {
    // XML that is damaged later must not hide what comes before, nor be hidden by it.
    let text = damaged(&[250]);
    let place = text.match_indices("AviseringPost>").nth(2 * 400).unwrap().0;
    let broken = format!("{}<&{}", &text[..place - 5], &text[place..]);
    let expected = run(&broken, OnError::Collect, 1);
    assert_eq!(expected.1.len(), 2);
    assert_eq!(expected.1[0], (250, missing()));
    assert!(matches!(expected.1[1].1, ErrorKind::Xml(_)));
    for threads in [2, 3, 8] {
        for _ in 0..5 {
            assert_eq!(run(&broken, OnError::Collect, threads), expected);
        }
    }
}
