//! From bytes to batches of records.

use std::io::Read;

use spar_types::xml::stream::{Batch, Step, Stream};
use spar_types::xml::{FromXml, Name, SPAR_NAMESPACE_STEM};
use spar_types::{Deviation, Rule};

use super::options::Options;
use crate::error::{Error, Result};
use crate::format::Format;
use crate::versions::{Version, record_name};

/// Bytes that are read at a time. A batch is about as large.
const PIECE_BYTES: usize = 256 * 1024;

/// The stream with its source: what comes next in the file.
pub(crate) struct Pump {
    source: Box<dyn Read + Send>,
    piece: Vec<u8>,
    stream: Stream,
    deviations: Vec<Deviation>,
    limit: usize,
    /// Departures beyond the limit.
    further: usize,
    format: Format,
    version: Version,
    /// Records cut off so far.
    records: u64,
    /// Of the lists before the one at hand.
    records_before: u64,
    /// Elements entered: 1 is the root.
    depth: usize,
    unpacked: u64,
    is_done: bool,
}

/// The name of an element.
pub(super) struct RootName {
    pub(super) namespace: String,
    pub(super) local_name: String,
}

/// Records that stand side by side, and how many stand before them in the file.
pub(super) struct Cut {
    pub(super) batch: Batch,
    pub(super) before: u64,
}

/// What stands at a place of the stream.
enum Place {
    Start,
    End,
    Done,
}

impl Pump {
    pub(super) fn new(source: Box<dyn Read + Send>, options: &Options) -> Self {
        Self {
            source,
            piece: vec![0; PIECE_BYTES],
            stream: Stream::new(options.mode, &options.limits.record),
            deviations: Vec::new(),
            limit: options.limits.record.deviations,
            further: 0,
            format: Format::Avisering,
            version: Version::default(),
            records: 0,
            records_before: 0,
            depth: 0,
            unpacked: 0,
            is_done: false,
        }
    }

    /// What the records are.
    pub(super) fn records_of(&mut self, format: Format, version: Version) {
        self.format = format;
        self.version = version;
    }

    /// Enters the root element.
    pub(super) fn root(&mut self) -> Result<RootName> {
        self.place()?;
        let root = match self.stream.step().map_err(|error| Error::xml(&error))? {
            Step::Start(tag) => RootName {
                namespace: tag.namespace().to_owned(),
                local_name: tag.local_name().to_owned(),
            },
            // A document without root is an error of the stream.
            _ => RootName { namespace: String::new(), local_name: String::new() },
        };
        self.enter()?;
        Ok(root)
    }

    /// The local name of the next child of the root that stands in a namespace of SPAR. `None` at its end.
    pub(super) fn next_child(&mut self) -> Result<Option<String>> {
        loop {
            match self.place()? {
                Place::Done => return Ok(None),
                Place::End => {
                    self.depth = self.depth.saturating_sub(1);
                }
                Place::Start => {
                    if let Step::Start(tag) = self.stream.step().map_err(|e| Error::xml(&e))?
                        && tag.namespace().starts_with(SPAR_NAMESPACE_STEM)
                    {
                        return Ok(Some(tag.local_name().to_owned()));
                    }
                    self.pass_over()?;
                }
            }
        }
    }

    /// Reads the element at hand. `None` if none could be made of it, which is a departure.
    pub(crate) fn element<T: FromXml>(&mut self, name: Name) -> Result<Option<T>> {
        let read = loop {
            match self.stream.element::<T>(name).map_err(|error| self.error(&error))? {
                Some(read) => break read,
                None => self.fill()?,
            }
        };
        for deviation in read.deviations {
            self.report(deviation);
        }
        self.further += read.further_deviations;
        Ok(read.value.ok())
    }

    /// Passes over the element at hand, and says so.
    pub(super) fn pass_over(&mut self) -> Result<()> {
        let mut deviation = Deviation::new(self.stream.path(), Rule::UnknownElement);
        deviation.offset = self.stream.offset();
        self.report(deviation);
        while !self.stream.skip().map_err(|error| self.error(&error))? {
            self.fill()?;
        }
        Ok(())
    }

    /// The next records, `None` after the last one, when the file was complete.
    pub(super) fn next(&mut self) -> Result<Option<Cut>> {
        let (list, record) = self.format.elements();
        while !self.is_done {
            match self.place()? {
                Place::Done => self.is_done = true,
                Place::End => {
                    self.depth = self.depth.saturating_sub(1);
                    self.records_before = self.records;
                }
                Place::Start => match self.stream.step().map_err(|error| Error::xml(&error))? {
                    Step::Start(tag) if !tag.namespace().starts_with(SPAR_NAMESPACE_STEM) => {
                        self.pass_over()?;
                    }
                    Step::Start(tag) if tag.local_name() == record => {
                        let name = record_name(self.format, self.version, self.depth > 1);
                        if let Some(batch) = self.batch(name)? {
                            return Ok(Some(batch));
                        }
                    }
                    Step::Start(tag) if tag.local_name() == list && self.depth == 1 => {
                        self.records_before = self.records;
                        self.enter()?;
                    }
                    _ => self.pass_over()?,
                },
            }
        }
        Ok(None)
    }

    fn batch(&mut self, name: Name) -> Result<Option<Cut>> {
        match self.stream.batch(name).map_err(|error| self.error(&error))? {
            Some(batch) => {
                let before = self.records_before + batch.count_before();
                self.records = before + batch.count();
                Ok(Some(Cut { batch, before }))
            }
            None => self.fill().map(|()| None),
        }
    }

    fn enter(&mut self) -> Result<()> {
        while !self.stream.enter().map_err(|error| self.error(&error))? {
            self.fill()?;
        }
        self.depth += 1;
        Ok(())
    }

    /// Goes on until the stream can tell what comes next.
    fn place(&mut self) -> Result<Place> {
        loop {
            match self.stream.step() {
                Ok(Step::Start(_)) => return Ok(Place::Start),
                Ok(Step::End) => return Ok(Place::End),
                Ok(Step::Done) => return Ok(Place::Done),
                Ok(Step::More) => {}
                Err(error) => return Err(self.error(&error)),
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<()> {
        let count = loop {
            match self.source.read(&mut self.piece) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => {
                    break read.map_err(|error| Error::from(error).in_record(self.records + 1))?;
                }
            }
        };
        self.unpacked += count as u64;
        if count == 0 {
            self.stream.finish();
        } else {
            self.stream.feed(&self.piece[..count]);
        }
        Ok(())
    }

    fn error(&self, error: &spar_types::Error) -> Error {
        Error::xml(error).in_record(self.records + 1)
    }

    fn report(&mut self, deviation: Deviation) {
        if self.deviations.len() < self.limit {
            self.deviations.push(deviation);
        } else {
            self.further += 1;
        }
    }

    /// Departures outside of records since the last call.
    pub(super) fn take_deviations(&mut self) -> Vec<Deviation> {
        let mut found = std::mem::take(&mut self.deviations);
        found.extend(self.stream.take_deviations());
        found
    }

    /// Bytes unpacked so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.unpacked
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }
}
