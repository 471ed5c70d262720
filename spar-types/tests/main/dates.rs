//! REC-04, REC-05: conversions to the types of date crates, and back.

use std::fmt::Debug;

use spar_types::dates::{DateConversionError, DateConversionErrorKind as Kind};
use spar_types::{Datum, OfullstandigtDatum, SimpleType, Tidsstampel};

/// What one date crate makes of SPAR's values, with its own types written out by its own methods.
trait DateCrate {
    type Date: for<'a> TryFrom<&'a Datum, Error = DateConversionError>
        + for<'a> TryFrom<&'a OfullstandigtDatum, Error = DateConversionError>
        + TryInto<Datum, Error = DateConversionError>
        + TryInto<OfullstandigtDatum, Error = DateConversionError>
        + Copy
        + Debug;
    type DateTime: for<'a> TryFrom<&'a Tidsstampel, Error = DateConversionError>
        + TryInto<Tidsstampel, Error = DateConversionError>
        + Copy
        + Debug;

    fn date(date: Self::Date) -> (i64, u8, u8);
    fn date_time(date_time: Self::DateTime) -> String;
}

/// The same for each crate. `expected` of a date: what its own methods tell.
fn check_dates<C: DateCrate>(text: &str, expected: Result<(i64, u8, u8), Kind>) {
    let datum = Datum::from_register(text);
    let date = C::Date::try_from(&datum);
    assert_eq!(shown(date).map(C::date), expected, "{text}");
    if let Ok(date) = date {
        let (back, incomplete): (_, Result<OfullstandigtDatum, _>) =
            (date.try_into(), date.try_into());
        assert!(back == Ok(datum) && incomplete.is_ok_and(|datum| datum.as_str() == text));
    }
}

fn check_incomplete<C: DateCrate>(text: &str, expected: Result<(i64, u8, u8), Kind>) {
    let datum = OfullstandigtDatum::from_register(text);
    let date = C::Date::try_from(&datum);
    assert_eq!(shown(date).map(C::date), expected, "{text}");
}

/// `written`: how the time stamp is written when it comes back.
fn check_date_times<C: DateCrate>(text: &str, expected: Result<(&str, &str), Kind>) {
    let date_time = shown(C::DateTime::try_from(&Tidsstampel::from_register(text)));
    let made = date_time.map(|date_time| {
        let back: Result<Tidsstampel, _> = date_time.try_into();
        (C::date_time(date_time), back.expect(text).as_str().to_owned())
    });
    let expected = expected.map(|(shown, written)| (shown.to_owned(), written.to_owned()));
    assert_eq!(made, expected, "{text}");
}

fn check<C: DateCrate>() {
    for (text, expected) in [
        ("2023-09-01", Ok((2023, 9, 1))),
        ("2020-02-29", Ok((2020, 2, 29))),
        ("1752-02-30", Err(Kind::NotADate)),
        ("0001-01-01", Ok((1, 1, 1))),
        ("9999-12-30", Ok((9999, 12, 30))),
        ("9999-12-31", Err(Kind::OpenEnded)),
        ("10000-01-01", Err(Kind::OutOfRange)),
        ("999999999-01-01", Err(Kind::OutOfRange)),
        ("99999999999999999999-01-01", Err(Kind::NotADate)),
        ("-0001-01-01", Err(Kind::OutOfRange)),
        ("0000-01-01", Err(Kind::NotADate)),
        ("2021-02-29", Err(Kind::NotADate)),
        ("2019-01-00", Err(Kind::NotADate)),
        ("2023-09-01Z", Err(Kind::HasZone)),
        ("2023-09-01+02:00", Err(Kind::HasZone)),
        ("2023-09-01+15:00", Err(Kind::NotADate)),
        ("", Err(Kind::NotADate)),
        ("åäö", Err(Kind::NotADate)),
    ] {
        check_dates::<C>(text, expected);
    }
    for (text, expected) in [
        ("2019-01-31", Ok((2019, 1, 31))),
        ("2019-01-00", Err(Kind::Incomplete)),
        ("2019-00-00", Err(Kind::Incomplete)),
        ("0000-00-00", Err(Kind::Incomplete)),
        ("0000-02-03", Err(Kind::Incomplete)),
        ("200101", Err(Kind::Incomplete)),
        ("2001", Err(Kind::Incomplete)),
        ("2019012", Err(Kind::Incomplete)),
        ("0", Err(Kind::Incomplete)),
        ("", Err(Kind::Incomplete)),
        ("2019-13-45", Err(Kind::NotADate)),
        ("2019-02-30", Err(Kind::NotADate)),
        ("20190131", Err(Kind::NotADate)),
        (" 2019-01-31 ", Err(Kind::NotADate)),
        ("okänt", Err(Kind::NotADate)),
        ("9999-12-31", Err(Kind::OpenEnded)),
        ("10000-01-01", Err(Kind::OutOfRange)),
    ] {
        check_incomplete::<C>(text, expected);
    }
    for (text, expected) in [
        ("2023-09-01T06:30:01.125", Ok(("2023-9-1 6:30:1 125000000", "2023-09-01T06:30:01.125"))),
        ("2023-09-01T06:30:01", Ok(("2023-9-1 6:30:1 0", "2023-09-01T06:30:01.000"))),
        (
            "2023-09-01T23:59:59.9999999999",
            Ok(("2023-9-1 23:59:59 999999999", "2023-09-01T23:59:59.999999999")),
        ),
        (
            "2023-09-01T00:00:00.000001",
            Ok(("2023-9-1 0:0:0 1000", "2023-09-01T00:00:00.000001000")),
        ),
        ("2020-02-28T24:00:00", Ok(("2020-2-29 0:0:0 0", "2020-02-29T00:00:00.000"))),
        ("2021-02-28T24:00:00", Ok(("2021-3-1 0:0:0 0", "2021-03-01T00:00:00.000"))),
        ("2021-12-31T24:00:00", Ok(("2022-1-1 0:0:0 0", "2022-01-01T00:00:00.000"))),
        ("9999-12-31T23:59:59", Ok(("9999-12-31 23:59:59 0", "9999-12-31T23:59:59.000"))),
        ("9999-12-31T24:00:00", Err(Kind::OutOfRange)),
        ("10000-01-01T00:00:00", Err(Kind::OutOfRange)),
        ("-0001-01-01T00:00:00", Err(Kind::OutOfRange)),
        ("2023-09-01T06:30:01Z", Err(Kind::HasZone)),
        ("2023-09-01T06:30:01.125+02:00", Err(Kind::HasZone)),
        ("2023-09-01T06:30:60", Err(Kind::NotADate)),
        ("2023-09-31T06:30:00", Err(Kind::NotADate)),
        ("2023-09-01", Err(Kind::NotADate)),
        ("", Err(Kind::NotADate)),
    ] {
        check_date_times::<C>(text, expected);
    }
}

