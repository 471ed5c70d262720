//! Reading and writing SPAR's XML.
//!
//! [`Document::parse`] is the guard: it takes bytes of unknown origin and refuses what is not a
//! bounded, well-formed document. [`read`] makes a record of it, [`write()`] makes a document of a
//! record. Both are driven by code generated from the schemas.
//!
//! [`stream`] does both for files that are larger than memory.
//!
//! # Tolerant and strict
//!
//! The register decides what it sends, so reading is [tolerant](Mode::Tolerant) by default: children
//! in any order, unknown elements passed over, values kept as sent even where they break a facet. Each
//! departure from the schema is reported as a [`Deviation`](crate::Deviation). [`Mode::Strict`]
//! accepts what the schema accepts, and nothing else.
//!
//! Writing is strict by default: what the schema does not allow is an
//! [`InvalidDocument`](crate::InvalidDocument). What was read can be written again as it was sent
//! ([`WriteOptions::mode`]).

mod children;
mod direct;
mod document;
mod entries;
mod guard;
mod limits;
mod name;
mod reading;
mod scope;
mod tags;
mod tokens;
mod transcribing;
mod writing;

#[cfg(feature = "quick-xml-tokenizer")]
pub mod oracle;
pub mod stream;

pub use document::{Document, Element};
pub use entries::{Entries, Unrepresentable};
pub use limits::Limits;
pub use name::{Name, SPAR_NAMESPACE_STEM};
pub use reading::{FromXml, Mode, Read, Reading, Refusal, read, read_element};
pub use transcribing::transcribe;
pub use writing::{ToXml, WriteOptions, Writer, write, write_into};

#[doc(hidden)]
pub use children::{Content, Cursor};
#[doc(hidden)]
pub use direct::{Direct, Unusual};
pub(crate) use document::collapse;
pub(crate) use guard::is_xml_char;

/// A record that is the root of a document, or the payload of a SOAP body.
pub trait Root: FromXml + ToXml {
    /// The name of the element.
    const NAME: Name;

    /// The namespaces of the elements that the record may hold, its own first.
    const NAMESPACES: &'static [&'static str];

    /// The names that the schemas have for elements, in order: others are not shown in a path.
    #[doc(hidden)]
    const ELEMENT_NAMES: &'static [&'static str] = crate::generated::ELEMENT_NAMES;
}

/// Something to do with each document that a schema describes: see [`each_root`](crate::each_root).
pub trait RootVisitor {
    /// Is shown a document, with the version of the interface that it belongs to, such as `2023.1`.
    fn visit<T: Root>(&mut self, version: &'static str);
}
