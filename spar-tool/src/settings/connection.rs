//! From settings to clients.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use spar_soap::transport::{
    self, Endpoint, ErrorKind, Identity, IdentityFault, Pace, Passphrase, Proxy, Roots, Timeouts,
    TlsBackend,
};
use spar_soap::{Client, Environment, Uppdrag, Version};
use spar_types::personsok::newest::KundNr;

use crate::failure::Problem;
use crate::settings::{Settings, passphrase};

impl Settings {
    /// A transport with identity, roots, timeouts, proxy and pace, for this server. Connects to nothing.
    ///
    /// # Errors
    ///
    /// A setting that cannot be used.
    pub(crate) fn transport(
        &self,
        endpoint: &Endpoint,
        identity: Identity,
    ) -> Result<transport::Client> {
        let mut builder = transport::Client::builder()
            .identity(identity)
            .roots(self.roots()?)
            .tls_backend(self.tls_backend()?)
            .timeouts(self.timeouts()?)
            .pace(self.pace()?);
        if let Some(proxy) = self.proxy(endpoint.host())? {
            builder = builder.proxy(proxy);
        }
        Ok(builder.build()?)
    }

    /// A client of Personsök, as [`identity`](Self::identity) or another one.
    ///
    /// # Errors
    ///
    /// A setting that is missing or cannot be used.
    pub(crate) fn personsok(&self, identity: Identity) -> Result<Client> {
        let (version, endpoint, uppdrag) = (self.version()?, self.endpoint()?, self.uppdrag()?);
        let http = self.transport(&endpoint, identity)?;
        let client =
            Client::new(http, endpoint, version, uppdrag).with_concurrency(self.concurrency()?);
        Ok(match self.text("sokargument-version") {
            Some("1.3") | None => client,
            Some(other @ "1.2") => {
                const STEM: &str =
                    "http://statenspersonadressregister.se/schema/komponent/sok/sokargument-";
                client.with_namespace(&format!("{STEM}1.3"), &format!("{STEM}{other}"))
            }
            Some(_) => {
                return Err(self.invalid("sokargument-version", &"it is neither 1.3 nor 1.2"));
            }
        })
    }

    /// The version of the interface.
    ///
    /// # Errors
    ///
    /// An unknown one.
    pub(crate) fn version(&self) -> Result<Version> {
        self.required("interface-version")
    }

    /// Which SPAR it is, and where Personsök is there.
    ///
    /// # Errors
    ///
    /// An unknown environment, or a URL that is none.
    pub(crate) fn endpoint(&self) -> Result<Endpoint> {
        if let Some(url) = self.text("url") {
            return Endpoint::parse(url).with_context(|| self.unusable("url"));
        }
        Ok(self.environment()?.endpoint(self.version()?)?)
    }

    /// The environment, whether or not a URL replaces its address.
    ///
    /// # Errors
    ///
    /// An unknown one.
    pub(crate) fn environment(&self) -> Result<Environment> {
        match self.text("environment") {
            Some("production") => Ok(Environment::Production),
            Some("kundtest") => Ok(Environment::Kundtest),
            _ => Err(self.invalid("environment", &"it is neither production nor kundtest")),
        }
    }

    /// Whose searches these are.
    ///
    /// # Errors
    ///
    /// A number that is missing or is none.
    pub(crate) fn uppdrag(&self) -> Result<Uppdrag> {
        let mottagare: KundNr = self.required("kund-nr-leverans-mottagare")?;
        let slutkund = self.parse("kund-nr-slutkund")?.unwrap_or_else(|| mottagare.clone());
        Ok(Uppdrag::new(mottagare, slutkund, self.required("uppdrag-id")?))
    }

