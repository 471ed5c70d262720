//! What generated code stands on, for code that `spar-codegen` writes into other crates.
//!
//! Not for use by hand, and without promise of stability: it changes together with the generator.

pub mod error {
    //! Rules and refused values.

    pub use crate::error::{InvalidValue, Rule};
}

pub mod inspect {
    //! `Debug` that shows no values.

    pub use crate::inspect::{Inspect, Inspector, Public, redacted};
    pub use crate::redacted_debug;
}

#[cfg(feature = "serde")]
pub mod json {
    //! JSON, by serde.

    pub use crate::json::{
        Fields, FromNode, Members, Node, Object, Place, Refusal, read, read_string, write,
    };
    pub use crate::json_object as object;
}

#[cfg(feature = "serde")]
pub use serde;

pub mod simple {
    //! Simple types.

    pub use crate::simple::{
        Datum, FreeText, Int, Integer, Length, Long, Number, OfullstandigtDatum, Pattern, Runs,
        SimpleType, Text, Tidsstampel, UnknownCode, checked, collapsed, integer, read_attribute,
        read_simple, read_simple_content, regex,
    };
    pub use crate::{code_type, number_type, text_type};
}

pub mod xml {
    //! Reading and writing.

    pub use crate::xml::{
        Content, Cursor, Direct, Element, Entries, FromXml, Name, Reading, Refusal, Root, ToXml,
        Unusual, Writer,
    };
}

/// Without the feature `serde`, values have no form in JSON.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! json_string {
    ($name:ident) => {};
}