/// PII-02: what is shown of an error depends on its kind alone.
fn shown<T>(result: Result<T, DateConversionError>) -> Result<T, Kind> {
    result.map_err(|error| {
        let expected = match error.kind() {
            Kind::NotADate => "not a date of the calendar",
            Kind::Incomplete => "incomplete date",
            Kind::OpenEnded => "9999-12-31, which marks an open end",
            Kind::OutOfRange => "date or time outside the range of the other type",
            Kind::HasZone => "date or time with a zone",
            _ => "",
        };
        assert_eq!(error.to_string(), expected);
        assert_eq!(
            format!("{error:?}"),
            format!("DateConversionError {{ kind: {:?} }}", error.kind())
        );
        error.kind()
    })
}

#[cfg(feature = "jiff-1")]
mod jiff {
    use jiff_1::civil::{Date, DateTime};

    use super::*;

    struct Jiff;

    impl DateCrate for Jiff {
        type Date = Date;
        type DateTime = DateTime;

        fn date(date: Date) -> (i64, u8, u8) {
            (date.year().into(), date.month().cast_unsigned(), date.day().cast_unsigned())
        }

        fn date_time(at: DateTime) -> String {
            let (date, time) = (at.date(), at.time());
            let (year, month, day) = Self::date(date);
            let (hour, minute, second) = (time.hour(), time.minute(), time.second());
            format!("{year}-{month}-{day} {hour}:{minute}:{second} {}", time.subsec_nanosecond())
        }
    }

    #[test]
    fn values_become_types_of_jiff_or_named_errors() {
        check::<Jiff>();
        let too_early = Date::new(0, 12, 31).expect("a date of jiff");
        assert_eq!(Datum::try_from(too_early).map_err(|e| e.kind()), Err(Kind::OutOfRange));
        assert_eq!(
            Datum::try_from(Date::MAX),
            Datum::new(9999, 12, 31).map_err(|_| unreachable!())
        );
    }
}

#[cfg(feature = "time-03")]
mod time {
    use time_03::{Date, Month, PrimitiveDateTime};

    use super::*;

    struct Time;

    impl DateCrate for Time {
        type Date = Date;
        type DateTime = PrimitiveDateTime;

        fn date(date: Date) -> (i64, u8, u8) {
            (date.year().into(), date.month().into(), date.day())
        }

        fn date_time(at: PrimitiveDateTime) -> String {
            let ((year, month, day), (hour, minute, second)) = (Self::date(at.date()), at.as_hms());
            format!("{year}-{month}-{day} {hour}:{minute}:{second} {}", at.nanosecond())
        }
    }

    #[test]
    fn values_become_types_of_time_or_named_errors() {
        check::<Time>();
        let too_early = Date::from_calendar_date(-1, Month::May, 1).expect("a date of time");
        assert_eq!(Datum::try_from(too_early).map_err(|e| e.kind()), Err(Kind::OutOfRange));
    }
}

#[cfg(feature = "chrono-04")]
mod chrono {
    use chrono_04::{Datelike, NaiveDate, NaiveDateTime, Timelike};

    use super::*;

    struct Chrono;

    impl DateCrate for Chrono {
        type Date = NaiveDate;
        type DateTime = NaiveDateTime;

        fn date(date: NaiveDate) -> (i64, u8, u8) {
            let small = |part: u32| u8::try_from(part).expect("a month or a day");
            (date.year().into(), small(date.month()), small(date.day()))
        }

        fn date_time(at: NaiveDateTime) -> String {
            let ((year, month, day), time) = (Self::date(at.date()), at.time());
            let (hour, minute, second) = (time.hour(), time.minute(), time.second());
            format!("{year}-{month}-{day} {hour}:{minute}:{second} {}", time.nanosecond())
        }
    }

    #[test]
    fn values_become_types_of_chrono_or_named_errors() {
        check::<Chrono>();
        for year in [-1, 0, 10_000, 262_000] {
            let date = NaiveDate::from_ymd_opt(year, 5, 1).expect("a date of chrono");
            assert_eq!(Datum::try_from(date).map_err(|e| e.kind()), Err(Kind::OutOfRange));
        }
        // XML Schema has no leap seconds.
        let date = NaiveDate::from_ymd_opt(2016, 12, 31).expect("a date of chrono");
        let leap = date.and_hms_nano_opt(23, 59, 59, 1_500_000_000).expect("a leap second");
        assert_eq!(Tidsstampel::try_from(leap).map_err(|e| e.kind()), Err(Kind::OutOfRange));
    }
}
