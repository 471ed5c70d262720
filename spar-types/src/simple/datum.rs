//! Calendar dates.

use std::fmt;

use crate::error::{InvalidValue, Rule};
use crate::simple::{SimpleType, Text, collapsed, simple_type};

/// A calendar date (`xs:date`), as sent.
///
/// SPAR writes `YYYY-MM-DD`. `9999-12-31` as the end of an interval marks what is current.
/// A zone, which XML Schema allows, is kept and never shifted.
///
/// ```
/// use spar_types::Datum;
///
/// let datum = Datum::new(1981, 11, 30)?;
/// assert_eq!(datum.as_str(), "1981-11-30");
/// assert_eq!(datum.ymd(), Some((1981, 11, 30)));
/// assert!(Datum::new(1981, 2, 30).is_err());
/// # Ok::<(), spar_types::InvalidValue>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Datum(Text);

impl Datum {
    /// The date of a year (1 to 9999), month and day.
    ///
    /// # Errors
    ///
    /// A date that the calendar does not have.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, InvalidValue> {
        if year > 9999 {
            return Err(InvalidValue::new("Datum", Rule::Form("xs:date")));
        }
        format!("{year:04}-{month:02}-{day:02}").parse()
    }

    /// Year, month and day, if the value is a date with a year of four digits.
    #[must_use]
    pub fn ymd(&self) -> Option<(u16, u8, u8)> {
        let (year, month, day) = self.parts()?;
        Some((u16::try_from(year).ok().filter(|year| *year <= 9999)?, month, day))
    }

    /// Year, month and day of any date of XML Schema. Dates are in the order of these.
    pub(crate) fn parts(&self) -> Option<(i64, u8, u8)> {
        ymd(split_zone(&self.0)?.0)
    }

    /// The zone that XML Schema allows behind a date, `Z` or an offset such as `+02:00`. SPAR sends none.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        split_zone(&self.0)?.1
    }

    /// Whether this is `9999-12-31`, by which SPAR marks the end of what is current.
    #[must_use]
    pub fn is_open_ended(&self) -> bool {
        self.ymd() == Some((9999, 12, 31))
    }
}

impl SimpleType for Datum {
    fn from_register(text: &str) -> Self {
        Self(collapsed(text))
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn check(&self) -> Result<(), Rule> {
        // As SPAR writes dates.
        if let Some((year, month, day)) = plain(&self.0) {
            let is_date = year > 0
                && (1..=12).contains(&month)
                && (1..=days_in_month(i64::from(year), month)).contains(&day);
            return if is_date { Ok(()) } else { Err(Rule::Form("xs:date")) };
        }
        self.parts().map(|_| ()).ok_or(Rule::Form("xs:date"))
    }
}

simple_type!(Datum);

impl fmt::Display for Datum {
    /// Shows the date: personal data if it came from a record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The numbers in `YYYY-MM-DD`.
fn plain(text: &str) -> Option<(u16, u8, u8)> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let is_digit = |place: &usize| bytes[*place].is_ascii_digit();
    if bytes[4] != b'-' || bytes[7] != b'-' || ![0, 1, 2, 3, 5, 6, 8, 9].iter().all(is_digit) {
        return None;
    }
    let two = |place: usize| (bytes[place] - b'0') * 10 + (bytes[place + 1] - b'0');
    Some((u16::from(two(0)) * 100 + u16::from(two(2)), two(5), two(8)))
}

/// Parts a date or time from its zone: `Z`, or an offset of at most 14 hours.
pub(super) fn split_zone(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = text.strip_suffix('Z') {
        return Some((rest, Some("Z")));
    }
    let Some(start) = text.len().checked_sub(6).filter(|start| text.is_char_boundary(*start))
    else {
        return Some((text, None));
    };
    let (rest, zone) = text.split_at(start);
    if !zone.starts_with(['+', '-']) || zone.as_bytes()[3] != b':' {
        return Some((text, None));
    }
    let hours = two_digits(&zone[1..3])?;
    let minutes = two_digits(&zone[4..6])?;
    let is_valid = minutes < 60 && (hours < 14 || (hours == 14 && minutes == 0));
    is_valid.then_some((rest, Some(zone)))
}

/// Year, month and day of `-?YYYY…-MM-DD`, if the calendar has the date.
pub(super) fn ymd(text: &str) -> Option<(i64, u8, u8)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let has_surplus_zero = year.len() > 4 && year.starts_with('0');
    if parts.next().is_some() || year.len() < 4 || has_surplus_zero {
        return None;
    }
    let is_digits = year.bytes().all(|byte| byte.is_ascii_digit());
    let year = sign * year.parse::<i64>().ok().filter(|year| is_digits && *year != 0)?;
    let month = two_digits(month).filter(|month| (1..=12).contains(month))?;
    let day = two_digits(day).filter(|day| (1..=days_in_month(year, month)).contains(day))?;
    Some((year, month, day))
}

pub(super) fn two_digits(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

fn days_in_month(year: i64, month: u8) -> u8 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_xsd() {
        // XML-36, REC-05. Verdicts of xmllint 2.9.14 on xs:date.
        let check = |text: &str, is_valid: bool| {
            assert_eq!(Datum::from_register(text).is_valid(), is_valid, "{text}");
        };
        check("2021-02-28", true);
        check("2021-02-29", false);
        check("2020-02-29", true);
        check("1900-02-29", false);
        check("9999-12-31", true);
        check("12021-01-01", true);
        check("02021-01-01", false);
        check("0000-01-01", false);
        check("-0001-01-01", true);
        check("2021-1-1", false);
        check("2021-00-10", false);
        check("2021-04-31", false);
        check("20210401", false);
        check("2021-04-01Z", true);
        check("2021-04-01+02:00", true);
        check("2021-04-01+14:01", false);
        check("2021-04-01+2:00", false);
        check(" 2021-04-01 ", true);
        check("２０２１-04-01", false);
        check("", false);
        check("2021-04-01T00:00:00", false);
    }
}
