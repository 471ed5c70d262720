//! What the generator says of an operation, and how an older version of it is spoken.

use spar_types::xml::{self, Element, Limits, Mode, Read, Root};
use spar_types::{Error, Rule};

/// An operation of a SOAP 1.1 document/literal service.
///
/// Implemented by generated code, from the WSDL.
pub trait Operation {
    /// The payload of the request.
    type Request: Root + Send + Sync;
    /// The payload of the answer.
    type Response: Root + Send + Sync;
    /// The name in the WSDL.
    const NAME: &'static str;
    /// The SOAPAction in the WSDL. Copied, since it follows no rule: the operation `PersonSok` has an
    /// action that ends in `Personsok`.
    const SOAP_ACTION: &'static str;
}

/// An operation as one version of the interface has it, for those who ask and answer in the newest.
///
/// Implemented by generated code.
pub trait InVersion<Newest: Operation>: Operation {
    /// The request in this version.
    ///
    /// # Errors
    ///
    /// The first thing that this version cannot say. It is not left out: a search with an argument less
    /// finds other persons.
    fn request(newest: Newest::Request) -> Result<Self::Request, Error>;

    /// Reads an answer in this version as one of the newest. What the newest does not know is a deviation.
    ///
    /// # Errors
    ///
    /// As [`xml::read_element`].
    fn read_response(
        element: Element<'_>,
        mode: Mode,
        limits: &Limits,
    ) -> Result<Read<Newest::Response>, Error>;
}

/// Something to do with an operation in a version that is known when the program runs.
pub trait Do<Newest: Operation> {
    /// What comes of it.
    type Output;

    /// Does it.
    fn with<O: InVersion<Newest>>(self) -> Self::Output;
}

/// A request of the newest version in an older one that cannot say everything.
#[allow(dead_code, reason = "generated code calls it where two versions differ that much")]
pub(crate) fn say_in_version<Newest: Root, Older: Root>(newest: &Newest) -> Result<Older, Error> {
    let read = xml::transcribe(newest)?;
    match read.deviations.into_iter().next() {
        None => Ok(read.value),
        Some(deviation) => Err(deviation.into()),
    }
}

/// Reads an answer of an older version that the newest cannot hold wholly.
#[allow(dead_code, reason = "generated code calls it where two versions differ that much")]
pub(crate) fn read_as_newest<Older: Root, Newest: Root>(
    element: Element<'_>,
    mode: Mode,
    limits: &Limits,
) -> Result<Read<Newest>, Error> {
    // The older schema is what the answer is judged by.
    let judged = xml::read_element::<Older>(element, mode, limits)?;
    // Every element stands in a namespace that is not the newest one's.
    let mut all = limits.clone();
    all.deviations = usize::MAX;
    let mut read = xml::read_element::<Newest>(element, Mode::Tolerant, &all)?;
    read.deviations.retain(|deviation| {
        deviation.rule != Rule::OtherNamespace && !judged.deviations.contains(deviation)
    });
    let found = judged.deviations.into_iter().chain(std::mem::take(&mut read.deviations));
    read.deviations = found.collect();
    let kept = read.deviations.len().min(limits.deviations);
    read.further_deviations = judged.further_deviations + (read.deviations.len() - kept);
    read.deviations.truncate(kept);
    Ok(read)
}
