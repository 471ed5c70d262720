//! Names of elements as the schemas declare them.

use std::fmt;

/// The stem of every namespace of SPAR's present interface versions.
pub const SPAR_NAMESPACE_STEM: &str = "http://statenspersonadressregister.se/schema/";

/// The namespace of `xsi:nil`, `xsi:type` and `xsi:schemaLocation`.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The name of an element: its namespace and its local name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Name {
    /// The namespace URI.
    pub namespace: &'static str,
    /// The name without prefix.
    pub local: &'static str,
    /// See [`Name::number`].
    number: u64,
}

impl Name {
    /// Puts a name together.
    #[must_use]
    pub const fn new(namespace: &'static str, local: &'static str) -> Self {
        Self { namespace, local, number: Self::number_of(namespace, local) }
    }

    /// A number that differs from those of other names, unless somebody made one up to be the same.
    /// Never 0.
    pub(crate) const fn number(self) -> u64 {
        self.number
    }

    /// The [number](Self::number) of the name that has these parts: FNV-1a.
    pub(crate) const fn number_of(namespace: &str, local: &str) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let parts = [namespace.as_bytes(), b">", local.as_bytes()];
        let mut part = 0;
        while part < parts.len() {
            let mut place = 0;
            while place < parts[part].len() {
                hash = (hash ^ parts[part][place] as u64).wrapping_mul(0x0100_0000_01b3);
                place += 1;
            }
            part += 1;
        }
        hash | 1
    }

    /// Whether both are made of the same constants. Names that are not may be equal still.
    pub(crate) fn is_same_constant(self, other: Self) -> bool {
        std::ptr::eq(self.local, other.local) && std::ptr::eq(self.namespace, other.namespace)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Name")
            .field("namespace", &self.namespace)
            .field("local", &self.local)
            .finish()
    }
}
