//! Incomplete dates.

use crate::error::Rule;
use crate::simple::datum::ymd;
use crate::simple::{Datum, SimpleType, Text, simple_type};

/// A date of which parts may be unknown, as sent.
///
/// `YYYY-MM-DD` where SPAR holds eight digits, in which unknown parts are zeros (`2019-01-00`,
/// `0000-00-00`); otherwise zero to seven digits without separator (`200101`, `2001`, `0`), or
/// nothing at all. The schema takes any text (`SparOfullstandigtDatumTYPE`).
///
/// ```
/// use spar_types::OfullstandigtDatum;
///
/// let datum: OfullstandigtDatum = "2019-01-00".parse()?;
/// assert_eq!((datum.year(), datum.month(), datum.day()), (Some(2019), Some(1), None));
/// assert!(datum.to_datum().is_none());
/// # Ok::<(), spar_types::InvalidValue>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OfullstandigtDatum(Text);

impl OfullstandigtDatum {
    /// The year, if the value names one: its first four digits.
    #[must_use]
    pub fn year(&self) -> Option<u16> {
        self.part(0, 4).filter(|year| *year > 0)
    }

    /// The month, if the value names one of the calendar's twelve.
    #[must_use]
    pub fn month(&self) -> Option<u8> {
        let month = self.part(4, 6).filter(|month| (1..=12).contains(month))?;
        u8::try_from(month).ok()
    }

    /// The day of the month, if the value names one from 1 to 31 in a known month.
    #[must_use]
    pub fn day(&self) -> Option<u8> {
        self.month()?;
        let day = self.part(6, 8).filter(|day| (1..=31).contains(day))?;
        u8::try_from(day).ok()
    }

    /// The calendar date, if the value is complete and the calendar has it.
    #[must_use]
    pub fn to_datum(&self) -> Option<Datum> {
        ymd(&self.0)?;
        self.0.parse().ok()
    }

    /// Whether nothing is known: no text, or zeros only.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.bytes().all(|byte| matches!(byte, b'0' | b'-' | b' '))
    }

    /// The number that these digits make, if the value is made as SPAR makes it.
    fn part(&self, from: usize, to: usize) -> Option<u16> {
        let text = self.0.as_str();
        let is_separated =
            text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let digits: Vec<u8> = text.bytes().filter(|byte| !is_separated || *byte != b'-').collect();
        if !digits.iter().all(u8::is_ascii_digit) || (!is_separated && digits.len() > 7) {
            return None;
        }
        let digits = std::str::from_utf8(digits.get(from..to)?).ok()?;
        digits.parse().ok()
    }
}

impl SimpleType for OfullstandigtDatum {
    fn from_register(text: &str) -> Self {
        Self(text.into())
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn check(&self) -> Result<(), Rule> {
        Ok(())
    }
}

simple_type!(OfullstandigtDatum);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_where_they_are_known() {
        // REC-04.
        let check = |text: &str, expected: (Option<u16>, Option<u8>, Option<u8>)| {
            let datum = OfullstandigtDatum::from_register(text);
            assert_eq!((datum.year(), datum.month(), datum.day()), expected, "{text}");
            assert_eq!(datum.as_str(), text);
        };
        check("2019-01-01", (Some(2019), Some(1), Some(1)));
        check("2019-01-00", (Some(2019), Some(1), None));
        check("2019-00-00", (Some(2019), None, None));
        check("2019-00-12", (Some(2019), None, None));
        check("0000-00-00", (None, None, None));
        check("200101", (Some(2001), Some(1), None));
        check("2001", (Some(2001), None, None));
        check("0", (None, None, None));
        check("", (None, None, None));
        check("2019-13-45", (Some(2019), None, None));
        check("2019012", (Some(2019), Some(1), None));
        check("20190102", (None, None, None));
        check(" 2019-01-01", (None, None, None));
        check("okänt", (None, None, None));
    }

    #[test]
    fn only_a_complete_date_becomes_one() {
        let datum = |text| OfullstandigtDatum::from_register(text).to_datum();
        assert!(datum("2019-01-31").is_some());
        assert!(datum("2019-02-30").is_none());
        assert!(datum("2019-01-00").is_none());
        assert!(datum("20190131").is_none());
    }
}
