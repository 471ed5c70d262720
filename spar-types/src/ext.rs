//! What people ask of a record, beyond what the schema states.

use crate::personsok::v2023_1::{
    AviseringPost, DatumIntervall, Folkbokforing, Folkbokforingsadress, IdNummer,
    InternationellAdress, JaNej, Kontaktadress, Namn, Persondetaljer, Relation, SarskildPostadress,
    SvenskAdress, Utlandsadress,
};
use crate::simple::Datum;

impl AviseringPost {
    /// Whether the person's data are protected: `Sekretessmarkering` or `SkyddadFolkbokforing` is `JA`
    /// in the record itself.
    ///
    /// A flag that is missing or holds an unknown code counts as `JA`. Flags in the rows of
    /// `persondetaljer` are history and change nothing, and nothing is concluded from missing addresses.
    #[must_use]
    pub fn is_skyddad(&self) -> bool {
        let sekretess = self.sekretessmarkering.as_ref().map(|flag| &flag.value);
        sekretess != Some(&JaNej::Nej) || self.skyddad_folkbokforing != Some(JaNej::Nej)
    }

    /// The name that is current. More than one if SPAR says so; no choice is made then.
    pub fn current_namn(&self) -> impl Iterator<Item = &Namn> {
        self.namn.iter().flatten().filter(|row| is_current(row.datum_intervall.as_ref()))
    }

    /// The details that are current.
    pub fn current_persondetaljer(&self) -> impl Iterator<Item = &Persondetaljer> {
        self.persondetaljer.iter().flatten().filter(|row| is_current(row.datum_intervall.as_ref()))
    }

    /// The registration that is current.
    pub fn current_folkbokforing(&self) -> impl Iterator<Item = &Folkbokforing> {
        self.folkbokforing.iter().flatten().filter(|row| is_current(row.datum_intervall.as_ref()))
    }

    /// The registered address that is current. None for protected persons.
    pub fn current_folkbokforingsadress(&self) -> impl Iterator<Item = &Folkbokforingsadress> {
        let interval =
            |row: &&Folkbokforingsadress| is_current(row.svensk_adress.datum_intervall.as_ref());
        self.folkbokforingsadress.iter().flatten().filter(interval)
    }

    /// The special postal address that is current.
    pub fn current_sarskild_postadress(&self) -> impl Iterator<Item = &SarskildPostadress> {
        self.sarskild_postadress.iter().flatten().filter(|row| {
            is_current(match row {
                SarskildPostadress::SvenskAdress(adress) => adress.datum_intervall.as_ref(),
                SarskildPostadress::InternationellAdress(adress) => adress.datum_intervall.as_ref(),
            })
        })
    }

    /// The address abroad of an emigrated person that is current.
    pub fn current_utlandsadress(&self) -> impl Iterator<Item = &Utlandsadress> {
        let interval =
            |row: &&Utlandsadress| is_current(row.internationell_adress.datum_intervall.as_ref());
        self.utlandsadress.iter().flatten().filter(interval)
    }

    /// The contact address of a person with samordningsnummer that is current.
    pub fn current_kontaktadress(&self) -> impl Iterator<Item = &Kontaktadress> {
        self.kontaktadress.iter().flatten().filter(|row| {
            is_current(match row {
                Kontaktadress::SvenskAdress(adress) => adress.datum_intervall.as_ref(),
                Kontaktadress::InternationellAdress(adress) => adress.datum_intervall.as_ref(),
            })
        })
    }

    /// The relations that are current.
    pub fn current_relation(&self) -> impl Iterator<Item = &Relation> {
        self.relation.iter().flatten().filter(|row| is_current(row.datum_intervall.as_ref()))
    }
}

/// Rows carry an interval only when history is used.
fn is_current(interval: Option<&DatumIntervall>) -> bool {
    interval.is_none_or(DatumIntervall::is_current)
}

impl DatumIntervall {
    /// Whether the row is current: `DatumTill` is 9999-12-31, or absent.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.datum_till.as_ref().is_none_or(Datum::is_open_ended)
    }
}

impl Namn {
    /// The name to show: `Aviseringsnamn` if SPAR has set it, otherwise given names, middle name and
    /// surname. Empty if there is none.
    #[must_use]
    pub fn display_name(&self) -> String {
        if let Some(aviseringsnamn) = &self.aviseringsnamn {
            return aviseringsnamn.as_str().to_owned();
        }
        let parts = [
            self.fornamn.as_ref().map(AsRef::as_ref),
            self.mellannamn.as_ref().map(AsRef::as_ref),
            self.efternamn.as_ref().map(AsRef::as_ref),
        ];
        parts.into_iter().flatten().collect::<Vec<&str>>().join(" ")
    }
}

