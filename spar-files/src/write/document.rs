//! Records as parts of a document: what stands before them, around them and behind them.
//!
//! Whole documents with few records are written by the generated code, which keeps to the schema, and the
//! same lines are cut from the front and the back of each.

use std::marker::PhantomData;

use spar_types::avisering::newest::IdentifieringsinformationFil;
use spar_types::xml::{Root, WriteOptions, write_into};
use spar_types::{Entries, InvalidDocument};

use super::{Settings, csv};
use crate::error::{Error, ErrorKind, Refusal, Result};
use crate::read::Post;

/// A record that can be written: the newest form of each format.
pub trait WritePost: Post + Clone {
    /// Records that SPAR takes in one file.
    #[doc(hidden)]
    const MAX_RECORDS: u64 = u64::MAX;

    /// Whether no two records may have the same key.
    #[doc(hidden)]
    const MUST_DIFFER: bool = false;

    /// What tells the record from others, where that matters.
    #[doc(hidden)]
    fn key(&self) -> Option<&str> {
        None
    }

    /// Rules beyond the schema.
    #[doc(hidden)]
    fn check(&self, _settings: &Settings) -> Result<(), Refusal> {
        Ok(())
    }

    /// The number, where that is all that the record is.
    #[doc(hidden)]
    fn number(&self) -> Option<&str> {
        None
    }

    /// A document with these records.
    #[doc(hidden)]
    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>>;
}

/// A document as the generated code writes it, and the records that are in it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Written<T> {
    text: Result<String, InvalidDocument>,
    root: &'static str,
    namespace: &'static str,
    records: Vec<T>,
}

/// Writes a document, of which `take` gives the records back.
pub(crate) fn written<D: Root, T>(
    document: D,
    settings: &Settings,
    take: impl FnOnce(D) -> Vec<T>,
) -> Result<Written<T>> {
    let mut options = WriteOptions::default();
    options.mode = settings.mode;
    let namespace = D::NAME.namespace;
    if let Some(other) = &settings.namespace {
        options.namespaces.push((namespace.to_owned(), other.clone()));
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let text = write_into(&document, &options, &mut text).map(|()| text);
    Ok(Written { text, root: D::NAME.local, namespace, records: take(document) })
}

/// The records of a list that was made of records.
pub(crate) fn all<T>(entries: Entries<T>) -> Vec<T> {
    entries.into_iter().flatten().collect()
}

pub(crate) fn identification(settings: &Settings) -> Result<IdentifieringsinformationFil> {
    let found = settings.identifieringsinformation.clone();
    found.ok_or_else(|| Error::refused(Refusal::NoIdentification))
}

/// What stands around the records of a file.
pub(super) struct Frame<T> {
    settings: Settings,
    head: String,
    tail: String,
    /// Lengths of the same in the documents that records are cut from.
    cut: Option<(usize, usize)>,
    root: String,
    namespace: String,
    record: PhantomData<fn(T)>,
}

impl<T: WritePost> Frame<T> {
    pub(super) fn new(settings: &Settings) -> Result<Self> {
        let mut frame = Self {
            settings: settings.clone(),
            head: String::new(),
            tail: String::new(),
            cut: None,
            root: String::new(),
            namespace: String::new(),
            record: PhantomData,
        };
        if settings.csv.is_some() {
            if !T::FORMAT.is_infil() || T::MUST_DIFFER {
                return Err(Error::refused(Refusal::NotInCsv));
            }
            frame.tail.push('\n');
            return Ok(frame);
        }
        // The rules that a document without records breaks are not those of its frame.
        let mut of_frame = settings.clone();
        of_frame.mode = spar_types::xml::Mode::Tolerant;
        let Written { text, root, namespace, .. } = T::document(Vec::new(), &of_frame)?;
        let text = text.map_err(|error| Error::new(invalid(&error)))?;
        frame.root = settings.root.clone().unwrap_or_else(|| root.to_owned());
        frame.namespace = settings.namespace.clone().unwrap_or_else(|| namespace.to_owned());
        if !is_element_name(&frame.root) {
            return Err(Error::refused(Refusal::ElementName));
        }
        let (head, tail) = open(&text, T::FORMAT.elements().0);
        frame.cut = Some((head.len(), tail.len()));
        frame.head = head.replacen(&format!(":{root}"), &format!(":{}", frame.root), 1);
        frame.tail = tail.replacen(&format!(":{root}>"), &format!(":{}>", frame.root), 1);
        Ok(frame)
    }

    pub(super) fn head(&self) -> &str {
        &self.head
    }

    pub(super) fn tail(&self) -> &str {
        &self.tail
    }

    pub(super) fn root(&self) -> &str {
        &self.root
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// What stands between two records.
    pub(super) fn separator(&self) -> &'static str {
        self.settings.csv.map_or("", csv::separator)
    }

    /// The records as text, and the records themselves; or which of them breaks which rule.
    pub(super) fn body(&self, records: Vec<T>) -> Result<(String, Vec<T>), (u64, ErrorKind)> {
        let Some((head, tail)) = self.cut else {
            return match csv::cells(&records, self.separator()) {
                Ok(text) => Ok((text, records)),
                Err((nth, refusal)) => Err((nth, ErrorKind::Refused(refusal))),
            };
        };
        let written = T::document(records, &self.settings);
        let written = written.map_err(|error| (0, error.kind().clone()))?;
        match written.text {
            Ok(mut text) => {
                text.truncate(text.len() - tail);
                text.drain(..head);
                Ok((text, written.records))
            }
            Err(error) => Err(self.culprit(written.records, &error)),
        }
    }

    /// Which of several records it is that cannot be written.
    fn culprit(&self, records: Vec<T>, error: &InvalidDocument) -> (u64, ErrorKind) {
        let is_alone = records.len() == 1;
        for (nth, record) in records.into_iter().enumerate().filter(|_| !is_alone) {
            if let Err((_, kind)) = self.body(vec![record]) {
                return (nth as u64, kind);
            }
        }
        (0, invalid(error))
    }
}

fn invalid(error: &InvalidDocument) -> ErrorKind {
    ErrorKind::Invalid(error.rule().clone())
}

/// Cuts a document without records in two, where records would stand. The innermost element that is empty
/// is the list, or the root.
fn open(document: &str, list: &str) -> (String, String) {
    let has_list = document.contains(&format!(":{list}"));
    let end = document.rfind("</").unwrap_or(document.len());
    if has_list {
        // `<a:List/></a:Root>`, or with a tag for its end.
        let start = document.rfind(&format!(":{list}/>"));
        if let Some(start) = start {
            let (before, after) = document.split_at(start + 1 + list.len());
            let prefix = before.rfind('<').map_or("", |at| &before[at + 1..]);
            return (format!("{before}>"), format!("</{prefix}{}", &after[1..]));
        }
        let close = document[..end].rfind("</").unwrap_or(end);
        return (document[..close].to_owned(), document[close..].to_owned());
    }
    if let Some(head) = document.strip_suffix("/>") {
        let start = head.rfind('<').map_or(0, |at| at + 1);
        let name = head[start..].split([' ', '\n']).next().unwrap_or_default();
        return (format!("{head}>"), format!("</{name}>"));
    }
    (document[..end].to_owned(), document[end..].to_owned())
}

/// An XML name of ASCII without colon.
fn is_element_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    bytes.next().is_some_and(is_start)
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}
