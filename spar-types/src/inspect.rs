//! `Debug` that never shows a person, and the explicit way to see one.

use std::fmt;

use crate::error::Rule;
use crate::xml::Unrepresentable;

/// What a value shows of itself.
///
/// Every record implements `Debug` by this trait, redacted: type and field names are shown, values
/// only of the few fields that identify no person (customer numbers, counts, codes of SPAR), and only
/// if they have the form of such. No feature changes that. [`unredacted`](Self::unredacted) is the
/// one way around it, made to be found by searching the source.
///
/// ```
/// use spar_types::Inspect;
/// use spar_types::personsok::newest::IdNummer;
///
/// let id: IdNummer = "198111309285".parse()?;
/// assert_eq!(format!("{id:?}"), "<redacted>");
/// assert_eq!(format!("{:?}", id.unredacted()), r#""198111309285""#);
/// # Ok::<(), spar_types::InvalidValue>(())
/// ```
pub trait Inspect {
    /// Shows the value with everything in it.
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result;

    /// The value for `{:?}` with everything in it. What is printed is personal data.
    fn unredacted(&self) -> Unredacted<'_, Self>
    where
        Self: Sized,
    {
        Unredacted(self)
    }
}

/// Shows everything. Made by [`Inspect::unredacted`].
pub struct Unredacted<'a, T: ?Sized>(&'a T);

impl<T: Inspect + ?Sized> fmt::Debug for Unredacted<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.inspect(&mut Inspector { out: f, shows: Shows::Everything })
    }
}

/// Shows a value as its `Debug` does.
#[doc(hidden)]
pub fn redacted<T: Inspect + ?Sized>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    value.inspect(&mut Inspector { out: f, shows: Shows::Nothing })
}

/// Writes one value.
pub struct Inspector<'a, 'f> {
    out: &'a mut fmt::Formatter<'f>,
    shows: Shows,
}

/// Which values are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// None.
    Nothing,
    /// Those of a field that says nothing about any person, as long as they are what the schema
    /// allows there: what was read may hold anything.
    Public,
    /// All.
    Everything,
}

#[doc(hidden)]
impl Inspector<'_, '_> {
    /// A value that says something about a person.
    pub(crate) fn personal(&mut self, value: &dyn fmt::Debug) -> fmt::Result {
        if self.shows == Shows::Nothing {
            self.out.write_str("<redacted>")
        } else {
            value.fmt(self.out)
        }
    }

    /// A value of a simple type.
    pub fn simple(
        &mut self,
        value: &dyn fmt::Debug,
        is_presentable: impl FnOnce() -> bool,
    ) -> fmt::Result {
        if self.shows == Shows::Public && !is_presentable() {
            return self.out.write_str("<redacted>");
        }
        self.personal(value)
    }

    /// An element of which no record was made.
    pub(crate) fn unrepresentable(&mut self, path: &str, rule: &Rule, source: &str) -> fmt::Result {
        let source: &dyn fmt::Debug = match self.shows {
            Shows::Everything => &source,
            _ => &format_args!("<redacted>"),
        };
        let mut out = self.out.debug_struct("Unrepresentable");
        out.field("path", &path).field("rule", rule).field("source", source).finish()
    }

    /// A value that says nothing about any person.
    pub fn public(&mut self, value: &dyn fmt::Debug) -> fmt::Result {
        value.fmt(self.out)
    }

    /// A struct with its fields.
    pub fn record(&mut self, name: &str, fields: &[(&str, &dyn Inspect)]) -> fmt::Result {
        let shows = self.shows;
        let mut out = self.out.debug_struct(name);
        for (field, value) in fields {
            out.field(field, &Nested { value: *value, shows });
        }
        out.finish()
    }

    /// An alternative of an enumeration with its content.
    pub fn variant(&mut self, name: &str, content: &[&dyn Inspect]) -> fmt::Result {
        let shows = self.shows;
        let mut out = self.out.debug_tuple(name);
        for value in content {
            out.field(&Nested { value: *value, shows });
        }
        out.finish()
    }
}

impl fmt::Debug for Inspector<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector").field("shows", &self.shows).finish_non_exhaustive()
    }
}

struct Nested<'a> {
    value: &'a dyn Inspect,
    shows: Shows,
}

impl fmt::Debug for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.inspect(&mut Inspector { out: f, shows: self.shows })
    }
}

/// Whether there is a value may be as telling as the value.
impl<T: Inspect> Inspect for Option<T> {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        match self {
            _ if inspector.shows == Shows::Nothing => inspector.personal(&()),
            Some(value) => inspector.variant("Some", &[value]),
            None => inspector.public(&None::<()>),
        }
    }
}

impl<T: Inspect> Inspect for Result<T, Unrepresentable> {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        match self {
            Ok(record) => record.inspect(inspector),
            Err(unrepresentable) => unrepresentable.inspect(inspector),
        }
    }
}

/// How many there are may be as telling as what they are.
impl<T: Inspect> Inspect for Vec<T> {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        if inspector.shows == Shows::Nothing {
            return inspector.personal(&());
        }
        let shows = inspector.shows;
        let entries = self.iter().map(|value| Nested { value, shows });
        inspector.out.debug_list().entries(entries).finish()
    }
}

/// A field that says nothing about any person: shown in every `Debug`.
#[doc(hidden)]
pub struct Public<'a, T>(pub &'a T);

impl<T: Inspect> Inspect for Public<'_, T> {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        let shows = inspector.shows;
        inspector.shows = if shows == Shows::Nothing { Shows::Public } else { shows };
        let result = self.0.inspect(inspector);
        inspector.shows = shows;
        result
    }
}

/// Implements `Debug` by [`Inspect`], redacted.
#[doc(hidden)]
#[macro_export]
macro_rules! redacted_debug {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::runtime::inspect::redacted(self, f)
            }
        }
    )+};
}
pub(crate) use redacted_debug;