    /// The certificate with its key. Asks for the passphrase, if there is none and one is needed.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or used.
    pub(crate) fn identity(&self) -> Result<Identity> {
        let certificate = self.path("certificate").ok_or_else(|| self.missing("certificate"))?;
        let key = self.path("key");
        let read = |passphrase: Option<&Passphrase>| match &key {
            Some(key) => Identity::from_files(&certificate, key, passphrase),
            None => Identity::from_file(&certificate, passphrase),
        };
        let passphrase = passphrase::of(self)?;
        let identity = match read(passphrase.as_ref()) {
            Err(error)
                if error.kind() == ErrorKind::Identity(IdentityFault::PassphraseRequired) =>
            {
                match passphrase::ask()? {
                    Some(passphrase) => read(Some(&passphrase)),
                    None => {
                        return Err(anyhow::Error::new(error).context(Problem::of(
                            "the certificate cannot be used",
                            "set SPAR_PASSPHRASE, passphrase-file or passphrase-fd, or run the command \
                             in a terminal, which then asks",
                        )));
                    }
                }
            }
            result => result,
        };
        identity.with_context(|| Problem::of("the certificate cannot be used", ""))
    }

    /// Whom to trust.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or holds no certificate.
    pub(crate) fn roots(&self) -> Result<Roots> {
        let Some(path) = self.path("roots") else { return Ok(Roots::platform()) };
        let roots = read(&path).and_then(|pem| Ok(Roots::from_pem(&pem)?)).with_context(|| {
            Problem::of(
                format!("the roots in {} cannot be used", path.display()),
                "give a PEM file with the certificates of authorities, or none for the system's",
            )
        })?;
        Ok(roots)
    }

    /// Who speaks TLS.
    ///
    /// # Errors
    ///
    /// An unknown backend, or one that this program was built without.
    pub(crate) fn tls_backend(&self) -> Result<TlsBackend> {
        let backend = match self.text("tls-backend") {
            Some("rustls-aws-lc-rs") => TlsBackend::RustlsAwsLcRs,
            Some("rustls-ring") => TlsBackend::RustlsRing,
            Some("openssl") => TlsBackend::OpenSsl,
            _ => return Err(self.invalid("tls-backend", &"there is no such backend")),
        };
        if !TlsBackend::compiled().contains(&backend) {
            return Err(self.invalid("tls-backend", &"this program was built without it"));
        }
        Ok(backend)
    }

    /// The longest waits.
    ///
    /// # Errors
    ///
    /// One that is no number of seconds above zero.
    pub(crate) fn timeouts(&self) -> Result<Timeouts> {
        Ok(Timeouts::default()
            .with_connect(self.seconds("timeout-connect")?)
            .with_tls(self.seconds("timeout-tls")?)
            .with_first_byte(self.seconds("timeout-first-byte")?)
            .with_idle(self.seconds("timeout-idle")?)
            .with_total(self.seconds("timeout-total")?))
    }

    fn seconds(&self, key: &str) -> Result<Duration> {
        let seconds: f64 = self.required(key)?;
        match Duration::try_from_secs_f64(seconds) {
            Ok(duration) if !duration.is_zero() => Ok(duration),
            _ => Err(self.invalid(key, &"it is no number of seconds above zero")),
        }
    }

    /// The proxy on the way to this host, which is none for this machine itself unless one is named.
    ///
    /// # Errors
    ///
    /// An address that is none.
    pub(crate) fn proxy(&self, host: &str) -> Result<Option<Proxy>> {
        let proxy = match self.text("proxy") {
            Some("none") | None => return Ok(None),
            Some("environment") if matches!(host, "localhost" | "127.0.0.1" | "::1") => {
                return Ok(None);
            }
            Some("environment") => Proxy::from_environment(|name| std::env::var(name).ok()),
            Some(url) => Proxy::parse(url).map(Some),
        };
        proxy.with_context(|| self.unusable("proxy"))
    }

    /// How many searches run at a time.
    ///
    /// # Errors
    ///
    /// No number above zero.
    pub(crate) fn concurrency(&self) -> Result<usize> {
        match self.required("concurrency")? {
            0 => Err(self.invalid("concurrency", &"it is zero")),
            number => Ok(number),
        }
    }

    fn pace(&self) -> Result<Pace> {
        Ok(match self.parse("max-per-second")? {
            Some(0) => return Err(self.invalid("max-per-second", &"it is zero")),
            Some(number) => Pace::default().with_max_per_second(number),
            None => Pace::default(),
        })
    }

    /// What the error below it is about.
    fn unusable(&self, key: &str) -> Problem {
        let source = self.get(key).map(|value| format!(", set by {},", value.source));
        Problem::of(format!("the setting {key}{} cannot be used", source.unwrap_or_default()), "")
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    Ok(std::fs::read(PathBuf::from(path))?)
}
