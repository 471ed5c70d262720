//! Certificates made on the spot: an authority, a server and a client.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::{Error, ErrorKind};

/// How often the passphrase of the PKCS#12 file is hashed. It is no secret, so this is little.
const ITERATIONS: u32 = 2_048;

/// The names by which the server can be called.
const SERVER_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How long before the time of issue the certificates are valid: clocks differ.
const BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// How long after the time of issue the certificates are valid.
const AFTER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The end of the year 9999, after which a certificate cannot be dated.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_799);

/// An authority of its own with one server and one client certificate, all on P-256.
///
/// The server certificate names `localhost`, `127.0.0.1` and `::1`. Two of these know nothing of
/// each other: the client certificate of one is a stranger's to the other. The key of the authority
/// is kept in memory, for [`renew_client`](Self::renew_client), and is never written or handed out.
#[derive(Clone)]
pub struct Certificates {
    ca: Vec<u8>,
    ca_pem: String,
    issuer: Arc<Issuer<'static, KeyPair>>,
    server: Signed,
    client: Signed,
}

/// A certificate and its key.
#[derive(Clone)]
struct Signed {
    certificate: Vec<u8>,
    certificate_pem: String,
    key: Vec<u8>,
    key_pem: String,
}

impl Certificates {
    /// Makes new certificates, valid from the day before `now` until a year after.
    ///
    /// # Errors
    ///
    /// `now` is before 1970 or after 9999, or no random numbers can be had.
    pub fn issue(now: SystemTime) -> Result<Self, Error> {
        issue(validity(now)?).map_err(cannot_be_made)
    }

    /// The same with another certificate and key for the client, from the same authority, valid as if
    /// issued `now`. A simulator with these certificates or those it knows both: for tests of a client
    /// whose certificate is renewed while it runs.
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue).
    pub fn renew_client(&self, now: SystemTime) -> Result<Self, Error> {
        let client = params(validity(now)?, &[])
            .and_then(|params| Signed::client(params, &self.issuer))
            .map_err(cannot_be_made)?;
        Ok(Self { client, ..self.clone() })
    }

    /// The certificate of the authority, which a client must trust.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The certificate and the key (PKCS#8) of the client, in one.
    #[must_use]
    pub fn client_pem(&self) -> String {
        self.client.pem()
    }

    /// The certificate of the client.
    #[must_use]
    pub fn client_certificate_pem(&self) -> &str {
        &self.client.certificate_pem
    }

    /// The key of the client (PKCS#8).
    #[must_use]
    pub fn client_key_pem(&self) -> &str {
        &self.client.key_pem
    }

    /// The passphrase of [`client_p12`](Self::client_p12). It is the same for all, and no secret.
    pub const PASSPHRASE: &'static str = "simulator";

    /// The certificate of the client, that of the authority and the key, as PKCS#12: the form in which
    /// certificates for SPAR are issued. Encrypted by AES-256 (PBES2), with a MAC by SHA-256.
    ///
    /// # Errors
    ///
    /// No random numbers can be had.
    pub fn client_p12(&self) -> Result<Vec<u8>, Error> {
        let failed = |error| {
            let message = "the PKCS#12 file of the client cannot be made";
            Error::because(ErrorKind::Certificates, message, error)
        };
        let certificate = |der: &[u8]| Certificate::from_der(der).map_err(failed);
        let chain = [certificate(&self.client.certificate)?, certificate(&self.ca)?];
        let key = PrivateKey::from_der(&self.client.key).map_err(failed)?;
        let mut store = KeyStore::new();
        let entry = PrivateKeyChain::new("client", key, chain);
        store.add_entry("client", KeyStoreEntry::PrivateKeyChain(entry));
        store
            .writer(Self::PASSPHRASE)
            .encryption_iterations(ITERATIONS)
            .mac_iterations(ITERATIONS)
            .write()
            .map_err(failed)
    }

    /// The certificate and the key (PKCS#8) of the server, in one.
    #[must_use]
    pub fn server_pem(&self) -> String {
        self.server.pem()
    }

    /// Writes the files that a client or another server needs, and makes the folder if need be.
    ///
    /// | file | content |
    /// |---|---|
    /// | `ca.pem` | the certificate of the authority |
    /// | `client.pem` | certificate and key of the client |
    /// | `client.crt`, `client.key` | the same, apart |
    /// | `client.p12` | the same as PKCS#12, with the [passphrase](Self::PASSPHRASE) |
    /// | `server.pem` | certificate and key of the server |
    ///
    /// On Unix, nobody but the owner can read the files with a key. Files of these names are
    /// replaced.
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be written.
    pub fn write_to(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        let failed = |what: &str| {
            let message = format!("{what} cannot be written");
            move |error| Error::because(ErrorKind::Files, message, error)
        };
        fs::create_dir_all(folder).map_err(failed("the folder for the certificates"))?;
        let public = [("ca.pem", self.ca_pem()), ("client.crt", self.client_certificate_pem())];
        for (name, content) in public {
            write(&folder.join(name), content.as_bytes(), Readers::All).map_err(failed(name))?;
        }
        let secret = [
            ("client.pem", self.client_pem().into_bytes()),
            ("client.key", self.client.key_pem.clone().into_bytes()),
            ("client.p12", self.client_p12()?),
            ("server.pem", self.server_pem().into_bytes()),
        ];
        for (name, content) in secret {
            write(&folder.join(name), &content, Readers::Owner).map_err(failed(name))?;
        }
        Ok(())
    }

    pub(crate) fn ca_certificate(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.ca.clone())
    }

    pub(crate) fn server_certificate(&self) -> CertificateDer<'static> {
        CertificateDer::from(self.server.certificate.clone())
    }

    pub(crate) fn server_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.server.key.clone()).into()
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Signed {
    fn new(
        mut params: CertificateParams,
        name: &str,
        usage: ExtendedKeyUsagePurpose,
        issuer: &Issuer<'_, KeyPair>,
    ) -> Result<Self, rcgen::Error> {
        params.distinguished_name.push(DnType::CommonName, name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, issuer)?;
        Ok(Self {
            certificate: certificate.der().to_vec(),
            certificate_pem: certificate.pem(),
            key: key.serialize_der(),
            key_pem: key.serialize_pem(),
        })
    }

    fn client(
        params: CertificateParams,
        issuer: &Issuer<'_, KeyPair>,
    ) -> Result<Self, rcgen::Error> {
        Self::new(params, "client", ExtendedKeyUsagePurpose::ClientAuth, issuer)
    }

    fn pem(&self) -> String {
        format!("{}{}", self.certificate_pem, self.key_pem)
    }
}

