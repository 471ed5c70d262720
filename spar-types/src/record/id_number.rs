//! Id numbers: what their digits say, as questions, and short forms of them.

use crate::error::{InvalidValue, Rule};
use crate::personsok::newest::{IdNummer, PersonId, Typ};
use crate::simple::Datum;

impl IdNummer {
    /// Whether the last digit is the check digit of the nine before it, as for personnummer and
    /// samordningsnummer. SPAR's schema does not ask for it, and neither does reading.
    ///
    /// ```
    /// use spar_types::personsok::newest::IdNummer;
    ///
    /// let id: IdNummer = "198111309285".parse()?;
    /// assert!(id.is_checksum_valid());
    /// # Ok::<(), spar_types::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn is_checksum_valid(&self) -> bool {
        let text = self.as_str();
        if text.len() != 12 || !is_digits(text) {
            return false;
        }
        let sum: u32 = text
            .bytes()
            .skip(2)
            .enumerate()
            .map(|(place, byte)| {
                let product = u32::from(byte - b'0') * if place.is_multiple_of(2) { 2 } else { 1 };
                product / 10 + product % 10
            })
            .sum();
        sum.is_multiple_of(10)
    }

    /// The date that the digits name, if they do: of a personnummer the first eight, of a samordningsnummer
    /// the same with 60 added to the day.
    ///
    /// `None` if the calendar has no such date, as for day + 60 with month + 70, and if the value is not of
    /// twelve digits. Which digits an immunitetsnummer has is not known, so ask [`PersonId::birth_date`]
    /// where the kind of the number is at hand.
    ///
    /// The date that SPAR has recorded is `Fodelsedatum` of `persondetaljer`. The two may differ.
    ///
    /// ```
    /// use spar_types::Datum;
    /// use spar_types::personsok::newest::IdNummer;
    ///
    /// let personnummer: IdNummer = "198111309285".parse()?;
    /// assert_eq!(personnummer.birth_date(), Datum::new(1981, 11, 30).ok());
    /// let samordningsnummer: IdNummer = "198001619819".parse()?;
    /// assert_eq!(samordningsnummer.birth_date(), Datum::new(1980, 1, 1).ok());
    /// # Ok::<(), spar_types::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn birth_date(&self) -> Option<Datum> {
        if !self.is_valid() {
            return None;
        }
        let text = self.as_str();
        let year = text.get(..4)?.parse().ok()?;
        let (month, day) = month_and_day(text.get(4..8)?)?;
        Datum::new(year, month, day).ok()
    }

    /// The number that somebody has written, with a year of two digits or with a sign before the last four:
    /// `YYMMDD-NNNN`, `YYMMDD+NNNN`, `YYMMDDNNNN` or `YYYYMMDD-NNNN`. Twelve digits are taken as they are,
    /// and blanks around the whole are dropped.
    ///
    /// The century is told by `today` and the sign:
    ///
    /// - `+` stands for persons who turn 100 this year or have done so: the latest year that is at least 100
    ///   before this one.
    /// - `-` or no sign: the latest year in which the date is not after today. Without a sign, people of
    ///   100 years and more cannot be told from those a century younger.
    ///
    /// A year of four digits says it all, so a `+` behind one is refused. Check digits are not asked for,
    /// see [`is_checksum_valid`](Self::is_checksum_valid).
    ///
    /// # Errors
    ///
    /// A text of another form, a number with a year of two digits that names no date (its century cannot be
    /// told), or a `today` that is no date.
    ///
    /// ```
    /// use spar_types::Datum;
    /// use spar_types::personsok::newest::IdNummer;
    ///
    /// let today = Datum::new(2026, 11, 23)?;
    /// let id = IdNummer::from_short_form("811130-9285", &today)?;
    /// assert_eq!(id.as_str(), "198111309285");
    /// let id = IdNummer::from_short_form("121212+1212", &today)?;
    /// assert_eq!(id.as_str(), "191212121212");
    /// # Ok::<(), spar_types::InvalidValue>(())
    /// ```
    pub fn from_short_form(text: &str, today: &Datum) -> Result<Self, InvalidValue> {
        let today = today.ymd().ok_or_else(|| InvalidValue::new("Datum", Rule::Form("xs:date")))?;
        let form = || InvalidValue::new("IdNummer", Rule::Form(SHORT_FORMS));
        let (birth, sign, serial) = split(text.trim()).ok_or_else(form)?;
        if birth.len() == 8 {
            return if sign == Some('+') {
                Err(form())
            } else {
                format!("{birth}{serial}").parse()
            };
        }
        let no_date = || InvalidValue::new("IdNummer", Rule::Form("a number with a date"));
        let (year, month_and_day_digits) = birth.split_at_checked(2).ok_or_else(form)?;
        let year: i32 = year.parse().map_err(|_| form())?;
        let (month, day) = month_and_day(month_and_day_digits).ok_or_else(no_date)?;
        let latest = match sign {
            Some('+') => i32::from(today.0) - 100,
            _ if (month, day) > (today.1, today.2) => i32::from(today.0) - 1,
            _ => today.0.into(),
        };
        let year = latest - (latest - year).rem_euclid(100);
        let id: Self = format!("{year:04}{month_and_day_digits}{serial}").parse()?;
        if id.birth_date().is_some() { Ok(id) } else { Err(no_date()) }
    }
}

const SHORT_FORMS: &str = "YYMMDD-NNNN, YYMMDD+NNNN, YYMMDDNNNN or YYYYMMDD-NNNN";

/// The digits of the date, six or eight, the sign, and the last four digits.
fn split(text: &str) -> Option<(&str, Option<char>, &str)> {
    let (head, serial) = text.split_at_checked(text.len().checked_sub(4)?)?;
    let sign = head.chars().next_back().filter(|c| matches!(c, '-' | '+'));
    let birth = head.strip_suffix(['-', '+']).unwrap_or(head);
    let is_made_so = matches!(birth.len(), 6 | 8) && is_digits(birth) && is_digits(serial);
    is_made_so.then_some((birth, sign, serial))
}

/// Month and day of four digits, of which a samordningsnummer adds 60 to the day.
fn month_and_day(digits: &str) -> Option<(u8, u8)> {
    let (month, day) = digits.split_at_checked(2)?;
    let (month, day): (_, u8) = (month.parse().ok()?, day.parse().ok()?);
    Some((month, if day > 60 { day - 60 } else { day }))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl PersonId {
    /// The date that the number names, if it is a personnummer or a samordningsnummer. (SPAR:
    /// `teknisk-info/xml-scheman/20231/aviseringpost`.) See [`IdNummer::birth_date`].
    #[must_use]
    pub fn birth_date(&self) -> Option<Datum> {
        match self.typ {
            Typ::Personnummer | Typ::Samordningsnummer => self.id_nummer.birth_date(),
            _ => None,
        }
    }
}
