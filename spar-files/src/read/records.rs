//! The records of a file, one by one.

use std::collections::VecDeque;

use spar_types::Deviation;

use super::head::Head;
use super::options::{OnError, Options};
use super::parallel::Parallel;
use super::post::{Made, Post};
use super::pump::{Cut, Pump};
use crate::error::{Error, ErrorKind, Result};
use crate::versions::Version;

/// A record with its place in the file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record<T> {
    /// Its number in the file, from 1 on.
    pub number: u64,
    /// Offset in bytes from the start of the unpacked file.
    pub offset: u64,
    /// The record.
    pub value: T,
    /// Departures of the record from the schema.
    pub deviations: Vec<Deviation>,
    /// Elements of the record of which no value could be made: see [`spar_types::xml::Read::lost`].
    pub lost: usize,
}

/// What there is to say of the whole, once it was read.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Records that were delivered.
    pub records: u64,
    /// Records that were passed over at the beginning, as asked.
    pub passed_over: u64,
    /// Records of which nothing could be made.
    pub damaged: u64,
    /// What was wrong with them, up to the limit. Empty unless [`OnError::Skip`] was asked for.
    pub errors: Vec<Error>,
    /// Departures from the schema, those within records included.
    pub deviations: u64,
    /// Size of the unpacked file in bytes, as far as it was read.
    pub bytes: u64,
    /// Whether the file was read to its end, and nothing was missing there.
    pub is_complete: bool,
}

/// The records of a file in their order. After the last one, and after an error that ends the file, there
/// are no more.
///
/// Dropped early, it stops reading and waits for its threads.
pub struct Records<T: Post> {
    head: Head,
    source: Source<T>,
    ready: VecDeque<Result<Record<T>>>,
    on_error: OnError,
    summary: Summary,
    limit: usize,
    is_ended: bool,
}

enum Source<T: Post> {
    Here { pump: Box<Pump>, start_after: u64 },
    Parallel(Parallel<T>),
}

/// The records of one batch, and what else there was up to its end.
pub(super) struct Load<T> {
    pub(super) records: Vec<Result<Record<T>>>,
    pub(super) passed_over: u64,
    /// Departures outside of records.
    pub(super) deviations: u64,
    /// Size of the file up to here.
    pub(super) bytes: u64,
}

impl<T: Post> Records<T> {
    pub(super) fn new(pump: Pump, head: Head, options: &Options) -> Self {
        let start_after = options.start_after;
        let summary = Summary { deviations: head.deviations.len() as u64, ..Summary::default() };
        let source = match options.threads {
            0 | 1 => Source::Here { pump: Box::new(pump), start_after },
            threads => Source::Parallel(Parallel::start(pump, threads, start_after)),
        };
        Self {
            head,
            source,
            ready: VecDeque::new(),
            on_error: options.on_error,
            summary,
            limit: options.limits.errors,
            is_ended: false,
        }
    }

    /// What the beginning of the file told.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What there is to say so far; of the whole once there are no more records.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    fn load(&mut self) -> Option<Result<Load<T>>> {
        match &mut self.source {
            Source::Parallel(parallel) => parallel.next(),
            Source::Here { pump, start_after } => match pump.next() {
                Err(error) => Some(Err(error)),
                Ok(None) => None,
                Ok(Some(cut)) => {
                    let version = pump.version();
                    let load = Load::of(&cut, version, *start_after);
                    Some(Ok(Load {
                        deviations: pump.take_deviations().len() as u64,
                        bytes: pump.unpacked(),
                        ..load
                    }))
                }
            },
        }
    }

    /// The next entry of the batches, whatever it is.
    fn entry(&mut self) -> Option<Result<Record<T>>> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                return Some(entry);
            }
            match self.load() {
                Some(Ok(load)) => {
                    self.summary.passed_over += load.passed_over;
                    self.summary.deviations += load.deviations;
                    self.summary.bytes = load.bytes;
                    self.ready.extend(load.records);
                }
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    self.summary.is_complete = true;
                    if let Source::Here { pump, .. } = &mut self.source {
                        self.summary.bytes = pump.unpacked();
                        self.summary.deviations += pump.take_deviations().len() as u64;
                    }
                    return None;
                }
            }
        }
    }
}

impl<T: Post> Iterator for Records<T> {
    type Item = Result<Record<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_ended {
            let Some(entry) = self.entry() else {
                self.is_ended = true;
                return None;
            };
            match entry {
                Ok(record) => {
                    self.summary.records += 1;
                    self.summary.deviations += record.deviations.len() as u64;
                    return Some(Ok(record));
                }
                Err(error) if !error.is_of_one_record() => {
                    self.is_ended = true;
                    return Some(Err(error));
                }
                Err(error) => {
                    self.summary.damaged += 1;
                    match self.on_error {
                        OnError::Stop => self.is_ended = true,
                        OnError::Collect => {}
                        OnError::Skip => {
                            if self.summary.errors.len() < self.limit {
                                self.summary.errors.push(error);
                            }
                            continue;
                        }
                    }
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl<T: Post> std::iter::FusedIterator for Records<T> {}

impl<T: Post> std::fmt::Debug for Records<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl<T: Post> Load<T> {
    /// What stood behind the last record.
    pub(super) fn rest(deviations: u64, bytes: u64) -> Self {
        Self { records: Vec::new(), passed_over: 0, deviations, bytes }
    }

    /// Makes the records of a batch but those to pass over.
    pub(super) fn of(cut: &Cut, version: Version, start_after: u64) -> Self {
        let Cut { batch, before } = cut;
        let mut load = Self::rest(0, 0);
        let last = before + batch.count();
        if last <= start_after {
            load.passed_over = batch.count();
            return load;
        }
        load.records.reserve(usize::try_from(batch.count()).unwrap_or(0).min(MAX_RESERVED));
        let mut number = *before;
        T::read(batch, version, &mut |entry| {
            number += 1;
            if number <= start_after && entry.is_ok() {
                load.passed_over += 1;
                return true;
            }
            let record = match entry {
                Ok(made) => record(made, number),
                Err(error) => Err(Error::xml(&error).in_record(number)),
            };
            let goes_on = record.as_ref().err().is_none_or(Error::is_of_one_record);
            load.records.push(record);
            goes_on
        });
        load
    }
}

/// Room that is made for the records of a batch: more than have room in one, unless they are tiny.
const MAX_RESERVED: usize = 4_096;

fn record<T>(made: Made<T>, number: u64) -> Result<Record<T>> {
    let Made { read, offset, .. } = made;
    match read.value {
        Ok(value) => {
            Ok(Record { number, offset, value, deviations: read.deviations, lost: read.lost })
        }
        Err(cause) => Err(Error::new(ErrorKind::Record(cause.rule().clone()))
            .at(cause.path(), cause.offset() as u64)
            .in_record(number)),
    }
}
