//! Documents of each version, made of the newest records.

use spar_types::SimpleType;
use spar_types::avisering::v2023_1::{AviseringPost, AviseringPoster, JaNej, SparAvisering};
use spar_types::infil_id_nummer::v2023_1::InfilIdNummer;
use spar_types::infil_id_nummer::{v2021_1 as infil_2021_1, v2023_1 as infil_2023_1};
use spar_types::personnummersattning::v2023_1::{NamnArgument, PersonnummersattningFraga};
use spar_types::personnummersattning::{v2021_1 as pns_2021_1, v2023_1 as pns_2023_1};
use spar_types::reklamsparravisering::v2023_1 as reklam;
use spar_types::urval::v2023_1 as urval;

use super::Version;
use crate::error::{Refusal, Result};
use crate::format::Form;
use crate::write::document::{WritePost, Written, all, identification, written};
use crate::write::{MAX_FRAGOR, Settings};

impl WritePost for InfilIdNummer {
    fn key(&self) -> Option<&str> {
        Some(self.value.as_str())
    }

    fn number(&self) -> Option<&str> {
        Some(self.value.as_str())
    }

    fn check(&self, settings: &Settings) -> Result<(), Refusal> {
        // CSV has no place for the attribute.
        match (&self.nulage, settings.csv) {
            (Some(JaNej::Ja), Some(_)) => Err(Refusal::NotInCsv),
            _ => Ok(()),
        }
    }

    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>> {
        if settings.version != Version::V2021_1 {
            let document = infil_2023_1::SparInfilIdNummer::new(records);
            return written(document, settings, |document| document.infil_id_nummer);
        }
        let older = |record: &Self| {
            let number = SimpleType::from_register(record.value.as_str());
            let mut older = infil_2021_1::InfilIdNummer::new(number);
            older.nulage = record.nulage.clone();
            older
        };
        let of_older = records.iter().map(older).collect();
        match settings.form {
            Form::Bare => {
                let document = infil_2021_1::SparInfilIdNummerManuell::new(of_older);
                written(document, settings, |_| records)
            }
            Form::Identified => {
                let poster = infil_2021_1::InfilIdNummerPoster::new(of_older);
                let document =
                    infil_2021_1::SparInfilIdNummer::new(identification(settings)?, poster);
                written(document, settings, |_| records)
            }
        }
    }
}

impl WritePost for PersonnummersattningFraga {
    const MAX_RECORDS: u64 = MAX_FRAGOR;
    const MUST_DIFFER: bool = true;

    fn key(&self) -> Option<&str> {
        Some(self.egen_referens.as_str())
    }

    fn check(&self, _: &Settings) -> Result<(), Refusal> {
        match &self.namn_argument {
            None
            | Some(NamnArgument::Namndelar {
                fornamn_sok_argument: None,
                mellan_efternamn_sok_argument: None,
            }) => Err(Refusal::NoName),
            _ => Ok(()),
        }
    }

    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>> {
        if settings.version != Version::V2021_1 {
            let records = records.into_iter().map(Ok).collect();
            let document = pns_2023_1::SparInfilPersonnummersattning::new(records);
            return written(document, settings, |of| all(of.personnummersattning_fraga));
        }
        let of_older = records.iter().cloned().map(|record| Ok(record.into())).collect();
        match settings.form {
            Form::Bare => {
                let document = pns_2021_1::SparInfilPersonnummersattningManuell::new(of_older);
                written(document, settings, |_| records)
            }
            Form::Identified => {
                let fragor = pns_2021_1::PersonnummersattningFragor::new(of_older);
                let document = pns_2021_1::SparInfilPersonnummersattning::new(
                    identification(settings)?,
                    fragor,
                );
                written(document, settings, |_| records)
            }
        }
    }
}

impl WritePost for AviseringPost {
    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>> {
        let mut poster = AviseringPoster::default();
        poster.avisering_post = records.into_iter().map(Ok).collect();
        let underlag = settings.aviseringsunderlag.clone().unwrap_or_default();
        let document = SparAvisering::new(identification(settings)?, underlag, poster);
        written(document, settings, |of| all(of.avisering_poster.avisering_post))
    }
}

impl WritePost for pns_2023_1::PersonnummersattningPost {
    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>> {
        let mut poster = pns_2023_1::PersonnummersattningPoster::default();
        poster.personnummersattning_post = records.into_iter().map(Ok).collect();
        let document = pns_2023_1::SparPersonnummersattning::new(identification(settings)?, poster);
        let take = |of: pns_2023_1::SparPersonnummersattning| {
            all(of.personnummersattning_poster.personnummersattning_post)
        };
        written(document, settings, take)
    }
}

impl WritePost for urval::NamnAdressUppgift {
    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>> {
        let mut uppgifter = urval::NamnAdressUppgifter::default();
        uppgifter.namn_adress_uppgift = records.into_iter().map(Ok).collect();
        let document = urval::SparUrval::new(identification(settings)?, uppgifter);
        written(document, settings, |of| all(of.namn_adress_uppgifter.namn_adress_uppgift))
    }
}

impl WritePost for reklam::ReklamsparrPost {
    fn document(records: Vec<Self>, settings: &Settings) -> Result<Written<Self>> {
        let mut poster = reklam::ReklamsparrPoster::default();
        poster.reklamsparr_post = records.into_iter().map(Ok).collect();
        let document = reklam::SparReklamsparravisering::new(identification(settings)?, poster);
        written(document, settings, |of| all(of.reklamsparr_poster.reklamsparr_post))
    }
}
