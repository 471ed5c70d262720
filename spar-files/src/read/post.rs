//! The records of each format, always in the newest form.

use spar_types::avisering::newest::{IdentifieringsinformationFil, SvenskAdress};
use spar_types::xml::stream::Batch;
use spar_types::xml::{Element, FromXml, Read, Reading, Refusal};
use spar_types::{SimpleType, Unrepresentable};

use crate::format::Format;
use crate::versions::Version;

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

/// Reads the records of a batch as one type, for use as another.
pub(crate) fn read_as<Sent: FromXml, Newest>(
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
pub(crate) struct AsSent<T>(pub(crate) T);

impl<T: FromXml + TakeAsSent> FromXml for AsSent<T> {
    fn from_xml(element: Element<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        let mut value = T::from_xml(element, reading)?;
        value.take_as_sent(element);
        Ok(Self(value))
    }
}

pub(crate) trait TakeAsSent {
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

pub(crate) fn address(element: Element<'_>) -> Option<SvenskAdress> {
    let mut adress = SvenskAdress::default();
    adress.care_of = value(element, "CareOf");
    adress.utdelningsadress1 = value(element, "Utdelningsadress1");
    adress.utdelningsadress2 = value(element, "Utdelningsadress2");
    adress.post_nr = value(element, "PostNr");
    adress.postort = value(element, "Postort");
    (adress != SvenskAdress::default()).then_some(adress)
}

pub(crate) fn child<'d>(element: Element<'d>, local_name: &str) -> Option<Element<'d>> {
    element.children().find(|child| child.local_name() == local_name)
}

pub(crate) fn value<T: SimpleType>(element: Element<'_>, local_name: &str) -> Option<T> {
    child(element, local_name).map(|child| T::from_register(child.text()))
}
