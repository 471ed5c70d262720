//! Text without facets.

use crate::error::Rule;
use crate::simple::{SimpleType, Text, simple_type};
use crate::xml::is_xml_char;

/// Text that the schema leaves open (`xs:string`), as sent.
///
/// `Debug` does not show it: it may say anything about a person.
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FreeText(Text);

impl SimpleType for FreeText {
    fn from_register(text: &str) -> Self {
        Self(text.into())
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn check(&self) -> Result<(), Rule> {
        if self.0.chars().all(is_xml_char) { Ok(()) } else { Err(Rule::Character) }
    }

    /// Whether the text looks like a code or an identity, not like a sentence or a number of a person.
    fn is_presentable(&self) -> bool {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        // A personnummer has up to 13 characters: `YYYYMMDD-NNNN`.
        let is_number =
            self.0.len() <= 13 && !self.0.bytes().any(|byte| byte.is_ascii_alphabetic());
        self.0.len() <= 64 && self.0.bytes().all(is_part) && !is_number
    }
}

simple_type!(FreeText);

impl PartialEq<str> for FreeText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for FreeText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
