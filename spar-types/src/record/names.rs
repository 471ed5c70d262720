//! Names: how to show one, and which given name is used.

use std::ops::Range;

use crate::personsok::newest::Namn;

impl Namn {
    /// The name to show: `Aviseringsnamn` if SPAR has set it, otherwise given names, middle name and
    /// surname. Empty if there is none.
    ///
    /// SPAR sets `Aviseringsnamn` only where the parts together are too long for an address label (SPAR:
    /// `teknisk-info/xml-scheman/20231/namn`).
    #[must_use]
    pub fn display_name(&self) -> String {
        if let Some(aviseringsnamn) = &self.aviseringsnamn {
            return aviseringsnamn.as_str().to_owned();
        }
        let parts = [
            self.fornamn.as_ref().map(AsRef::as_ref),
            self.mellannamn.as_ref().map(AsRef::as_ref),
            self.efternamn.as_ref().map(AsRef::as_ref),
        ];
        parts.into_iter().flatten().collect::<Vec<&str>>().join(" ")
    }

    /// The given name or names that `Tilltalsnamn` points at, as they stand in `Fornamn`.
    ///
    /// Its digits are positions among the given names, in which each part of a name with a hyphen counts
    /// as one; 0 as the second digit means that there is only one (SPAR:
    /// `teknisk-info/xml-scheman/20231/namn`). `None` if there is no `Tilltalsnamn`, or if it points at a
    /// name that `Fornamn` does not have.
    ///
    /// ```
    /// use spar_types::personsok::newest::Namn;
    ///
    /// let mut namn = Namn::default();
    /// namn.fornamn = Some("Anna Eva-Lotta Maria".parse()?);
    /// namn.tilltalsnamn = Some("23".parse()?);
    /// assert_eq!(namn.spelled_tilltalsnamn().as_deref(), Some("Eva-Lotta"));
    /// # Ok::<(), spar_types::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn spelled_tilltalsnamn(&self) -> Option<String> {
        let positions = self.tilltalsnamn.as_ref()?.value()?;
        let positions =
            usize::try_from(positions).ok().filter(|digits| (10..=99).contains(digits))?;
        let (first, second) = (positions / 10, positions % 10);
        let fornamn = self.fornamn.as_ref()?.as_str();
        let parts = parts_of(fornamn);
        let part = |position: usize| parts.get(position - 1).cloned();
        let name = match (part(first)?, second) {
            (name, 0) => fornamn.get(name)?.to_owned(),
            (_, second) if second == first => return None,
            // What stands between two neighbors, a blank or a hyphen, belongs to the name.
            (name, second) if second == first + 1 => {
                fornamn.get(name.start..part(second)?.end)?.to_owned()
            }
            (name, second) => format!("{} {}", fornamn.get(name)?, fornamn.get(part(second)?)?),
        };
        Some(name)
    }
}

/// Where the given names stand, each part of one with a hyphen by itself.
fn parts_of(fornamn: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = None;
    for (at, c) in fornamn.char_indices().chain([(fornamn.len(), ' ')]) {
        let is_between = c == '-' || c.is_whitespace();
        match start {
            Some(from) if is_between => {
                parts.push(from..at);
                start = None;
            }
            None if !is_between => start = Some(at),
            _ => {}
        }
    }
    parts
}
