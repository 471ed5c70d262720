//! The records of each format, always in the newest form.

use spar_types::avisering::v2021_1::AviseringPost as OlderAviseringPost;
use spar_types::avisering::v2023_1::{AviseringPost, JaNej, SvenskAdress};
use spar_types::infil_id_nummer::v2021_1::InfilIdNummer as OlderInfilIdNummer;
use spar_types::infil_id_nummer::v2023_1::InfilIdNummer;
use spar_types::personnummersattning::v2021_1::{
    IdentifieringsinformationFil, PersonnummersattningFraga as OlderFraga,
    PersonnummersattningPost as OlderPersonnummersattningPost,
};
use spar_types::personnummersattning::v2023_1::{
    PersonnummersattningFraga, PersonnummersattningPost,
};
use spar_types::reklamsparravisering::v2021_1::ReklamsparrPost as OlderReklamsparrPost;
use spar_types::reklamsparravisering::v2023_1::ReklamsparrPost;
use spar_types::urval::v2021_1::NamnAdressUppgift as OlderNamnAdressUppgift;
use spar_types::urval::v2023_1::NamnAdressUppgift;
use spar_types::xml::stream::Batch;
use spar_types::xml::{Element, FromXml, Read, Reading, Refusal};
use spar_types::{SimpleType, Unrepresentable};

use crate::format::{Format, Version};

/// A record of a file. Implemented for the newest form of each; nothing else can stand in a file.
pub trait Post: Sized + Send + 'static {
    /// The format of the files that hold such records.
    const FORMAT: Format;

    /// Reads the records of a batch and hands each on, until told to stop.
    #[doc(hidden)]
    fn read(batch: &Batch, version: Version, each: &mut dyn FnMut(Entry<Self>) -> bool);
}

/// What stands in the place of a record.
#[doc(hidden)]
pub type Entry<T> = Result<Made<T>, spar_types::Error>;

/// A record as it was read.
#[doc(hidden)]
#[derive(Debug)]
pub struct Made<T> {
    pub(crate) offset: u64,
    pub(crate) read: Read<Result<T, Unrepresentable>>,
}

macro_rules! post {
    ($newest:ty, $format:ident, $of_newest:expr, $of_older:expr) => {
        impl Post for $newest {
            const FORMAT: Format = Format::$format;

            fn read(batch: &Batch, version: Version, each: &mut dyn FnMut(Entry<Self>) -> bool) {
                match version {
                    Version::V2021_1 => read_as(batch, each, $of_older),
                    _ => read_as(batch, each, $of_newest),
                }
            }
        }
    };
}

post!(AviseringPost, Avisering, |post: Self| post, |older: OlderAviseringPost| older.into());
post!(
    PersonnummersattningPost,
    Personnummersattning,
    |post: Self| post,
    |older: OlderPersonnummersattningPost| older.into()
);
post!(
    PersonnummersattningFraga,
    InfilPersonnummersattning,
    |post: Self| post,
    |older: OlderFraga| older.into()
);
post!(NamnAdressUppgift, Urval, |post: AsSent<Self>| post.0, |older: AsSent<
    OlderNamnAdressUppgift,
>| older.0.into());
post!(ReklamsparrPost, Reklamsparravisering, |post: AsSent<Self>| post.0, |older: AsSent<
    OlderReklamsparrPost,
>| older.0.into());
post!(InfilIdNummer, InfilIdNummer, |post: AsSent<Self>| post.0, |older: AsSent<
    OlderInfilIdNummer,
>| {
    let mut newest = Self::new(SimpleType::from_register(older.0.value.as_str()));
    newest.nulage = older.0.nulage;
    newest
});

/// Reads the records of a batch as one type, for use as another.
fn read_as<Sent: FromXml, Newest>(
    batch: &Batch,
    each: &mut dyn FnMut(Entry<Newest>) -> bool,
    convert: fn(Sent) -> Newest,
) {
    for record in batch.records::<Sent>() {
        let entry = record.map(|record| Made {
            offset: record.offset as u64,
            read: record.read.map(|value| value.map(convert)),
        });
        if !each(entry) {
            return;
        }
    }
}

/// A record that was written in more than one way over the years. What the schema does not know is reported
/// as a departure, and taken all the same.
pub(super) struct AsSent<T>(pub(super) T);

impl<T: FromXml + TakeAsSent> FromXml for AsSent<T> {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        let mut value = T::from_xml(element, reading)?;
        value.take_as_sent(element);
        Ok(Self(value))
    }
}

pub(super) trait TakeAsSent {
    /// Fills what is absent from where else it may stand.
    fn take_as_sent(&mut self, element: Element<'_>);
}

/// FILE-10: `UppdragsId` and `ResultatFilSkapad` are older spellings.
impl TakeAsSent for IdentifieringsinformationFil {
    fn take_as_sent(&mut self, element: Element<'_>) {
        let Some(origin) = child(element, "Filinformation") else { return };
        let Some(filinformation) = &mut self.filinformation else { return };
        if filinformation.uppdrag_id.is_none() {
            filinformation.uppdrag_id = value(origin, "UppdragsId");
        }
        if filinformation.resultatfil_skapad.is_none() {
            filinformation.resultatfil_skapad = value(origin, "ResultatFilSkapad");
        }
    }
}

macro_rules! take_as_sent {
    ($($urval:ty),*; $($reklam:ty),*; $($infil:ty),*) => {
        $(
            /// FILE-16: the lines of the address may stand without `SvenskAdress` around them.
            impl TakeAsSent for $urval {
                fn take_as_sent(&mut self, element: Element<'_>) {
                    if self.svensk_adress.is_none() {
                        self.svensk_adress = address(element);
                    }
                }
            }
        )*
        $(
            /// FILE-18: the number may stand in `PersonId`.
            impl TakeAsSent for $reklam {
                fn take_as_sent(&mut self, element: Element<'_>) {
                    if self.id_nummer.is_none() {
                        self.id_nummer =
                            child(element, "PersonId").and_then(|id| value(id, "IdNummer"));
                    }
                }
            }
        )*
        $(
            /// FILE-04: `nuläge`, `J` and `N` are older spellings.
            impl TakeAsSent for $infil {
                fn take_as_sent(&mut self, element: Element<'_>) {
                    let found = element.attribute("nulage").or_else(|| element.attribute("nuläge"));
                    if let Some(value) = found {
                        self.nulage = Some(match value {
                            "J" => JaNej::Ja,
                            "N" => JaNej::Nej,
                            value => JaNej::from_register(value),
                        });
                    }
                }
            }
        )*
    };
}

take_as_sent!(
    NamnAdressUppgift, OlderNamnAdressUppgift;
    ReklamsparrPost, OlderReklamsparrPost;
    InfilIdNummer, OlderInfilIdNummer
);

fn address(element: Element<'_>) -> Option<SvenskAdress> {
    let mut adress = SvenskAdress::default();
    adress.care_of = value(element, "CareOf");
    adress.utdelningsadress1 = value(element, "Utdelningsadress1");
    adress.utdelningsadress2 = value(element, "Utdelningsadress2");
    adress.post_nr = value(element, "PostNr");
    adress.postort = value(element, "Postort");
    (adress != SvenskAdress::default()).then_some(adress)
}

fn child<'d>(element: Element<'d>, local_name: &str) -> Option<Element<'d>> {
    element.children().find(|child| child.local_name() == local_name)
}

fn value<T: SimpleType>(element: Element<'_>, local_name: &str) -> Option<T> {
    child(element, local_name).map(|child| T::from_register(child.text()))
}
