//! An embedded SPAR over mutual TLS, with invented persons, for tests and demonstrations.
//!
//! It is not SPAR and does not pretend to be: no billing, no permits, no service but Personsök
//! 2021.1, and where SPAR's behavior is not known, a documented guess. What works against the
//! simulator may fail against SPAR. SPAR's kundtest answers such questions.
//!
//! ```
//! use spar_simulator::{Answer, Simulator, Version};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::builder().start().await?;
//! println!("search at {}", simulator.url(Version::NEWEST));
//! println!("trust {}", simulator.certificates().ca_pem());
//! simulator.certificates().write_to("certificates")?;
//!
//! simulator.script(Answer::fault()); // for the next request
//! // …
//! assert_eq!(simulator.searches(), 0);
//! simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What is exact
//!
//! - Mutual TLS, 1.2 and 1.3: no answer without a client certificate of the simulator's own
//!   authority.
//! - A request is judged by the schemas, strictly. One that breaks them gets a SOAP fault.
//! - Zero hits, more than 100 hits (`OverstigerMaxAntalSvarsposter`) and `Undantag` are ordinary
//!   answers, which are valid by the schemas.
//! - What needs a permission (`SlutAnvandarUtokadBehorighet`) is not given out without.
//!
//! # What is an approximation
//!
//! - *Search*: every argument filters, history is searched as well. How words are compared and which
//!   searches are refused (`OGILTIG_INPARAMETER`) is for the most part a guess, told by
//!   [`Persons::answer`].
//! - *Sound*: which names sound alike is a guess; `phonetic.rs` in the source has the table.
//! - *Shape of answers*: as in real ones of 2021.1, but for the numbers of the prefixes and the
//!   name of the namespace that is declared and not used. No reader may depend on either.
//! - *Faults and errors of HTTP*: as SOAP 1.1 and HTTP have them.
//! - *Customer numbers and assignments*: every one that the schema allows is served.
//! - *TLS*: no renegotiation, no revocation, key type P-256 instead of RSA.
//!
//! The register stands still: [`Persons::built_in`] is as of 2023-12-31, and no clock decides what
//! is given out.

mod certificates;
mod delivery;
mod error;
#[rustfmt::skip]
mod generated;
mod persons;
mod personsok;
mod schemas;
mod script;
mod server;
mod service;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

pub use certificates::Certificates;
pub use error::{Error, ErrorKind};
pub use persons::Persons;
pub use personsok::MAX_ANTAL_SVARSPOSTER;
pub use script::{Answer, Cut, InvalidScript, Script};
pub use spar_soap::Version;

use crate::script::Scripts;
use crate::server::Server;
use crate::service::Service;

/// A SPAR that runs in this process.
///
/// Ends when it is dropped, in the middle of an answer if need be; [`shutdown`](Self::shutdown)
/// ends it in order.
pub struct Simulator {
    server: Server,
    service: Arc<Service>,
    certificates: Certificates,
}

impl Simulator {
    /// Puts a simulator together; all parts have a default.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            persons: None,
            certificates: None,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        }
    }

    /// Where a version of the service is, such as `https://localhost:PORT/2023.1/`.
    #[must_use]
    pub fn url(&self, version: Version) -> String {
        format!("https://localhost:{}/{version}/", self.address().port())
    }

    /// The address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The certificates that a client needs.
    #[must_use]
    pub fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// The persons that are searched.
    #[must_use]
    pub fn persons(&self) -> &Persons {
        &self.service.persons
    }

    /// Where the WSDL of a version is, for clients that are generated from it. The schemas lie on the
    /// same port; a client certificate is asked for there too.
    #[must_use]
    pub fn wsdl_url(&self, version: Version) -> String {
        format!("{}?wsdl", self.url(version))
    }

    /// Writes WSDLs and schemas into a folder, for generators that cannot show a client certificate, and
    /// says where below it the WSDLs are. They lead to this simulator. Files that are there are replaced.
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be written.
    pub fn write_schemas(&self, folder: impl AsRef<Path>) -> Result<Vec<(Version, String)>, Error> {
        schemas::write_to(folder.as_ref(), |version| self.url(version))?;
        let wsdl = |version: &Version| (*version, schemas::wsdl_path(*version));
        Ok(Version::ALL.iter().map(wsdl).collect())
    }

    /// Sets what is done with a request to come: the next one, or the one after those that have a
    /// script already. Only requests with the method and the path of a service count, and without a
    /// script of their own in the header [`Script::HEADER`].
    pub fn script(&self, script: impl Into<Script>) {
        self.service.scripts.add(script.into());
    }

    /// How many searches were executed, with or without a hit. This is what SPAR would bill.
    ///
    /// A search that was answered with `Undantag` is among them, a request that was answered with a
    /// fault is not. For both it is not known what SPAR does.
    #[must_use]
    pub fn searches(&self) -> u64 {
        self.service.searches.load(Ordering::SeqCst)
    }

    /// How many requests came, whatever became of them.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.service.requests.load(Ordering::SeqCst)
    }

    /// How many connections were made, up to the end of the TLS handshake.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.service.connections.load(Ordering::SeqCst)
    }

    /// Accepts no more connections, answers the requests under way and ends. Says how many
    /// [`searches`](Self::searches) there were in the end.
    ///
    /// Takes two seconds at most: what takes longer is cut off.
    pub async fn shutdown(self) -> u64 {
        self.server.shutdown().await;
        self.service.searches.load(Ordering::SeqCst)
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("address", &self.address())
            .field("persons", &self.service.persons)
            .field("searches", &self.searches())
            .field("requests", &self.requests())
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}

/// Puts a [`Simulator`] together.
#[derive(Clone, Debug)]
pub struct Builder {
    persons: Option<Persons>,
    certificates: Option<Certificates>,
    address: SocketAddr,
}

impl Builder {
    /// The persons that are searched. Default: [`Persons::built_in`].
    #[must_use]
    pub fn persons(self, persons: Persons) -> Self {
        Self { persons: Some(persons), ..self }
    }

    /// The certificates. Default: new ones, as of now.
    #[must_use]
    pub fn certificates(self, certificates: Certificates) -> Self {
        Self { certificates: Some(certificates), ..self }
    }

    /// The address to listen on. Default: a free port of `127.0.0.1`.
    ///
    /// Only an address that `localhost` leads to is taken: `127.0.0.1`, `::1`, `0.0.0.0` or `::`.
    #[must_use]
    pub fn address(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// Starts the simulator on the tokio runtime of the caller. It is ready when this returns.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or the certificates cannot be made.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time, as everything of tokio.
    pub async fn start(self) -> Result<Simulator, Error> {
        if !is_localhost(self.address.ip()) {
            return Err(Error::new(ErrorKind::Address, "`localhost` does not lead to the address"));
        }
        let certificates = match self.certificates {
            Some(certificates) => certificates,
            // The only look at the clock.
            None => Certificates::issue(SystemTime::now())?,
        };
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let service = Arc::new(Service {
            persons: self.persons.unwrap_or_else(Persons::built_in),
            random: provider.secure_random,
            scripts: Scripts::default(),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            searches: AtomicU64::new(0),
        });
        let server =
            Server::start(self.address, &certificates, provider, Arc::clone(&service)).await?;
        Ok(Simulator { server, service, certificates })
    }
}

fn is_localhost(ip: IpAddr) -> bool {
    let localhost: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    localhost.contains(&ip) || ip.is_unspecified()
}
