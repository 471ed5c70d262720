//! Time stamps.

use crate::error::Rule;
use crate::simple::datum::{split_zone, two_digits, ymd};
use crate::simple::{SimpleType, Text, collapsed, simple_type};

/// A date with a time of day (`xs:dateTime`), as sent.
///
/// SPAR writes `YYYY-MM-DDThh:mm:ss.nnn` without zone. Which zone is meant is not said, so none is
/// assumed: what an instant needs beyond this is the caller's to know.
///
/// ```
/// use spar_types::Tidsstampel;
///
/// let skapad: Tidsstampel = "2023-09-01T06:30:00.125".parse()?;
/// assert_eq!(skapad.ymd(), Some((2023, 9, 1)));
/// assert_eq!(skapad.hms(), Some((6, 30, 0, 125_000_000)));
/// assert_eq!(skapad.zone(), None);
/// # Ok::<(), spar_types::InvalidValue>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Tidsstampel(Text);

impl Tidsstampel {
    /// Year, month and day as written, if the value is a time stamp with a year of four digits.
    #[must_use]
    pub fn ymd(&self) -> Option<(u16, u8, u8)> {
        let ((year, month, day), _) = date_time(&self.0)?;
        Some((u16::try_from(year).ok().filter(|year| *year <= 9999)?, month, day))
    }

    /// Hour, minute, second and nanosecond as written, if the value is a time stamp. Digits beyond the
    /// nanosecond are cut off.
    ///
    /// XML Schema has an hour 24 with zeros behind it: the first moment of the next day.
    #[must_use]
    pub fn hms(&self) -> Option<(u8, u8, u8, u32)> {
        date_time(&self.0).map(|(_, time)| time)
    }

    /// The zone that XML Schema allows behind the time, `Z` or an offset such as `+02:00`. SPAR sends
    /// none.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        split_zone(&self.0)?.1
    }
}

impl SimpleType for Tidsstampel {
    fn from_register(text: &str) -> Self {
        Self(collapsed(text))
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn check(&self) -> Result<(), Rule> {
        date_time(&self.0).map(|_| ()).ok_or(Rule::Form("xs:dateTime"))
    }
}

simple_type!(Tidsstampel);

/// Date and time of day, of which the last part is nanoseconds.
type DateTime = ((i64, u8, u8), (u8, u8, u8, u32));

fn date_time(text: &str) -> Option<DateTime> {
    let (local, _) = split_zone(text)?;
    let (date, time) = local.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut parts = time.split(':').map(two_digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_zero = fraction.bytes().all(|byte| byte == b'0');
    let is_end_of_day = hour == 24 && minute == 0 && second == 0 && is_zero;
    if parts.next().is_some() || !((hour < 24 && minute < 60 && second < 60) || is_end_of_day) {
        return None;
    }
    let nanosecond = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |nanosecond, digit| nanosecond * 10 + u32::from(digit - b'0'));
    Some((ymd(date)?, (hour, minute, second, nanosecond)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stamps_are_those_of_xsd() {
        // XML-36.
        let check = |text: &str, is_valid: bool| {
            assert_eq!(Tidsstampel::from_register(text).is_valid(), is_valid, "{text}");
        };
        check("2021-10-08T12:30:00", true);
        check("2021-10-08T12:30:00.123", true);
        check("2021-10-08T12:30:00.123456789", true);
        check("2021-10-08T12:30:00.", false);
        check("2021-10-08T12:30:00Z", true);
        check("2021-10-08T12:30:00.5-01:30", true);
        check("2021-10-08T24:00:00", true);
        check("2021-10-08T24:00:00.1", false);
        check("2021-10-08T12:60:00", false);
        check("2021-10-08T12:30", false);
        check("2021-13-08T12:30:00", false);
        check("2021-10-08", false);
        check("", false);
    }

    #[test]
    fn the_parts_are_told_as_written() {
        let check = |text: &str, ymd, hms, zone| {
            let stamp = Tidsstampel::from_register(text);
            assert_eq!((stamp.ymd(), stamp.hms(), stamp.zone()), (ymd, hms, zone), "{text}");
        };
        let day = Some((2021, 10, 8));
        check("2021-10-08T12:30:01", day, Some((12, 30, 1, 0)), None);
        check("2021-10-08T12:30:01.5", day, Some((12, 30, 1, 500_000_000)), None);
        check("2021-10-08T12:30:01.1234567899", day, Some((12, 30, 1, 123_456_789)), None);
        check("2021-10-08T24:00:00.000Z", day, Some((24, 0, 0, 0)), Some("Z"));
        check("2021-10-08T12:30:01-01:30", day, Some((12, 30, 1, 0)), Some("-01:30"));
        check("12021-10-08T12:30:01", None, Some((12, 30, 1, 0)), None);
        check("2021-10-08", None, None, None);
        check("", None, None, None);
    }
}
