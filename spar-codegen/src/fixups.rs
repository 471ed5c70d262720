//! `schemas/fixups.toml`: where a record must hold more than the schema allows.
//!
//! A fix-up changes the Rust type alone. What is valid stays with the schema: strict reading and writing
//! refuse what it refuses, so a fix-up needs no changed schema file and no comparison suffers from it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::ir::{Occurs, QName};
use crate::load::read_toml;
use crate::names::key;

/// `schemas/fixups.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixups {
    #[serde(default)]
    fixup: Vec<Fixup>,
    /// Those that found what they are for.
    #[serde(skip)]
    applied: RefCell<BTreeSet<usize>>,
}

/// One line of the table: an element where it stands, and how it occurs in reality.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixup {
    /// The type or group that holds the element.
    within: String,
    /// The element, or the first one of a choice.
    element: String,
    change: Change,
    /// For reviewers: the source of the fact.
    #[allow(dead_code, reason = "required of the table, for its readers")]
    because: String,
}

/// What a fix-up makes of an element or choice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Change {
    /// A required element is optional in the record.
    MayBeAbsent,
    /// An element that occurs at most once is a list in the record.
    MayRepeat,
    /// The alternatives of a choice are fields of the record, since they come together.
    MayCoincide,
    /// The element holds values of this type of the runtime.
    ReadAs(String),
}

impl Fixups {
    pub(crate) fn load(schemas: &Path) -> Result<Self> {
        read_toml(&schemas.join("fixups.toml"))
    }

    /// Whether a required element may be absent.
    pub(crate) fn may_be_absent(&self, within: &QName, element: &QName, occurs: Occurs) -> bool {
        occurs.min > 0 && self.find(within, element, |c| *c == Change::MayBeAbsent).is_some()
    }

    /// Whether an element that occurs at most once may be repeated.
    pub(crate) fn may_repeat(&self, within: &QName, element: &QName, occurs: Occurs) -> bool {
        !occurs.is_list() && self.find(within, element, |c| *c == Change::MayRepeat).is_some()
    }

    /// Whether the alternatives of the choice that begins with the element may come together.
    pub(crate) fn may_coincide(&self, within: &QName, first: &str) -> bool {
        let first = QName::new("", first);
        self.find(within, &first, |c| *c == Change::MayCoincide).is_some()
    }

    /// The type whose values the element holds, which is not `declared`.
    pub(crate) fn read_as(&self, within: &QName, element: &QName, declared: &str) -> Option<&str> {
        let is_other = |c: &Change| matches!(c, Change::ReadAs(other) if other != declared);
        match self.find(within, element, is_other)? {
            Change::ReadAs(other) => Some(other),
            _ => None,
        }
    }

    /// Fix-ups that applied to nothing in any interface version.
    pub(crate) fn check_all_applied(&self) -> Result<()> {
        let applied = self.applied.borrow();
        match self.fixup.iter().enumerate().find(|(index, _)| !applied.contains(index)) {
            None => Ok(()),
            Some((_, Fixup { within, element, change, .. })) => Err(Error::new(format!(
                "fixups.toml: {change:?} of `{element}` within `{within}` was never applied: the \
                 element is not there, or the schema says so by now; take it out, or correct it"
            ))),
        }
    }

    fn find(
        &self,
        within: &QName,
        element: &QName,
        is_meant: impl Fn(&Change) -> bool,
    ) -> Option<&Change> {
        let within = key(within);
        let index = self.fixup.iter().position(|fixup| {
            fixup.within == within && fixup.element == element.local && is_meant(&fixup.change)
        })?;
        self.applied.borrow_mut().insert(index);
        Some(&self.fixup[index].change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_up_that_no_longer_applies_is_an_error() {
        // GEN-06: an element that is gone, and a schema that says by itself what the fix-up was for.
        let check = |occurs: Occurs, element: &str, is_applied: bool| {
            let table = "[[fixup]]\nwithin = 'urn:a/T'\nelement = 'E'\n\
                         change = 'may-be-absent'\nbecause = 'x'";
            let fixups: Fixups = toml::from_str(table).unwrap();
            let (within, element) = (QName::new("urn:a", "T"), QName::new("urn:a", element));
            assert_eq!(fixups.may_be_absent(&within, &element, occurs), is_applied);
            match fixups.check_all_applied() {
                Ok(()) => assert!(is_applied),
                Err(error) => assert!(error.to_string().contains("was never applied"), "{error}"),
            }
        };
        check(Occurs::ONCE, "E", true);
        check(Occurs { min: 0, max: Some(1) }, "E", false);
        check(Occurs::ONCE, "F", false);
    }
}
