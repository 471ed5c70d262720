//! Conversions to and from the types of date crates, each behind a feature that is off by default.
//!
//! | feature | crate | date | date with time of day |
//! |---|---|---|---|
//! | `jiff-1` | jiff 1 | `jiff::civil::Date` | `jiff::civil::DateTime` |
//! | `time-03` | time 0.3 | `time::Date` | `time::PrimitiveDateTime` |
//! | `chrono-04` | chrono 0.4 | `chrono::NaiveDate` | `chrono::NaiveDateTime` |
//!
//! A [`Datum`] and an [`OfullstandigtDatum`] become a date, a [`Tidsstampel`] a date with a time of day:
//! `TryFrom` of a reference. SPAR does not say which zone its time stamps are in, so none becomes an
//! instant: that takes a zone of the caller's.
//!
//! The other way, `TryFrom` makes the text that SPAR would write, for years 1 to 9999. A time stamp gets
//! three digits of a second, or nine if there is more to it than milliseconds.

#[cfg(feature = "chrono-04")]
mod chrono_04;
#[cfg(feature = "jiff-1")]
mod jiff_1;
#[cfg(feature = "time-03")]
mod time_03;

use std::fmt;

use crate::simple::{Datum, OfullstandigtDatum, SimpleType, Tidsstampel};

/// A value that cannot be converted. Says why, never which value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DateConversionError {
    kind: DateConversionErrorKind,
}

/// Why a value cannot be converted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DateConversionErrorKind {
    /// The text is no date of the calendar, or no date with a time of day.
    NotADate,
    /// Parts of the date are unknown: missing or zeros. `OfullstandigtDatum` tells those that are known.
    Incomplete,
    /// The date is 9999-12-31, which says that there is no end. `Datum::is_open_ended` asks for it.
    OpenEnded,
    /// The year is not one of 1 to 9999, or the second is a leap second.
    OutOfRange,
    /// The text names a zone, which the other type would lose. `zone` shows it, `ymd` and `hms` the rest.
    HasZone,
}

impl DateConversionError {
    const fn new(kind: DateConversionErrorKind) -> Self {
        Self { kind }
    }

    /// Why the value cannot be converted.
    #[must_use]
    pub fn kind(&self) -> DateConversionErrorKind {
        self.kind
    }
}

impl fmt::Display for DateConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            DateConversionErrorKind::NotADate => "not a date of the calendar",
            DateConversionErrorKind::Incomplete => "incomplete date",
            DateConversionErrorKind::OpenEnded => "9999-12-31, which marks an open end",
            DateConversionErrorKind::OutOfRange => {
                "date or time outside the range of the other type"
            }
            DateConversionErrorKind::HasZone => "date or time with a zone",
        })
    }
}

impl std::error::Error for DateConversionError {}

type Result<T> = std::result::Result<T, DateConversionError>;

fn error<T>(kind: DateConversionErrorKind) -> Result<T> {
    Err(DateConversionError::new(kind))
}

const OUT_OF_RANGE: DateConversionError =
    DateConversionError::new(DateConversionErrorKind::OutOfRange);

/// Year, month and day, within the years that every date crate has.
fn date_of_datum(datum: &Datum) -> Result<(u16, u8, u8)> {
    if !datum.is_valid() {
        return error(DateConversionErrorKind::NotADate);
    }
    if datum.zone().is_some() {
        return error(DateConversionErrorKind::HasZone);
    }
    if datum.is_open_ended() {
        return error(DateConversionErrorKind::OpenEnded);
    }
    datum.ymd().ok_or(OUT_OF_RANGE)
}

fn date_of_ofullstandigt_datum(datum: &OfullstandigtDatum) -> Result<(u16, u8, u8)> {
    if datum.is_incomplete() {
        return error(DateConversionErrorKind::Incomplete);
    }
    match datum.to_datum() {
        Some(datum) => date_of_datum(&datum),
        None => error(DateConversionErrorKind::NotADate),
    }
}

/// A date, and a time of day of which the last part is nanoseconds.
type DateTimeParts = ((u16, u8, u8), (u8, u8, u8, u32));

