//! Time stamps.

use crate::error::Rule;
use crate::simple::datum::{split_zone, two_digits, ymd};
use crate::simple::{SimpleType, Text, collapsed, simple_type};

/// A date with a time of day (`xs:dateTime`), as sent.
///
/// SPAR writes `YYYY-MM-DDThh:mm:ss.nnn` without zone. Which zone is meant is not said, so none is
/// assumed: what an instant needs beyond this is the caller's to know.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Tidsstampel(Text);

impl SimpleType for Tidsstampel {
    fn from_register(text: &str) -> Self {
        Self(collapsed(text))
    }

    fn as_str(&self) -> &str {
        &self.0
    }

    fn check(&self) -> Result<(), Rule> {
        if is_date_time(&self.0) { Ok(()) } else { Err(Rule::Form("xs:dateTime")) }
    }
}

simple_type!(Tidsstampel);

fn is_date_time(text: &str) -> bool {
    let Some((local, _)) = split_zone(text) else { return false };
    let Some((date, time)) = local.split_once('T') else { return false };
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, Some(fraction)),
        None => (time, None),
    };
    let is_fraction = fraction.is_none_or(|fraction| {
        !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit())
    });
    let mut parts = time.split(':').map(two_digits);
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    let (Some(Some(hour)), Some(Some(minute)), Some(Some(second)), None) =
        (hour, minute, second, parts.next())
    else {
        return false;
    };
    let is_zero = fraction.is_none_or(|fraction| fraction.bytes().all(|byte| byte == b'0'));
    let is_end_of_day = hour == 24 && minute == 0 && second == 0 && is_zero;
    ymd(date).is_some()
        && is_fraction
        && ((hour < 24 && minute < 60 && second < 60) || is_end_of_day)
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
}
