//! Where SPAR is.

use spar_http::{Endpoint, Error};

/// SPAR's environments for Personsök.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Real persons, billed searches.
    Production,
    /// SPAR's test environment. It asks for a real organisationscertifikat; no load tests.
    Kundtest,
}

impl Environment {
    /// The endpoint of Personsök 2021.1.
    ///
    /// Hosts and path as in SPAR's reference implementations of September 2023. For another one, use
    /// [`Endpoint::parse`].
    ///
    /// # Errors
    ///
    /// None in practice: the addresses are constants, and a test parses them.
    pub fn endpoint(self) -> Result<Endpoint, Error> {
        Endpoint::parse(match self {
            Self::Production => "https://personsok.statenspersonadressregister.se/2021.1/",
            Self::Kundtest => "https://test-personsok.statenspersonadressregister.se/2021.1/",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_the_directory_form() {
        // HTTP-36, SOAP-20.
        for environment in [Environment::Production, Environment::Kundtest] {
            let endpoint = environment.endpoint().expect("a constant");
            assert_eq!(endpoint.path(), "/2021.1/");
        }
    }
}
