//! Whether a person's data are protected.

use crate::personsok::newest::{AviseringPost, JaNej};

impl AviseringPost {
    /// Whether the person's data are protected: `Sekretessmarkering` or `SkyddadFolkbokforing` is `JA`
    /// in the record itself.
    ///
    /// A flag that is missing or holds an unknown code counts as `JA`. Flags in the rows of
    /// `persondetaljer` are history and change nothing, and nothing is concluded from missing addresses.
    /// (SPAR: `teknisk-info/xml-scheman/20231/aviseringpost`.)
    #[must_use]
    pub fn is_skyddad(&self) -> bool {
        let sekretess = self.sekretessmarkering.as_ref().map(|flag| &flag.value);
        sekretess != Some(&JaNej::Nej) || self.skyddad_folkbokforing != Some(JaNej::Nej)
    }
}
