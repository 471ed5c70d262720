//! Conversions to and from chrono 0.4.

use chrono_04::{Datelike, NaiveDate, NaiveDateTime, Timelike};

use super::conversions;

conversions!(NaiveDate, NaiveDateTime);

fn make_date((year, month, day): (u16, u8, u8)) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
}

fn make_date_time(
    date: NaiveDate,
    (hour, minute, second, nanosecond): (u8, u8, u8, u32),
) -> Option<NaiveDateTime> {
    date.and_hms_nano_opt(hour.into(), minute.into(), second.into(), nanosecond)
}

fn parts_of_date(date: NaiveDate) -> (i32, u8, u8) {
    (date.year(), small(date.month()), small(date.day()))
}

fn parts_of_time(date_time: NaiveDateTime) -> (u8, u8, u8, u32) {
    let [hour, minute, second] =
        [date_time.hour(), date_time.minute(), date_time.second()].map(small);
    (hour, minute, second, date_time.nanosecond())
}

/// No part of a date or time of day but the year and the nanosecond exceeds 60.
fn small(part: u32) -> u8 {
    u8::try_from(part).unwrap_or(u8::MAX)
}
