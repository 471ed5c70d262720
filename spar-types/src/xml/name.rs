//! Names of elements as the schemas declare them.

/// The stem of every namespace of SPAR's present interface versions.
pub const SPAR_NAMESPACE_STEM: &str = "http://statenspersonadressregister.se/schema/";

/// The namespace of `xsi:nil`, `xsi:type` and `xsi:schemaLocation`.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The name of an element: its namespace and its local name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Name {
    /// The namespace URI.
    pub namespace: &'static str,
    /// The name without prefix.
    pub local: &'static str,
}

impl Name {
    /// Puts a name together.
    #[must_use]
    pub const fn new(namespace: &'static str, local: &'static str) -> Self {
        Self { namespace, local }
    }

    /// Any elements of some namespaces, as wildcards of a schema mean them: `##any`, `##other` with the
    /// namespace that is not meant behind it, or a list of namespaces in which `##local` is none.
    #[doc(hidden)]
    #[must_use]
    pub const fn any(namespaces: &'static str) -> Self {
        Self { namespace: namespaces, local: "*" }
    }

    /// As [`any`](Self::any), of which there is one at most.
    #[doc(hidden)]
    #[must_use]
    pub const fn any_one(namespaces: &'static str) -> Self {
        Self { namespace: namespaces, local: "?" }
    }

    /// Whether this is no name, but stands for any: no name is written with these characters.
    pub(crate) fn is_wildcard(self) -> bool {
        matches!(self.local, "*" | "?")
    }

    /// Whether both are made of the same constants. Names that are not may be equal still.
    pub(crate) fn is_same_constant(self, other: Self) -> bool {
        std::ptr::eq(self.local, other.local) && std::ptr::eq(self.namespace, other.namespace)
    }
}
