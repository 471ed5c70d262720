//! Rows: which of them hold now.

use crate::personsok::newest::{
    AviseringPost, DatumIntervall, Folkbokforing, Folkbokforingsadress, InternationellAdress,
    Kontaktadress, Namn, Persondetaljer, Relation, SarskildPostadress, SvenskAdress, Utlandsadress,
    Utvandrad,
};
use crate::simple::Datum;
use crate::xml::Unrepresentable;

impl AviseringPost {
    /// The name that is current. More than one if SPAR says so; no choice is made then.
    ///
    /// A row is current if it has no interval, or if its `DatumTill` is 9999-12-31, wherever it stands.
    /// The same holds for all rows (schema: `komponent/generellt/DatumTid-1.1.xsd`). Elements of which no
    /// record could be made stand in the list as errors and count for nothing here.
    pub fn current_namn(&self) -> impl Iterator<Item = &Namn> {
        rows(&self.namn, Rows::Current)
    }

    /// The details that are current.
    pub fn current_persondetaljer(&self) -> impl Iterator<Item = &Persondetaljer> {
        rows(&self.persondetaljer, Rows::Current)
    }

    /// The registration that is current.
    pub fn current_folkbokforing(&self) -> impl Iterator<Item = &Folkbokforing> {
        rows(&self.folkbokforing, Rows::Current)
    }

    /// The registered address that is current. None for protected persons.
    pub fn current_folkbokforingsadress(&self) -> impl Iterator<Item = &Folkbokforingsadress> {
        rows(&self.folkbokforingsadress, Rows::Current)
    }

    /// The special postal address that is current.
    pub fn current_sarskild_postadress(&self) -> impl Iterator<Item = &SarskildPostadress> {
        rows(&self.sarskild_postadress, Rows::Current)
    }

    /// The address abroad of an emigrated person that is current.
    pub fn current_utlandsadress(&self) -> impl Iterator<Item = &Utlandsadress> {
        rows(&self.utlandsadress, Rows::Current)
    }

    /// The contact address of a person with samordningsnummer that is current.
    pub fn current_kontaktadress(&self) -> impl Iterator<Item = &Kontaktadress> {
        rows(&self.kontaktadress, Rows::Current)
    }

    /// The relations that are current.
    pub fn current_relation(&self) -> impl Iterator<Item = &Relation> {
        rows(&self.relation, Rows::Current)
    }

    /// When the record of an emigrated person was read in again or extended: the first row.
    ///
    /// SPAR likely sends at most one; all there are stand in `utvandrad`, in the order sent.
    /// (SPAR: `teknisk-info/xml-scheman/aendringsbeskrivning/20231`.)
    #[must_use]
    pub fn first_utvandrad(&self) -> Option<&Utvandrad> {
        entries(&self.utvandrad).next()
    }
}

impl DatumIntervall {
    /// Whether the row is current: `DatumTill` is 9999-12-31, or absent, which the schema does not allow.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.datum_till.as_ref().is_none_or(Datum::is_open_ended)
    }
}

/// Which rows are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rows {
    /// Those that hold now.
    Current,
    /// Those that no longer hold.
    Former,
}

/// The names that the person has or had.
pub(crate) fn namn(post: &AviseringPost, which: Rows) -> impl Iterator<Item = &Namn> {
    rows(&post.namn, which)
}

/// The details of the person, now or before.
pub(crate) fn persondetaljer(
    post: &AviseringPost,
    which: Rows,
) -> impl Iterator<Item = &Persondetaljer> {
    rows(&post.persondetaljer, which)
}

/// A row of which there may be several, for different times.
pub(super) trait Row {
    /// When the row holds. Rows carry an interval only when history is used.
    fn datum_intervall(&self) -> Option<&DatumIntervall>;
}

/// The rows of a list that hold now, or those that do not.
pub(super) fn rows<T: Row>(
    list: &[Result<T, Unrepresentable>],
    which: Rows,
) -> impl Iterator<Item = &T> {
    let is_current = |row: &T| row.datum_intervall().is_none_or(DatumIntervall::is_current);
    entries(list).filter(move |row| is_current(row) == (which == Rows::Current))
}

/// The entries of a list that a record could be made of: the one place where lists are read.
fn entries<T>(list: &[Result<T, Unrepresentable>]) -> impl Iterator<Item = &T> {
    list.iter().flatten()
}

/// Rows with an interval of their own.
macro_rules! row {
    ($($name:ident),+ $(,)?) => {$(
        impl Row for $name {
            fn datum_intervall(&self) -> Option<&DatumIntervall> {
                self.datum_intervall.as_ref()
            }
        }
    )+};
}

row!(Folkbokforing, InternationellAdress, Namn, Persondetaljer, Relation, SvenskAdress);
