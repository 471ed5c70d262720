//! Gzip: one or more members, each complete.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

use super::{Meter, fault, unpacking};
use crate::error::ArchiveFault;
use crate::limits::Limits;

/// The members of a file, one after another (ZIP-25).
///
/// The decoder judges length and checksum of each. What follows the last one must be a member too.
pub(super) struct Members<R> {
    state: State<R>,
    meter: Meter,
    entry_bytes: u64,
    entries: u64,
    /// Of the member at hand.
    unpacked: u64,
    members: u64,
}

enum State<R> {
    Member(Box<GzDecoder<Counted<R>>>),
    Between(Counted<R>),
    /// After an error, or while something is taken from one state into the other.
    Ended,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(file: R, limits: &Limits) -> Self {
        Self {
            state: State::Between(Counted { file, bytes: 0 }),
            meter: Meter::new(limits),
            entry_bytes: limits.entry_bytes,
            entries: limits.entries,
            unpacked: 0,
            members: 0,
        }
    }

    fn begin(&mut self, mut file: Counted<R>) -> io::Result<bool> {
        let next = file.fill_buf()?;
        if next.is_empty() {
            return match self.members {
                0 => Err(fault(ArchiveFault::Truncated)),
                _ => Ok(false),
            };
        }
        if self.members > 0 && next[0] != 0x1f {
            return Err(fault(ArchiveFault::Garbage));
        }
        self.members += 1;
        if self.members > self.entries {
            return Err(fault(ArchiveFault::TooLarge("entries")));
        }
        self.unpacked = 0;
        self.state = State::Member(Box::new(GzDecoder::new(file)));
        Ok(true)
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(file) => {
                    if !self.begin(file)? {
                        return Ok(0);
                    }
                }
                State::Member(mut decoder) => {
                    let count = decoder.read(buffer).map_err(|error| {
                        // What stands behind a member and does not begin another one.
                        let is_rest = decoder.header().is_none() && self.members > 1;
                        match error.kind() {
                            io::ErrorKind::InvalidInput if is_rest => fault(ArchiveFault::Garbage),
                            _ => unpacking(error),
                        }
                    })?;
                    if count == 0 && !buffer.is_empty() {
                        self.state = State::Between(decoder.into_inner());
                        continue;
                    }
                    self.unpacked += count as u64;
                    if self.unpacked > self.entry_bytes {
                        return Err(fault(ArchiveFault::TooLarge("entry_bytes")));
                    }
                    self.meter.count(count, decoder.get_ref().bytes)?;
                    self.state = State::Member(decoder);
                    return Ok(count);
                }
            }
        }
    }
}

/// Counts the bytes that were taken.
struct Counted<R> {
    file: R,
    bytes: u64,
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.bytes += amount as u64;
        self.file.consume(amount);
    }
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}
