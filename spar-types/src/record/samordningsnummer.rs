//! Samordningsnummer: how well the identity is known.

use crate::personsok::newest::SnIdentitetsniva;

impl SnIdentitetsniva {
    /// Whether the identity is uncertain, by either spelling: which one SPAR uses is not known.
    ///
    /// Numbers at this level should not be in SPAR. (SPAR:
    /// `teknisk-info/aktuellt-och-drift/aktuellt/nya-regler-om-samordningsnummer-fraan-1-september-2023`.)
    #[must_use]
    pub fn is_osaker(&self) -> bool {
        matches!(self, Self::Osaker | Self::OsakerAscii)
    }

    /// Whether the two mean the same level: equal, or both uncertain, however spelled.
    #[must_use]
    pub fn is_same_level(&self, other: &Self) -> bool {
        self == other || (self.is_osaker() && other.is_osaker())
    }
}
