//! Addresses: of whichever kind and form.

use crate::personsok::newest::{
    AviseringPost, DatumIntervall, Folkbokforingsadress, InternationellAdress, Kontaktadress,
    SarskildPostadress, SvenskAdress, Utlandsadress,
};
use crate::record::history::{Row, Rows, rows};

/// An address of a record, in one of the two forms that SPAR has.
///
/// `Debug` shows nothing of it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Adress<'a> {
    /// With postal code and town.
    Svensk(&'a SvenskAdress),
    /// Free lines and a country. The address itself may lie abroad or in Sweden.
    Internationell(&'a InternationellAdress),
}

impl Adress<'_> {
    /// The lines below the name on an envelope.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Svensk(adress) => adress.lines(),
            Self::Internationell(adress) => adress.lines(),
        }
    }
}

impl AviseringPost {
    /// The address for mail to the person: the current one of the first kind that there is, of
    /// `SarskildPostadress`, `Folkbokforingsadress`, `Kontaktadress` and `Utlandsadress`.
    ///
    /// A special postal address stands beside the registered one and is there for mail; the other two
    /// kinds belong to persons who are not registered (SPAR:
    /// `teknisk-info/xml-scheman/aendringsbeskrivning/20211`).
    ///
    /// More than one if SPAR says so; no choice is made then. An address that could not be read, an error in
    /// its list, is passed over. None for protected persons, whatever the record holds. Whether the person
    /// is alive is another question, [`is_avliden`].
    ///
    /// [`is_avliden`]: Self::is_avliden
    pub fn mailing_adress(&self) -> impl Iterator<Item = Adress<'_>> {
        let kinds = kinds(self, Rows::Current).into_iter();
        let first = kinds.filter(|_| !self.is_skyddad()).find(|kind| !kind.is_empty());
        first.into_iter().flatten()
    }
}

impl Folkbokforingsadress {
    /// The address, without its kind.
    #[must_use]
    pub fn adress(&self) -> Adress<'_> {
        Adress::Svensk(&self.svensk_adress)
    }
}

impl SarskildPostadress {
    /// The address, without its kind.
    #[must_use]
    pub fn adress(&self) -> Adress<'_> {
        match self {
            Self::SvenskAdress(adress) => Adress::Svensk(adress),
            Self::InternationellAdress(adress) => Adress::Internationell(adress),
        }
    }
}

impl Utlandsadress {
    /// The address, without its kind.
    #[must_use]
    pub fn adress(&self) -> Adress<'_> {
        Adress::Internationell(&self.internationell_adress)
    }
}

impl Kontaktadress {
    /// The address, without its kind.
    #[must_use]
    pub fn adress(&self) -> Adress<'_> {
        match self {
            Self::SvenskAdress(adress) => Adress::Svensk(adress),
            Self::InternationellAdress(adress) => Adress::Internationell(adress),
        }
    }
}

impl SvenskAdress {
    /// The lines below the name on an envelope: care of, street, postal code and town.
    ///
    /// A short address usually stands in `Utdelningsadress2`; lines that are absent are left out. (SPAR:
    /// `teknisk-info/xml-scheman/20231/svensk-adress`.)
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
    /// The lines below the name on an envelope. (Schema:
    /// `komponent/person/adress/DeladeAdressElement-1.1.xsd`.)
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let streets = [&self.utdelningsadress1, &self.utdelningsadress2, &self.utdelningsadress3];
        let streets = streets.into_iter().flatten().map(|street| street.as_str().to_owned());
        streets.chain(self.land.as_ref().map(|land| land.as_str().to_owned())).collect()
    }
}

/// All addresses that the person has or had.
pub(crate) fn addresses(post: &AviseringPost, which: Rows) -> Vec<Adress<'_>> {
    kinds(post, which).concat()
}

/// The addresses by kind. For mail, an earlier kind goes before a later one.
fn kinds(post: &AviseringPost, which: Rows) -> [Vec<Adress<'_>>; 4] {
    [
        rows(&post.sarskild_postadress, which).map(SarskildPostadress::adress).collect(),
        rows(&post.folkbokforingsadress, which).map(Folkbokforingsadress::adress).collect(),
        rows(&post.kontaktadress, which).map(Kontaktadress::adress).collect(),
        rows(&post.utlandsadress, which).map(Utlandsadress::adress).collect(),
    ]
}

/// The interval stands inside the address, not beside it.
macro_rules! address_row {
    ($($name:ident),+ $(,)?) => {$(
        impl Row for $name {
            fn datum_intervall(&self) -> Option<&DatumIntervall> {
                match self.adress() {
                    Adress::Svensk(adress) => adress.datum_intervall(),
                    Adress::Internationell(adress) => adress.datum_intervall(),
                }
            }
        }
    )+};
}

address_row!(Folkbokforingsadress, Kontaktadress, SarskildPostadress, Utlandsadress);
