//! Conversions to and from jiff 1.

use jiff_1::civil::{Date, DateTime};

use super::conversions;

conversions!(Date, DateTime);

fn make_date((year, month, day): (u16, u8, u8)) -> Option<Date> {
    i16::try_from(year)
        .ok()
        .and_then(|year| Date::new(year, month.cast_signed(), day.cast_signed()).ok())
}

fn make_date_time(
    date: Date,
    (hour, minute, second, nanosecond): (u8, u8, u8, u32),
) -> Option<DateTime> {
    let [hour, minute, second] = [hour, minute, second].map(u8::cast_signed);
    let time = jiff_1::civil::Time::new(hour, minute, second, nanosecond.cast_signed());
    time.map(|time| date.to_datetime(time)).ok()
}

fn parts_of_date(date: Date) -> (i16, u8, u8) {
    (date.year(), date.month().cast_unsigned(), date.day().cast_unsigned())
}

fn parts_of_time(date_time: DateTime) -> (u8, u8, u8, u32) {
    let [hour, minute, second] =
        [date_time.hour(), date_time.minute(), date_time.second()].map(i8::cast_unsigned);
    (hour, minute, second, date_time.subsec_nanosecond().cast_unsigned())
}