impl SvenskAdress {
    /// The lines below the name on an envelope: care of, street, postal code and town.
    ///
    /// A short address usually stands in `Utdelningsadress2`; lines that are absent are left out.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let town =
            [self.post_nr.as_ref().map(AsRef::as_ref), self.postort.as_ref().map(AsRef::as_ref)];
        let town = town.into_iter().flatten().collect::<Vec<&str>>().join(" ");
        let care_of = self.care_of.as_ref().map(|care_of| care_of.as_str().to_owned());
        let streets = [&self.utdelningsadress1, &self.utdelningsadress2];
        let streets = streets.into_iter().flatten().map(|street| street.as_str().to_owned());
        care_of.into_iter().chain(streets).chain((!town.is_empty()).then_some(town)).collect()
    }
}

impl InternationellAdress {
    /// The lines below the name on an envelope.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let streets = [&self.utdelningsadress1, &self.utdelningsadress2, &self.utdelningsadress3];
        let streets = streets.into_iter().flatten().map(|street| street.as_str().to_owned());
        streets.chain(self.land.as_ref().map(|land| land.as_str().to_owned())).collect()
    }
}

impl IdNummer {
    /// Whether the last digit is the check digit of the nine before it, as for personnummer and
    /// samordningsnummer. SPAR's schema does not ask for it, and neither does reading.
    ///
    /// ```
    /// use spar_types::personsok::v2023_1::IdNummer;
    ///
    /// let id: IdNummer = "198111309285".parse()?;
    /// assert!(id.is_checksum_valid());
    /// # Ok::<(), spar_types::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn is_checksum_valid(&self) -> bool {
        let text = self.as_str();
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personsok::v2023_1::{PersonId, Typ};
    use crate::simple::Datum;

    fn post(sekretess: &str, skyddad: &str) -> AviseringPost {
        use crate::simple::SimpleType;
        let id = IdNummer::from_register("198111309285");
        AviseringPost::new(
            PersonId::new(id, Typ::from_register("PERSONNUMMER")),
            JaNej::from_register(sekretess).into(),
            JaNej::from_register(skyddad),
        )
    }

    #[test]
    fn a_flag_that_is_not_nej_protects() {
        // REC-10, REC-11, SOAP-04.
        let check = |sekretess, skyddad, expected| {
            assert_eq!(post(sekretess, skyddad).is_skyddad(), expected, "{sekretess} {skyddad}");
        };
        check("NEJ", "NEJ", false);
        check("JA", "NEJ", true);
        check("NEJ", "JA", true);
        check("JA", "JA", true);
        check("", "NEJ", true);
        check("NEJ", "ja", true);
    }

    #[test]
    fn current_rows_are_told_by_their_interval() {
        // REC-01, SOAP-05.
        let row = |till: Option<(u16, u8, u8)>, efternamn: &str| {
            let datum_intervall = till.map(|(year, month, day)| {
                let from = Datum::new(2020, 1, 1).expect("a date");
                DatumIntervall::new(from, Datum::new(year, month, day).expect("a date"))
            });
            Namn { datum_intervall, efternamn: efternamn.parse().ok(), ..Namn::default() }
        };
        let check = |rows: &[Namn], expected: &[&str]| {
            let mut post = post("NEJ", "NEJ");
            post.namn = rows.iter().cloned().map(Ok).collect();
            let names: Vec<_> = post.current_namn().map(Namn::display_name).collect();
            assert_eq!(names, expected);
        };
        let open = Some((9999, 12, 31));
        let closed = Some((2021, 5, 1));
        check(&[], &[]);
        check(&[row(None, "Ek")], &["Ek"]);
        check(&[row(closed, "Alm"), row(open, "Ek")], &["Ek"]);
        check(&[row(closed, "Alm")], &[]);
        check(&[row(open, "Alm"), row(open, "Ek")], &["Alm", "Ek"]);
    }

    #[test]
    fn the_display_name_is_aviseringsnamn_or_the_parts() {
        // REC-08.
        let mut namn = Namn::default();
        assert_eq!(namn.display_name(), "");
        namn.fornamn = "Anna Maria".parse().ok();
        namn.efternamn = "Ek".parse().ok();
        assert_eq!(namn.display_name(), "Anna Maria Ek");
        namn.aviseringsnamn = "Ek, Anna M".parse().ok();
        assert_eq!(namn.display_name(), "Ek, Anna M");
    }

    #[test]
    fn the_checksum_is_a_question() {
        // REQ-13, REC-27.
        use crate::simple::SimpleType;
        let check = |text: &str, expected: bool| {
            assert_eq!(IdNummer::from_register(text).is_checksum_valid(), expected, "{text}");
        };
        check("198111309285", true);
        check("198111309286", false);
        check("191212121212", true);
        check("19811130928", false);
        check("19811130928X", false);
        check("", false);
    }
}
