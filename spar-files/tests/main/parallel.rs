//! Several threads: the same records in the same order, and a clean end.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use spar_files::{Options, Reader};
use spar_types::avisering::v2023_1::AviseringPost;

use crate::support::{avisering, gzip, read};

fn threads(threads: usize) -> Options {
    let mut options = Options::default();
    options.threads = threads;
    options
}

#[test]
fn order_is_kept() {
    let document = gzip(&avisering(5_000));
    let expected = read(&document, Options::default()).0;
    assert_eq!(expected.len(), 5_000);
    for count in [2, 3, 8] {
        assert_eq!(read(&document, threads(count)).0, expected, "{count}");
    }
}

/// A file that never ends, and how much of it was read.
struct Endless {
    head: Cursor<Vec<u8>>,
    record: Vec<u8>,
    place: usize,
    read: Arc<AtomicU64>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.head.read(buffer)? {
            0 => {
                let mut rest = &self.record[self.place..];
                let count = rest.read(buffer)?;
                self.place = (self.place + count) % self.record.len();
                count
            }
            count => count,
        };
        self.read.fetch_add(count as u64, Ordering::SeqCst);
        Ok(count)
    }
}

fn endless() -> (Endless, Arc<AtomicU64>) {
    let text = String::from_utf8(avisering(1)).unwrap();
    let start = text.find("AviseringPost>").unwrap();
    let start = text[..start].rfind('<').unwrap();
    let end = text.rfind("AviseringPost>").unwrap() + "AviseringPost>".len();
    let read = Arc::new(AtomicU64::new(0));
    let file = Endless {
        head: Cursor::new(text[..start].into()),
        record: text[start..end].into(),
        place: 0,
        read: Arc::clone(&read),
    };
    (file, read)
}

#[test]
fn dropping_the_records_ends_the_threads() {
    let (file, read) = endless();
    let reader = Reader::from_stream(file, threads(4)).unwrap();
    let mut records = reader.into_records::<AviseringPost>().unwrap();
    assert!(records.by_ref().take(1_000).all(|record| record.is_ok()));
    drop(records);
    // The threads are waited for: nothing is read any more.
    let before = read.load(Ordering::SeqCst);
    std::thread::yield_now();
    assert_eq!(read.load(Ordering::SeqCst), before);
}

#[test]
fn nobody_runs_ahead_of_the_reader() {
    // The queue is bounded: while nobody takes records, only so much is read.
    let (file, read) = endless();
    let reader = Reader::from_stream(file, threads(2)).unwrap();
    let mut records = reader.into_records::<AviseringPost>().unwrap();
    let mut taken = 0;
    for _ in 0..20_000 {
        records.next().unwrap().unwrap();
        taken += 1;
    }
    let bytes_of_record = 300;
    let ahead = read.load(Ordering::SeqCst).saturating_sub(taken * bytes_of_record);
    assert!(ahead < 16 * 1024 * 1024, "{ahead} bytes ahead");
}

#[test]
fn an_error_of_the_source_comes_in_its_place() {
    struct Failing(Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("the cable")),
                count => Ok(count),
            }
        }
    }
    let document = avisering(2_000);
    for count in [1, 4] {
        let half = document[..document.len() / 2].to_vec();
        let reader = Reader::from_stream(Failing(Cursor::new(half)), threads(count)).unwrap();
        let found: Vec<_> = reader.into_records::<AviseringPost>().unwrap().collect();
        let (last, others) = found.split_last().unwrap();
        assert!(others.len() > 900 && others.iter().all(Result::is_ok));
        let kind = spar_files::ErrorKind::Io(io::ErrorKind::Other);
        assert_eq!(*last.as_ref().unwrap_err().kind(), kind);
    }
}
