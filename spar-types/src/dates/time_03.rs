//! Conversions to and from time 0.3.

use time_03::{Date, Month, PrimitiveDateTime, Time};

use super::conversions;

conversions!(Date, PrimitiveDateTime);

fn make_date((year, month, day): (u16, u8, u8)) -> Option<Date> {
    let month = Month::try_from(month).ok();
    month.and_then(|month| Date::from_calendar_date(year.into(), month, day).ok())
}

fn make_date_time(
    date: Date,
    (hour, minute, second, nanosecond): (u8, u8, u8, u32),
) -> Option<PrimitiveDateTime> {
    Time::from_hms_nano(hour, minute, second, nanosecond)
        .map(|time| PrimitiveDateTime::new(date, time))
        .ok()
}

fn parts_of_date(date: Date) -> (i32, u8, u8) {
    (date.year(), date.month().into(), date.day())
}

fn parts_of_time(date_time: PrimitiveDateTime) -> (u8, u8, u8, u32) {
    date_time.as_hms_nano()
}
