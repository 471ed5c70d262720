//! Lists of records in which nothing is lost.

use std::fmt;

use crate::error::{Deviation, Rule};
#[cfg(feature = "serde")]
use crate::generated::ELEMENT_NAMES;
use crate::inspect::{Inspect, Inspector, redacted_debug};
#[cfg(feature = "serde")]
use crate::xml::document::presentable;

/// A list of records: those that were sent, each in its place, and an error where none could be made.
///
/// What the register sent may break the schema so far that no record can hold it: a post without
/// `PersonId`, an address that is both Swedish and foreign. Such an entry loses nothing else.
///
/// ```
/// use spar_types::personsok::newest::{AviseringPost, Namn};
/// use spar_types::Entries;
///
/// fn surnames(namn: &Entries<Namn>) -> Vec<&str> {
///     namn.iter().flatten().filter_map(|namn| namn.efternamn.as_ref()).map(AsRef::as_ref).collect()
/// }
///
/// let mut namn = Namn::default();
/// namn.efternamn = Some("Ek".parse()?);
/// assert_eq!(surnames(&vec![Ok(namn)]), ["Ek"]);
/// # Ok::<(), spar_types::InvalidValue>(())
/// ```
pub type Entries<T> = Vec<Result<T, Unrepresentable>>;

/// An element of a list of which no record can be made, and why.
///
/// `Display` and `Debug` tell place and rule. The element as sent is [`source_text`](Self::source_text).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unrepresentable(Box<Inner>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Inner {
    cause: Deviation,
    source: Box<str>,
}

impl Unrepresentable {
    pub(super) fn new(cause: Deviation, source: &str) -> Self {
        Self(Box::new(Inner { cause, source: source.into() }))
    }

    /// What another form of the record tells of an element, if a reader could have told so: its path
    /// holds no name that the schemas do not know.
    #[cfg(feature = "serde")]
    pub(crate) fn told(path: &str, offset: usize, rule: Rule, source: &str) -> Option<Self> {
        let is_step = |step: &str| {
            let name = match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
                Some((name, number)) => number.parse::<u32>().is_ok().then_some(name),
                None => Some(step),
            };
            name.is_some_and(|name| presentable(name, ELEMENT_NAMES) == name)
        };
        let cause = Deviation { path: path.to_owned(), offset, rule, is_lost: false };
        path.split('/').all(is_step).then(|| Self::new(cause, source))
    }

    /// The place that breaks the rule, such as `SPARPersonsokningSvar/PersonsokningSvarspost[3]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.cause.path
    }

    /// Offset in bytes of that place from the start of the document.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.cause.offset
    }

    /// The rule of the schema that is broken.
    #[must_use]
    pub fn rule(&self) -> &Rule {
        &self.0.cause.rule
    }

    /// The element as sent: XML whose prefixes are declared further out in the document. Personal data.
    #[must_use]
    pub fn source_text(&self) -> &str {
        &self.0.source
    }
}

impl Inspect for Unrepresentable {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        inspector.unrepresentable(self.path(), self.rule(), self.source_text())
    }
}

redacted_debug!(Unrepresentable);

impl fmt::Display for Unrepresentable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { cause, .. } = &*self.0;
        write!(f, "{} at byte {} in {}", cause.rule, cause.offset, cause.path)
    }
}

impl std::error::Error for Unrepresentable {}
