//! Records of each version, for use as the newest.

use spar_types::SimpleType;
use spar_types::avisering::v2021_1::AviseringPost as OlderAviseringPost;
use spar_types::avisering::v2023_1::{AviseringPost, Aviseringsunderlag, JaNej};
use spar_types::components as c;
use spar_types::infil_id_nummer::v2021_1::InfilIdNummer as OlderInfilIdNummer;
use spar_types::infil_id_nummer::v2023_1::InfilIdNummer;
use spar_types::personnummersattning::v2021_1::{
    PersonnummersattningFraga as OlderFraga,
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
use spar_types::xml::{Element, Name};

use super::Version;
use crate::error::Result;
use crate::format::Format;
use crate::read::post::{AsSent, Entry, Post, TakeAsSent, address, child, read_as, value};
use crate::read::pump::Pump;

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

/// Reads what an avisering was made from.
pub(crate) fn underlag(pump: &mut Pump, version: Version) -> Result<Option<Aviseringsunderlag>> {
    if version == Version::V2021_1 {
        let older = pump.element::<c::avisering_v2021_1::Aviseringsunderlag>(
            c::avisering_v2021_1::elements::AVISERINGSUNDERLAG,
        )?;
        return Ok(older.map(Into::into));
    }
    pump.element(c::avisering_v2023_1::elements::AVISERINGSUNDERLAG)
}

/// The name by which the schema of the version has the record.
pub(crate) fn record_name(format: Format, version: Version, is_listed: bool) -> Name {
    let is_old = version == Version::V2021_1;
    match (format, is_old) {
        (Format::Avisering, true) => c::aviseringpost_v1_2::elements::AVISERING_POST,
        (Format::Avisering, false) => c::aviseringpost_v1_3::elements::AVISERING_POST,
        (Format::Personnummersattning, true) => {
            c::personnummersattning_v2021_1::elements::PERSONNUMMERSATTNING_POST
        }
        (Format::Personnummersattning, false) => {
            c::personnummersattning_v2023_1::elements::PERSONNUMMERSATTNING_POST
        }
        (Format::Urval, true) => c::urval_v2021_1::elements::NAMN_ADRESS_UPPGIFT,
        (Format::Urval, false) => c::urval_v2023_1::elements::NAMN_ADRESS_UPPGIFT,
        (Format::Reklamsparravisering, true) => {
            c::reklamsparravisering_v2021_1::elements::REKLAMSPARR_POST
        }
        (Format::Reklamsparravisering, false) => {
            c::reklamsparravisering_v2023_1::elements::REKLAMSPARR_POST
        }
        (Format::InfilIdNummer, true) if is_listed => {
            c::infilidnummer_v2021_1::elements::INFIL_ID_NUMMER
        }
        (Format::InfilIdNummer, true) => c::infilidnummermanuell_v2021_1::elements::INFIL_ID_NUMMER,
        (Format::InfilIdNummer, false) => c::infilidnummer_v2023_1::elements::INFIL_ID_NUMMER,
        (Format::InfilPersonnummersattning, true) => {
            c::personnummersattningsokparametrar_v1_1::elements::PERSONNUMMERSATTNING_FRAGA
        }
        (Format::InfilPersonnummersattning, false) => {
            c::personnummersattningsokparametrar_v1_2::elements::PERSONNUMMERSATTNING_FRAGA
        }
    }
}
