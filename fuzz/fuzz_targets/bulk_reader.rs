//! A file in pieces is the whole file: the same records, the same departures, the same end.

#![no_main]

use std::io::{self, Cursor, Read};

use libfuzzer_sys::fuzz_target;
use spar_files::{OnError, Options, Reader};
use spar_types::avisering::newest::AviseringPost;

/// Gives so many bytes at a time.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    sizes: Vec<u8>,
    nth: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.get(self.nth % self.sizes.len().max(1)).copied().unwrap_or(255);
        self.nth += 1;
        let size = buffer.len().min(usize::from(size) + 1);
        self.bytes.read(&mut buffer[..size])
    }
}

/// All that is told of a file.
fn told(file: impl Read + Send + 'static, threads: usize) -> Vec<String> {
    let mut options = Options::default();
    options.on_error = OnError::Collect;
    options.threads = threads;
    let reader = match Reader::from_stream(file, options) {
        Ok(reader) => reader,
        Err(error) => return vec![format!("{error:?}")],
    };
    let mut told = vec![format!("{:?}", reader.head())];
    let Ok(records) = reader.into_records::<AviseringPost>() else { return told };
    told.extend(records.map(|record| match record {
        Ok(record) => format!("{} {:?}", record.offset, record.deviations),
        Err(error) => format!("{error:?}"),
    }));
    told
}

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (sizes, content) = input;
    let stem = "http://statenspersonadressregister.se/schema";
    let mut bytes = format!(
        "<a:SPARAvisering xmlns:a='{stem}/avisering/2023.1/avisering' \
         xmlns='{stem}/komponent/person/aviseringpost-1.3'><AviseringPoster>"
    )
    .into_bytes();
    bytes.extend(content);
    bytes.extend(b"</AviseringPoster></a:SPARAvisering>");
    let whole = told(Cursor::new(bytes.clone()), 1);
    let pieces = Pieces { bytes: Cursor::new(bytes.clone()), sizes, nth: 0 };
    assert_eq!(told(pieces, 1), whole);
    assert_eq!(told(Cursor::new(bytes), 2), whole);
});