fn date_time(stamp: &Tidsstampel) -> Result<DateTimeParts> {
    let Some((hour, minute, second, nanosecond)) = stamp.hms() else {
        return error(DateConversionErrorKind::NotADate);
    };
    if stamp.zone().is_some() {
        return error(DateConversionErrorKind::HasZone);
    }
    let date = stamp.ymd();
    let parts = if hour == 24 {
        date.and_then(day_after).map(|date| (date, (0, 0, 0, 0)))
    } else {
        date.map(|date| (date, (hour, minute, second, nanosecond)))
    };
    parts.ok_or(OUT_OF_RANGE)
}

fn day_after((year, month, day): (u16, u8, u8)) -> Option<(u16, u8, u8)> {
    let candidates = [(year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)];
    candidates.into_iter().find(|(year, month, day)| Datum::new(*year, *month, *day).is_ok())
}

/// The date as SPAR writes it.
fn datum(year: impl TryInto<u16>, month: u8, day: u8) -> Result<Datum> {
    let year = year.try_into().ok();
    year.and_then(|year| Datum::new(year, month, day).ok()).ok_or(OUT_OF_RANGE)
}

/// The time stamp as SPAR writes it.
fn tidsstampel(
    date: &Datum,
    (hour, minute, second, nanosecond): (u8, u8, u8, u32),
) -> Result<Tidsstampel> {
    let fraction = if nanosecond.is_multiple_of(1_000_000) {
        format!("{:03}", nanosecond / 1_000_000)
    } else {
        format!("{nanosecond:09}")
    };
    let date = date.as_str();
    let stamp =
        Tidsstampel::from_register(&format!("{date}T{hour:02}:{minute:02}:{second:02}.{fraction}"));
    // A leap second has more nanoseconds than nine digits hold, and XML Schema has no leap seconds.
    if nanosecond < 1_000_000_000 && stamp.is_valid() { Ok(stamp) } else { Err(OUT_OF_RANGE) }
}

/// Implements the conversions of one crate, in terms of the functions of its module.
macro_rules! conversions {
    ($date:ty, $date_time:ty) => {
        impl TryFrom<&crate::simple::Datum> for $date {
            type Error = super::DateConversionError;

            fn try_from(datum: &crate::simple::Datum) -> super::Result<Self> {
                make_date(super::date_of_datum(datum)?).ok_or(super::OUT_OF_RANGE)
            }
        }

        impl TryFrom<&crate::simple::OfullstandigtDatum> for $date {
            type Error = super::DateConversionError;

            fn try_from(datum: &crate::simple::OfullstandigtDatum) -> super::Result<Self> {
                make_date(super::date_of_ofullstandigt_datum(datum)?).ok_or(super::OUT_OF_RANGE)
            }
        }

        impl TryFrom<&crate::simple::Tidsstampel> for $date_time {
            type Error = super::DateConversionError;

            fn try_from(stamp: &crate::simple::Tidsstampel) -> super::Result<Self> {
                let (date, time) = super::date_time(stamp)?;
                make_date(date)
                    .and_then(|date| make_date_time(date, time))
                    .ok_or(super::OUT_OF_RANGE)
            }
        }

        impl TryFrom<$date> for crate::simple::Datum {
            type Error = super::DateConversionError;

            fn try_from(date: $date) -> super::Result<Self> {
                let (year, month, day) = parts_of_date(date);
                super::datum(year, month, day)
            }
        }

        impl TryFrom<$date> for crate::simple::OfullstandigtDatum {
            type Error = super::DateConversionError;

            fn try_from(date: $date) -> super::Result<Self> {
                crate::simple::Datum::try_from(date).map(|datum| Self::from(&datum))
            }
        }

        impl TryFrom<$date_time> for crate::simple::Tidsstampel {
            type Error = super::DateConversionError;

            fn try_from(date_time: $date_time) -> super::Result<Self> {
                let date = crate::simple::Datum::try_from(date_time.date())?;
                super::tidsstampel(&date, parts_of_time(date_time))
            }
        }
    };
}
use conversions;
