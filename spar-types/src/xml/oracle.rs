//! Reading by quick-xml, for tests that compare.
//!
//! The same guard and the same readers as without, but quick-xml cuts all of the document, and every
//! record is read from the document as laid out. Slow; what it tells is what reading must tell.

use crate::error::Error;
use crate::generated::ELEMENT_NAMES;
use crate::xml::Root;
use crate::xml::document::Document;
use crate::xml::guard;
use crate::xml::limits::Limits;
use crate::xml::reading::{Mode, Read, read_element};

/// As [`Document::parse`].
///
/// # Errors
///
/// As [`Document::parse`].
pub fn parse<'x>(bytes: &'x [u8], limits: &Limits) -> Result<Document<'x>, Error> {
    guard::parse_by_quick_xml(bytes, limits, ELEMENT_NAMES)
}

/// As [`read`](crate::xml::read).
///
/// # Errors
///
/// As [`read`](crate::xml::read).
pub fn read<T: Root>(bytes: &[u8], mode: Mode, limits: &Limits) -> Result<Read<T>, Error> {
    let document = guard::parse_by_quick_xml(bytes, limits, T::ELEMENT_NAMES)?;
    read_element(document.root(), mode, limits)
}
