//! Simple types: values as SPAR writes them, with the facets of the schema.
//!
//! Every simple type keeps the text that was read, so that nothing is lost and a document that is
//! written again is the same. What the text means (a number, a date) is a question put to it.

mod datum;
mod facets;
mod free_text;
mod numbers;
mod ofullstandigt_datum;
mod tidsstampel;

use std::borrow::Cow;

use crate::error::{InvalidValue, Rule};
use crate::xml::{Element, Reading, Refusal, is_xml_char};

pub use datum::Datum;
pub use free_text::FreeText;
pub use numbers::{Int, Integer, Long};
pub use ofullstandigt_datum::OfullstandigtDatum;
pub use tidsstampel::Tidsstampel;

#[doc(hidden)]
pub use facets::{Length, Number, Pattern, Runs, regex};
#[doc(hidden)]
pub use numbers::integer;

/// The text of a simple type. Up to 23 bytes need no heap, which covers every code and date.
#[doc(hidden)]
pub type Text = smol_str::SmolStr;

/// A value that stands in an element or attribute as text.
pub trait SimpleType: Sized {
    /// The value as sent, whether the type allows it or not.
    fn from_register(text: &str) -> Self;

    /// The text of the value.
    fn as_str(&self) -> &str;

    /// Whether the type allows the value.
    ///
    /// # Errors
    ///
    /// The facet that the value breaks.
    fn check(&self) -> Result<(), Rule>;

    /// Whether a value of a field that says nothing about any person may be shown: what was read may
    /// hold anything, whatever the field is for.
    fn is_presentable(&self) -> bool {
        self.check().is_ok()
    }
}

/// Reads an element that holds a simple value and no attributes.
#[doc(hidden)]
pub fn read_simple<T: SimpleType>(
    element: Element<'_>,
    reading: &mut Reading,
) -> Result<T, Refusal> {
    reading.attributes(element, &[])?;
    read_simple_content(element, reading)
}

/// Reads the text of an element whose attributes are read apart.
#[doc(hidden)]
pub fn read_simple_content<T: SimpleType>(
    element: Element<'_>,
    reading: &mut Reading,
) -> Result<T, Refusal> {
    let value = T::from_register(reading.text(element)?);
    if let Err(rule) = value.check() {
        reading.deviate(element, rule)?;
    }
    Ok(value)
}

/// Reads an attribute that may be absent.
#[doc(hidden)]
pub fn read_attribute<T: SimpleType>(
    element: Element<'_>,
    name: &str,
    reading: &mut Reading,
) -> Result<Option<T>, Refusal> {
    let Some(text) = element.attribute(name) else { return Ok(None) };
    let value = T::from_register(text);
    if let Err(rule) = value.check() {
        reading.deviate(element, rule)?;
    }
    Ok(Some(value))
}

/// Makes a value that its type allows.
#[doc(hidden)]
pub fn checked<T: SimpleType>(text: &str, type_name: &'static str) -> Result<T, InvalidValue> {
    let value = T::from_register(text);
    // No type of XML Schema has values with such characters. A document that was read has none.
    let characters = if text.chars().all(is_xml_char) { Ok(()) } else { Err(Rule::Character) };
    match characters.and_then(|()| value.check()) {
        Ok(()) => Ok(value),
        Err(rule) => Err(InvalidValue::new(type_name, rule)),
    }
}

/// A code that a closed list of the schema does not hold.
///
/// Made by reading only: what the schema does not know cannot be put into a request.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnknownCode(Text);

