//! Where SPAR is.

use spar_http::{Endpoint, Error};

use crate::version::Version;

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
    /// The endpoint of Personsök in a version.
    ///
    /// The hosts, and the path of 2021.1, are those of SPAR's reference implementations of September
    /// 2023; the path of 2023.1 follows their pattern. For another one, use [`Endpoint::parse`].
    ///
    /// # Errors
    ///
    /// None in practice: the addresses are constants, and a test parses them.
    pub fn endpoint(self, version: Version) -> Result<Endpoint, Error> {
        let host = match self {
            Self::Production => "personsok.statenspersonadressregister.se",
            Self::Kundtest => "test-personsok.statenspersonadressregister.se",
        };
        Endpoint::parse(&format!("https://{host}/{version}/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_the_directory_form() {
        // HTTP-36, SOAP-20.
        for environment in [Environment::Production, Environment::Kundtest] {
            for version in Version::ALL {
                let endpoint = environment.endpoint(*version).expect("a constant");
                assert_eq!(endpoint.path(), format!("/{version}/"));
            }
        }
    }
}
