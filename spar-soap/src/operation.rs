//! What the generator says of an operation.

use spar_types::xml::Root;

/// An operation of a SOAP 1.1 document/literal service.
///
/// Implemented by generated code, from the WSDL.
pub trait Operation {
    /// The payload of the request.
    type Request: Root;
    /// The payload of the answer.
    type Response: Root;
    /// The name in the WSDL.
    const NAME: &'static str;
    /// The SOAPAction in the WSDL. Copied, since it follows no rule: the operation `PersonSok` has an
    /// action that ends in `Personsok`.
    const SOAP_ACTION: &'static str;
}
