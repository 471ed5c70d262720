//! What a content allows besides its elements in the order of the schema.

use crate::xml::name::Name;

/// What a content allows besides its elements, each in its place.
///
/// Most contents allow nothing; generated code tells of the others.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Leeway {
    pub(super) attributes: &'static [&'static str],
    pub(super) any_attribute: Option<&'static str>,
    pub(super) is_any_order: bool,
    nillable: &'static [Name],
    repeated: &'static [&'static [Name]],
}

#[doc(hidden)]
impl Leeway {
    /// Nothing.
    pub const NONE: Self = Self {
        attributes: &[],
        any_attribute: None,
        is_any_order: false,
        nillable: &[],
        repeated: &[],
    };

    /// These attributes, without namespace.
    #[must_use]
    pub const fn attributes(self, attributes: &'static [&'static str]) -> Self {
        Self { attributes, ..self }
    }

    /// Further attributes of these namespaces, which are passed over; see [`Name::any`].
    #[must_use]
    pub const fn any_attribute(self, namespaces: &'static str) -> Self {
        Self { any_attribute: Some(namespaces), ..self }
    }

    /// The elements in any order (`xs:all`).
    #[must_use]
    pub const fn any_order(self) -> Self {
        Self { is_any_order: true, ..self }
    }

    /// `xsi:nil` on these elements.
    #[must_use]
    pub const fn nillable(self, nillable: &'static [Name]) -> Self {
        Self { nillable, ..self }
    }

    /// More than one of each of these groups, given by their elements.
    #[must_use]
    pub const fn repeated(self, repeated: &'static [&'static [Name]]) -> Self {
        Self { repeated, ..self }
    }

    pub(super) fn is_nillable(&self, name: Name) -> bool {
        self.nillable.contains(&name)
    }

    /// Where an element stands among the others: all of a group that may be repeated stand in one place.
    pub(super) fn rank(&self, known: &[Name], place: usize) -> usize {
        let group = self.repeated.iter().find(|group| group.contains(&known[place]));
        let first = group.and_then(|group| known.iter().position(|name| group.contains(name)));
        first.unwrap_or(place)
    }
}

/// Whether a wildcard of the schema means a namespace. `wildcard` is `##any`, `##other` with the namespace
/// that is not meant behind it, or a list of namespaces in which `##local` is none.
pub(super) fn admits(wildcard: &str, namespace: &str) -> bool {
    match wildcard.split_once(' ') {
        _ if wildcard == "##any" => true,
        Some(("##other", own)) => !namespace.is_empty() && namespace != own,
        _ => wildcard.split(' ').any(|one| match one {
            "##local" => namespace.is_empty(),
            one => one == namespace,
        }),
    }
}
