//! Numbers that the schema has as text.

use crate::personsok::newest::{InkomstAr, SummeradInkomst, Taxeringsar, Taxeringsvarde};

/// The number that a text of digits alone makes. No other text is taken for one.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

macro_rules! number_view {
    ($name:ident, $number:ty, $doc:literal) => {
        impl $name {
            #[doc = $doc]
            ///
            /// `None` if the value has anything but digits, or more than the number can hold.
            #[must_use]
            pub fn value(&self) -> Option<$number> {
                number(self.as_str())
            }
        }
    };
}

number_view!(
    SummeradInkomst,
    u64,
    "The income in whole kronor. (Schema: `komponent/person/Inkomsttaxering-1.2.xsd`.)"
);
number_view!(
    InkomstAr,
    u16,
    "The year of the income. (Schema: `komponent/person/Inkomsttaxering-1.2.xsd`.)"
);
number_view!(
    Taxeringsvarde,
    u64,
    "The value in whole kronor. (Schema: `komponent/person/Fastighetstaxering-1.2.xsd`.)"
);
number_view!(
    Taxeringsar,
    u16,
    "The year of the assessment. (Schema: `komponent/person/Fastighetstaxering-1.2.xsd`.)"
);
