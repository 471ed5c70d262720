//! Whole numbers without facets. Two are equal if their texts are; order is asked of their values.

use crate::error::Rule;
use crate::simple::{Number, SimpleType, Text, collapsed, number_type, simple_type};

/// A whole number of 32 bits (`xs:int`), as sent.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Int(Text);

number_type!(Int, i32, Number::INT);

/// A whole number of 64 bits (`xs:long`), as sent.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Long(Text);

number_type!(Long, i64, Number::LONG);

/// A whole number of any size (`xs:integer`), as sent.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Integer(Text);

impl Integer {
    /// The number, if it has at most 38 digits.
    #[must_use]
    pub fn value(&self) -> Option<i128> {
        integer(&self.0)
    }
}

impl From<i128> for Integer {
    fn from(number: i128) -> Self {
        Self(number.to_string().into())
    }
}

impl SimpleType for Integer {
    fn from_register(text: &str) -> Self {
        Self(collapsed(text))
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn check(&self) -> Result<(), Rule> {
        if digits(&self.0).is_some() { Ok(()) } else { Err(Rule::Form("xs:integer")) }
    }
}

simple_type!(Integer);

/// The number that the text writes in the form of XSD: an optional sign and ASCII digits.
pub fn integer(text: &str) -> Option<i128> {
    let digits = digits(text)?;
    let number = digits.parse::<i128>().ok()?;
    Some(if text.starts_with('-') { -number } else { number })
}

fn digits(text: &str) -> Option<&str> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}