type Validity = (SystemTime, SystemTime);

fn validity(now: SystemTime) -> Result<Validity, Error> {
    let from = now.checked_sub(BEFORE).filter(|from| *from >= UNIX_EPOCH);
    let until = now
        .checked_add(AFTER)
        .filter(|until| until.duration_since(UNIX_EPOCH).is_ok_and(|until| until <= END_OF_TIME));
    from.zip(until).ok_or_else(|| Error::new(ErrorKind::Certificates, "the time is out of range"))
}

fn cannot_be_made(error: rcgen::Error) -> Error {
    Error::because(ErrorKind::Certificates, "the certificates cannot be made", error)
}

fn params((from, until): Validity, names: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.not_before = from.into();
    params.not_after = until.into();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "SPAR simulator");
    Ok(params)
}

fn issue(validity: Validity) -> Result<Certificates, rcgen::Error> {
    let mut ca = params(validity, &[])?;
    ca.distinguished_name.push(DnType::CommonName, "SPAR simulator CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_key = KeyPair::generate()?;
    let ca_certificate = ca.self_signed(&ca_key)?;
    let issuer = Issuer::new(ca, ca_key);
    let server = params(validity, &SERVER_NAMES)?;
    Ok(Certificates {
        ca: ca_certificate.der().to_vec(),
        ca_pem: ca_certificate.pem(),
        server: Signed::new(server, "localhost", ExtendedKeyUsagePurpose::ServerAuth, &issuer)?,
        client: Signed::client(params(validity, &[])?, &issuer)?,
        issuer: Arc::new(issuer),
    })
}

#[derive(Clone, Copy)]
enum Readers {
    All,
    Owner,
}

fn write(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    // A new file every time: one that is there may be readable by others, or lead elsewhere.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    restrict(&mut options, readers);
    let mut file = options.open(path)?;
    file.write_all(content)
}

#[cfg(unix)]
fn restrict(options: &mut OpenOptions, readers: Readers) {
    use std::os::unix::fs::OpenOptionsExt;

    options.mode(match readers {
        Readers::All => 0o644,
        Readers::Owner => 0o600,
    });
}

#[cfg(not(unix))]
fn restrict(_options: &mut OpenOptions, _readers: Readers) {}
