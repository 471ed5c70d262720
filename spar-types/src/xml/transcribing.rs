//! From one version of a document to another, by the names of its elements.

use crate::error::{Deviation, Error, Rule};
use crate::xml::{Limits, Mode, Read, Root, WriteOptions, read, write_into};

/// Makes of a document what another version of its schema holds of it, element by element.
///
/// This is for versions of which one cannot hold the other, so that there is no `From`. Values are kept as
/// they are. What the other version does not know, and what it asks for and does not find, is a deviation;
/// that its elements stand in other namespaces is none.
///
/// ```
/// use spar_types::personsok::{newest, v2021_1};
/// use spar_types::xml::transcribe;
///
/// let newest = newest::SparPersonsokningSvar::default();
/// let older = transcribe::<_, v2021_1::SparPersonsokningSvar>(&newest)?;
/// assert!(older.deviations.is_empty());
/// # Ok::<(), spar_types::Error>(())
/// ```
///
/// # Errors
///
/// A document of which nothing can be made in the other version, a character that XML cannot carry, and an
/// entry of a list of which no record was made ([`Unrepresentable`](crate::Unrepresentable)).
pub fn transcribe<From: Root, To: Root>(document: &From) -> Result<Read<To>, Error> {
    let options = WriteOptions { mode: Mode::Tolerant, ..WriteOptions::default() };
    let mut text = String::new();
    write_into(document, &options, &mut text)
        .map_err(|invalid| Error::from(Deviation::new(invalid.path(), invalid.rule().clone())))?;
    // Each element may stand in another namespace, and none of the other deviations may get lost.
    let limits = Limits { deviations: usize::MAX, ..Limits::default() };
    let mut read = read::<To>(text.as_bytes(), Mode::Tolerant, &limits)?;
    read.deviations.retain(|deviation| deviation.rule != Rule::OtherNamespace);
    Ok(read)
}
