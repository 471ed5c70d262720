//! Elements that may say that they have no value.

use std::fmt;

use crate::inspect::{Inspect, Inspector};
use crate::xml::document::Element;
use crate::xml::name::Name;
use crate::xml::reading::{FromXml, Reading, Refusal};
use crate::xml::writing::{ToXml, Writer};

/// What an element holds that the schema calls nillable: a value, or the statement that there is none.
///
/// `xsi:nil="true"` says something else than an element that is not there, so it is kept.
#[derive(Clone, Eq, Hash, PartialEq)]
pub enum Nillable<T> {
    /// The value.
    Value(T),
    /// There is none: `xsi:nil="true"`.
    Nil,
}

impl<T> Nillable<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nil => None,
        }
    }

    /// The value itself, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nil => None,
        }
    }
}

impl<T> From<T> for Nillable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: FromXml> FromXml for Nillable<T> {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        reading.allow_nil(element);
        if !element.is_nil() {
            return T::from_xml(element, reading).map(Self::Value);
        }
        reading.attributes(element, &[])?;
        reading.nothing(element)?;
        Ok(Self::Nil)
    }

    fn is_blank(&self) -> bool {
        self.value().is_some_and(T::is_blank)
    }
}

impl<T: ToXml> ToXml for Nillable<T> {
    fn to_xml(&self, name: Name, writer: &mut Writer) {
        match self {
            Self::Value(value) => value.to_xml(name, writer),
            Self::Nil => writer.nil(name),
        }
    }
}

impl<T: Inspect> Inspect for Nillable<T> {
    fn inspect(&self, inspector: &mut Inspector<'_, '_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.inspect(inspector),
            Self::Nil => inspector.personal(&format_args!("Nil")),
        }
    }
}

impl<T: Inspect> fmt::Debug for Nillable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::inspect::redacted(self, f)
    }
}
