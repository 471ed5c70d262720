//! Facets: what a schema allows the text of a simple type to be.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use crate::error::Rule;
use crate::simple::integer;

/// The length of a string type, in code points as XSD counts, not in bytes.
#[doc(hidden)]
pub struct Length {
    min: usize,
    max: usize,
}

#[doc(hidden)]
impl Length {
    /// Every length.
    pub const fn any() -> Self {
        Self { min: 0, max: usize::MAX }
    }

    pub const fn min(self, min: usize) -> Self {
        Self { min, ..self }
    }

    pub const fn max(self, max: usize) -> Self {
        Self { max, ..self }
    }

    pub fn check(&self, text: &str) -> Result<(), Rule> {
        // The number of bytes settles most cases: no code point takes more than four.
        if text.len() < self.min.saturating_mul(4) && text.chars().count() < self.min {
            Err(Rule::MinLength(self.min))
        } else if text.len() > self.max && text.chars().count() > self.max {
            Err(Rule::MaxLength(self.max))
        } else {
            Ok(())
        }
    }
}

/// Compiles what the generator made of a pattern facet.
#[doc(hidden)]
#[must_use]
pub fn regex(expression: &str) -> Option<Regex> {
    Regex::new(expression).ok()
}

/// A pattern facet. The generator translates the XSD form by the rules of XSD, in which `\w` is
/// another class than in Rust.
#[doc(hidden)]
pub struct Pattern {
    xsd: &'static str,
    regex: LazyLock<Option<Regex>>,
}

#[doc(hidden)]
impl Pattern {
    /// `regex` compiles what the generator made of `xsd`, at the first value that is checked.
    pub const fn new(xsd: &'static str, regex: fn() -> Option<Regex>) -> Self {
        Self { xsd, regex: LazyLock::new(regex) }
    }

    pub fn check(&self, text: &str) -> Result<(), Rule> {
        // The generator has compiled the expression; one that did not would refuse everything.
        let is_match = self.regex.as_ref().is_some_and(|regex| regex.is_match(text));
        if is_match { Ok(()) } else { Err(Rule::Pattern(self.xsd)) }
    }
}

/// A pattern facet that is no more than runs of ASCII characters: a range, and how many of it stand side
/// by side. Only the last run may have a choice how many.
#[doc(hidden)]
pub struct Runs {
    pub xsd: &'static str,
    pub runs: &'static [(RangeInclusive<u8>, RangeInclusive<usize>)],
}

#[doc(hidden)]
impl Runs {
    #[inline]
    pub fn check(&self, text: &str) -> Result<(), Rule> {
        let mut rest = text.as_bytes();
        for (range, times) in self.runs {
            let len =
                rest.iter().take(*times.end()).take_while(|byte| range.contains(byte)).count();
            if len < *times.start() {
                return Err(Rule::Pattern(self.xsd));
            }
            rest = &rest[len..];
        }
        if rest.is_empty() { Ok(()) } else { Err(Rule::Pattern(self.xsd)) }
    }
}

/// The bounds of a whole-number type.
#[doc(hidden)]
pub struct Number {
    name: &'static str,
    min: i64,
    max: i64,
    min_inclusive: i64,
    max_inclusive: i64,
}

#[doc(hidden)]
impl Number {
    /// `xs:int`: 32 bits.
    pub const INT: Self = Self::of("xs:int", i32::MIN as i64, i32::MAX as i64);

    /// `xs:long`: 64 bits.
    pub const LONG: Self = Self::of("xs:long", i64::MIN, i64::MAX);

    const fn of(name: &'static str, min: i64, max: i64) -> Self {
        Self { name, min, max, min_inclusive: min, max_inclusive: max }
    }

    pub const fn min_inclusive(self, min_inclusive: i64) -> Self {
        Self { min_inclusive, ..self }
    }

    pub const fn max_inclusive(self, max_inclusive: i64) -> Self {
        Self { max_inclusive, ..self }
    }

    pub fn check(&self, text: &str) -> Result<(), Rule> {
        let number = integer(text)
            .and_then(|number| i64::try_from(number).ok())
            .filter(|number| (self.min..=self.max).contains(number))
            .ok_or(Rule::Form(self.name))?;
        if number < self.min_inclusive {
            Err(Rule::MinInclusive(self.min_inclusive))
        } else if number > self.max_inclusive {
            Err(Rule::MaxInclusive(self.max_inclusive))
        } else {
            Ok(())
        }
    }
}
