//! Where SPAR is.

use spar_http::{Endpoint, Error};

/// SPAR's environments for Filtransport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Real persons. The address is certain.
    Production,
    /// SPAR's test environment. The address is a guess by analogy with Personsök; for another one, use
    /// [`Endpoint::parse`].
    Kundtest,
}

impl Environment {
    /// The endpoint of version 3.
    ///
    /// # Errors
    ///
    /// None in practice: the addresses are constants, and a test parses them.
    pub fn endpoint(self) -> Result<Endpoint, Error> {
        Endpoint::parse(match self {
            Self::Production => "https://filtransport.statenspersonadressregister.se/v3",
            Self::Kundtest => "https://test-filtransport.statenspersonadressregister.se/v3",
        })
    }
}
