//! The beginning of a file.

use spar_types::Deviation;
use spar_types::avisering::newest::{Aviseringsunderlag, IdentifieringsinformationFil};
use spar_types::components::identifieringsinformation_fil::elements;
use spar_types::xml::Name;

use super::post::AsSent;
use super::pump::Pump;
use crate::archive::Packing;
use crate::error::{Error, ErrorKind, Result};
use crate::format::{Form, Format};
use crate::versions::{Version, underlag};

/// What the beginning of a file tells.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Head {
    /// The kind of file, by its elements.
    pub format: Format,
    /// The version, by the namespace of the root element.
    pub version: Version,
    /// How the records stand in the file.
    pub form: Form,
    /// How the file is packed.
    pub packing: Packing,
    /// Sender, receiver and origin, if the file tells them.
    pub identifieringsinformation: Option<IdentifieringsinformationFil>,
    /// What an avisering was made from, if the file tells it.
    pub aviseringsunderlag: Option<Aviseringsunderlag>,
    /// Departures from the schema before the first record.
    pub deviations: Vec<Deviation>,
}

impl Pump {
    /// Reads up to the first record, or to where it would stand.
    pub(super) fn head(&mut self, packing: Packing) -> Result<Head> {
        let root = self.root()?;
        let version = Version::of_namespace(&root.namespace);
        let version = version.ok_or_else(|| Error::new(ErrorKind::UnsupportedVersion))?;
        if !root.namespace.starts_with(spar_types::xml::SPAR_NAMESPACE_STEM) {
            return Err(Error::new(ErrorKind::UnknownFormat));
        }
        let mut head = Head {
            format: Format::of_root(&root.local_name).unwrap_or(Format::Avisering),
            version,
            form: Form::Bare,
            packing,
            identifieringsinformation: None,
            aviseringsunderlag: None,
            deviations: Vec::new(),
        };
        let mut is_known = Format::of_root(&root.local_name).is_some();
        while let Some(tag) = self.next_child()? {
            let local = tag.as_str();
            let found = Format::ALL.into_iter().find_map(|format| {
                let (list, record) = format.elements();
                let is_list = local == list;
                (is_list || local == record).then_some((format, is_list))
            });
            if let Some((format, is_list)) = found {
                head.format = format;
                head.form = if is_list { Form::Identified } else { Form::Bare };
                is_known = true;
                break;
            }
            match local {
                "IdentifieringsinformationFil" => {
                    let read =
                        self.element::<AsSent<IdentifieringsinformationFil>>(IDENTIFICATION)?;
                    head.identifieringsinformation = read.map(|read| read.0);
                }
                "Aviseringsunderlag" => head.aviseringsunderlag = underlag(self, version)?,
                "AviseringsPoster" => return Err(Error::new(ErrorKind::UnsupportedVersion)),
                _ => self.pass_over()?,
            }
        }
        if !is_known {
            return Err(Error::new(ErrorKind::UnknownFormat));
        }
        if head.identifieringsinformation.is_some() {
            head.form = Form::Identified;
        }
        head.deviations = self.take_deviations();
        self.records_of(head.format, head.version);
        Ok(head)
    }
}

const IDENTIFICATION: Name = elements::IDENTIFIERINGSINFORMATION_FIL;
