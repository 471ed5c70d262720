//! The n-th read fails, for every n; memory stays flat.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use spar_files::{ErrorKind, Options, Reader};
use spar_types::avisering::v2023_1::AviseringPost;

use crate::support::{Entry, avisering, gzip, zip};

/// Fails at the n-th operation.
struct Failing {
    file: Cursor<Vec<u8>>,
    left: u32,
}

impl Failing {
    fn count(&mut self) -> io::Result<()> {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(io::Error::new(io::ErrorKind::StorageFull, "no room")),
        }
    }
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.count()?;
        let count = buffer.len().min(500);
        self.file.read(&mut buffer[..count])
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.count()?;
        self.file.seek(to)
    }
}

#[test]
fn every_operation_may_fail() {
    let document = avisering(20);
    let files = [document.clone(), gzip(&document), zip(&[Entry::new("a.xml", &document)])];
    for bytes in files {
        for threads in [1, 2] {
            let mut is_whole = false;
            for left in 0..10_000 {
                let mut options = Options::default();
                options.threads = threads;
                let file = Failing { file: Cursor::new(bytes.clone()), left };
                let error = match Reader::from_file(file, options) {
                    Err(error) => Some(error),
                    Ok(reader) => {
                        let mut records = reader.into_records::<AviseringPost>().unwrap();
                        records.by_ref().find_map(Result::err)
                    }
                };
                match error {
                    None => {
                        is_whole = true;
                        break;
                    }
                    Some(error) => {
                        let expected = ErrorKind::Io(io::ErrorKind::StorageFull);
                        assert_eq!(*error.kind(), expected, "{left}");
                    }
                }
            }
            assert!(is_whole);
        }
    }
}
