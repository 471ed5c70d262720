//! Incomplete dates.

use std::cmp::Ordering;

use crate::error::Rule;
use crate::simple::datum::ymd;
use crate::simple::{Datum, SimpleType, Text, simple_type};

/// A date of which parts may be unknown, as sent.
///
/// `YYYY-MM-DD` where SPAR holds eight digits, in which unknown parts are zeros (`2019-01-00`,
/// `0000-00-00`); otherwise zero to seven digits without separator (`200101`, `2001`, `0`), or
/// nothing at all. The schema takes any text (`SparOfullstandigtDatumTYPE`).
///
/// Two are equal if their texts are; which is the earlier one is a question that may have no answer, see
/// [`compare`](Self::compare).
///
/// ```
/// use spar_types::OfullstandigtDatum;
///
/// let datum: OfullstandigtDatum = "2019-01-00".parse()?;
/// assert_eq!((datum.year(), datum.month(), datum.day()), (Some(2019), Some(1), None));
/// assert!(datum.to_datum().is_none());
/// # Ok::<(), spar_types::InvalidValue>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
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

    /// Which of two dates is the earlier one, as far as the known parts tell.
    ///
    /// The first part that differs decides. `None` if a part that is unknown comes before it:
    /// `2019-01-00` is earlier than `2019-02-01`, and neither earlier nor later than `2019-01-15`.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let parts = |datum: &Self| {
            [datum.year(), datum.month().map(Into::into), datum.day().map(Into::into)]
        };
        for (left, right) in parts(self).into_iter().zip(parts(other)) {
            match left?.cmp(&right?) {
                Ordering::Equal => {}
                decided => return Some(decided),
            }
        }
        Some(Ordering::Equal)
    }

    /// Whether the value has the form of an incomplete date: fewer than eight digits, or zeros for the
    /// year, the month or the day.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        let Some(digits) = self.digits() else { return false };
        let is_zero =
            |range| digits.get(range).is_some_and(|part: &[u8]| part.iter().all(|d| *d == b'0'));
        digits.len() < 8 || is_zero(0..4) || is_zero(4..6) || is_zero(6..8)
    }

    /// Whether nothing is known: no text, or zeros only.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.bytes().all(|byte| matches!(byte, b'0' | b'-' | b' '))
    }

    /// The number that these digits make, if the value is made as SPAR makes it.
    fn part(&self, from: usize, to: usize) -> Option<u16> {
        std::str::from_utf8(self.digits()?.get(from..to)?).ok()?.parse().ok()
    }

    /// The digits of the value, if it is made as SPAR makes it.
    fn digits(&self) -> Option<Vec<u8>> {
        let text = self.0.as_str();
        let is_separated =
            text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let digits: Vec<u8> = text.bytes().filter(|byte| !is_separated || *byte != b'-').collect();
        let is_made_so =
            digits.iter().all(u8::is_ascii_digit) && (is_separated || digits.len() <= 7);
        is_made_so.then_some(digits)
    }
}

/// The text stays.
impl From<&Datum> for OfullstandigtDatum {
    fn from(datum: &Datum) -> Self {
        Self::from_register(datum.as_str())
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

    #[test]
    fn dates_are_compared_as_far_as_they_are_known() {
        // REC-04.
        let check = |left: &str, right: &str, expected: Option<Ordering>| {
            let (left, right) =
                (OfullstandigtDatum::from_register(left), OfullstandigtDatum::from_register(right));
            assert_eq!(left.compare(&right), expected, "{left:?} {right:?}");
            assert_eq!(right.compare(&left), expected.map(Ordering::reverse));
        };
        check("2019-01-01", "2019-01-02", Some(Ordering::Less));
        check("2019-01-01", "2019-01-01", Some(Ordering::Equal));
        check("2019-01-00", "2019-02-01", Some(Ordering::Less));
        check("201901", "2019-02-00", Some(Ordering::Less));
        check("2018", "2019-01-01", Some(Ordering::Less));
        check("2019-01-00", "2019-01-15", None);
        check("2019-01-00", "2019-01-00", None);
        check("2019", "2019-01-15", None);
        check("0000-01-01", "2019-01-15", None);
        check("", "2019-01-15", None);
        check("2019-13-45", "2019-01-15", None);
        check("okänt", "okänt", None);
    }

    #[test]
    fn what_is_missing_is_told_from_what_is_wrong() {
        // REC-04.
        let check = |text: &str, expected: bool| {
            let datum = OfullstandigtDatum::from_register(text);
            assert_eq!(datum.is_incomplete(), expected, "{text}");
        };
        check("", true);
        check("0", true);
        check("2001", true);
        check("200101", true);
        check("2019012", true);
        check("2019-01-00", true);
        check("2019-00-12", true);
        check("0000-00-00", true);
        check("0000-02-03", true);
        check("2019-01-01", false);
        check("2019-13-45", false);
        check("20190102", false);
        check(" 2019-01-00", false);
        check("okänt", false);
    }
}