impl UnknownCode {
    #[doc(hidden)]
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The code as sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// White space as XSD collapses it for every type but strings.
#[doc(hidden)]
pub fn collapsed(text: &str) -> Text {
    match crate::xml::collapse(text) {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => text.into(),
    }
}

/// Implements what all simple types share, on top of [`SimpleType`].
#[doc(hidden)]
#[macro_export]
macro_rules! simple_type {
    ($name:ident) => {
        impl $name {
            /// The text of the value.
            #[must_use]
            pub fn as_str(&self) -> &str {
                $crate::runtime::simple::SimpleType::as_str(self)
            }

            /// Whether the schema allows the value. What was read from the register may break it.
            #[must_use]
            pub fn is_valid(&self) -> bool {
                $crate::runtime::simple::SimpleType::check(self).is_ok()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::runtime::error::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::runtime::simple::checked(text, stringify!($name))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::runtime::error::InvalidValue;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::runtime::xml::FromXml for $name {
            fn from_xml(
                element: $crate::runtime::xml::Element<'_>,
                reading: &mut $crate::runtime::xml::Reading,
            ) -> Result<Self, $crate::runtime::xml::Refusal> {
                $crate::runtime::simple::read_simple(element, reading)
            }

            fn read_direct(
                direct: &mut $crate::runtime::xml::Direct<'_>,
            ) -> Result<Self, $crate::runtime::xml::Unusual> {
                direct.value()
            }

            fn is_blank(&self) -> bool {
                self.as_str().is_empty() && !self.is_valid()
            }
        }

        impl $crate::runtime::xml::ToXml for $name {
            fn to_xml(
                &self,
                name: $crate::runtime::xml::Name,
                writer: &mut $crate::runtime::xml::Writer,
            ) {
                writer.start(name, &[]);
                writer.text(self.as_str());
                writer.check($crate::runtime::simple::SimpleType::check(self));
                writer.end(name);
            }
        }

        impl $crate::runtime::inspect::Inspect for $name {
            fn inspect(
                &self,
                inspector: &mut $crate::runtime::inspect::Inspector<'_, '_>,
            ) -> std::fmt::Result {
                inspector.simple(&self.as_str(), || {
                    $crate::runtime::simple::SimpleType::is_presentable(self)
                })
            }
        }

        $crate::redacted_debug!($name);

        $crate::json_string!($name);
    };
}
pub(crate) use simple_type;

/// Implements a newtype over text of a length and, as the schema and as Rust write it, a pattern: a
/// regular expression or [`Runs`].
#[doc(hidden)]
#[macro_export]
macro_rules! text_type {
    ($name:ident, $length:expr) => {
        $crate::text_type!(@judged $name, $length, |_| Ok(()));
    };
    ($name:ident, $length:expr, $xsd:literal, $regex:literal) => {
        // In a group, since the regex crate has a fast engine for these, but takes it where groups are
        // asked for only.
        $crate::text_type!(@judged $name, $length, |text: &str| {
            static PATTERN: $crate::runtime::simple::Pattern =
                $crate::runtime::simple::Pattern::new($xsd, || {
                    $crate::runtime::simple::regex(concat!("(", $regex, ")"))
                });
            PATTERN.check(text)
        });
    };
    ($name:ident, $length:expr, $xsd:literal, $runs:expr) => {
        $crate::text_type!(@judged $name, $length, |text: &str| {
            const RUNS: $crate::runtime::simple::Runs =
                $crate::runtime::simple::Runs { xsd: $xsd, runs: $runs };
            RUNS.check(text)
        });
    };
    (@judged $name:ident, $length:expr, $pattern:expr) => {
        impl $crate::runtime::simple::SimpleType for $name {
            fn from_register(text: &str) -> Self {
                Self(text.into())
            }

            fn as_str(&self) -> &str {
                &self.0
            }

            fn check(&self) -> Result<(), $crate::runtime::error::Rule> {
                const LENGTH: $crate::runtime::simple::Length = $length;
                LENGTH.check(&self.0)?;
                ($pattern)(&self.0)
            }
        }

        $crate::simple_type!($name);
    };
}
pub(crate) use text_type;

/// Implements a newtype over a whole number with bounds.
#[doc(hidden)]
#[macro_export]
macro_rules! number_type {
    ($name:ident, $number:ty, $bounds:expr) => {
        impl $name {
            /// The number as a value of this type.
            ///
            /// # Errors
            ///
            /// A number that the type does not allow.
            pub fn new(number: $number) -> Result<Self, $crate::runtime::error::InvalidValue> {
                number.to_string().parse()
            }

            /// The number, if the value is one.
            #[must_use]
            pub fn value(&self) -> Option<$number> {
                $crate::runtime::simple::integer(&self.0)?.try_into().ok()
            }
        }

        impl $crate::runtime::simple::SimpleType for $name {
            fn from_register(text: &str) -> Self {
                Self($crate::runtime::simple::collapsed(text))
            }

            fn as_str(&self) -> &str {
                &self.0
            }

            fn check(&self) -> Result<(), $crate::runtime::error::Rule> {
                const BOUNDS: $crate::runtime::simple::Number = $bounds;
                BOUNDS.check(&self.0)
            }
        }

        $crate::simple_type!($name);
    };
}
pub(crate) use number_type;

/// Implements an enumeration that keeps codes it does not know.
#[doc(hidden)]
#[macro_export]
macro_rules! code_type {
    ($name:ident, { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $name {
            /// The values that the schema lists, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $crate::runtime::simple::SimpleType for $name {
            fn from_register(text: &str) -> Self {
                match text {
                    $($code => Self::$variant,)+
                    _ => Self::Unknown($crate::runtime::simple::UnknownCode::new(text)),
                }
            }

            fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Unknown(code) => code.as_str(),
                }
            }

            fn check(&self) -> Result<(), $crate::runtime::error::Rule> {
                match self {
                    Self::Unknown(_) => Err($crate::runtime::error::Rule::Enumeration),
                    _ => Ok(()),
                }
            }
        }

        $crate::simple_type!($name);
    };
}
pub(crate) use code_type;
