//! Where requests go: a checked https address.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;
use std::sync::Arc;

use http::{HeaderValue, Uri};
use rustls_pki_types::ServerName;

use crate::error::Error;

/// An `https` address: host, port and path. The path is kept exactly as given; SPAR's services want
/// the directory form with a trailing slash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    host: Arc<str>,
    port: u16,
    path: Uri,
    authority: HeaderValue,
}

impl Endpoint {
    /// Reads `https://host[:port]/path/`. The host is a DNS name (international names in their
    /// ASCII form), an IPv4 address or a bracketed IPv6 address; the port defaults to 443, the path
    /// to `/`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for another scheme, for user
    /// information, a query or a fragment, for what is not an address, and for SPAR's retired
    /// hosts; the hint then names the present one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(Error::configuration("the endpoint is not an https address"));
        };
        if scheme.eq_ignore_ascii_case("http") {
            return Err(Error::configuration("the endpoint is http")
                .with_hint("only https is possible: write https://"));
        }
        if !scheme.eq_ignore_ascii_case("https") {
            return Err(Error::configuration("the endpoint is not an https address"));
        }
        if rest.contains(['?', '#']) {
            return Err(Error::configuration("the endpoint has a query or a fragment"));
        }
        let (authority, path) = match rest.find('/') {
            Some(start) => rest.split_at(start),
            None => (rest, "/"),
        };
        if authority.contains('@') {
            return Err(Error::configuration("the endpoint holds user information"));
        }
        let (host, port) = split_port(authority)?;
        let host = check_host(host)?;
        if let Some(hint) = retired(&host) {
            return Err(Error::configuration("the endpoint's host is retired").with_hint(hint));
        }
        let path = path
            .parse::<Uri>()
            .map_err(|_| Error::configuration("the endpoint's path is not valid"))?;
        let mut authority = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        if port != HTTPS {
            authority = format!("{authority}:{port}");
        }
        let authority = HeaderValue::try_from(authority).map_err(|_| bad_host())?;
        Ok(Self { host, port, path, authority })
    }

    /// The address of something below this one: `path`, which may end with a query, after this path and
    /// exactly one slash (HTTP-36). Both are taken as they are: whoever puts values into them encodes
    /// them first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if that is not a valid path and
    /// query.
    pub fn join(&self, path: &str) -> Result<Self, Error> {
        let base = self.path().trim_end_matches('/');
        let path = format!("{base}/{}", path.trim_start_matches('/'));
        if path.contains('#') {
            return Err(Error::configuration("the path has a fragment"));
        }
        let path = path
            .parse::<Uri>()
            .map_err(|_| Error::configuration("the endpoint's path is not valid"))?;
        Ok(Self { path, ..self.clone() })
    }

    /// The host in lower case, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, 443 unless given.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path as given, `/` if there was none.
    pub fn path(&self) -> &str {
        self.path.path()
    }

    pub(crate) fn shared_host(&self) -> Arc<str> {
        Arc::clone(&self.host)
    }

    pub(crate) fn uri(&self) -> Uri {
        self.path.clone()
    }

    pub(crate) fn authority(&self) -> HeaderValue {
        self.authority.clone()
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("https://")?;
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        if self.port != HTTPS {
            write!(f, ":{}", self.port)?;
        }
        write!(f, "{}", self.path)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

const HTTPS: u16 = 443;

fn split_port(authority: &str) -> Result<(&str, u16), Error> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or_else(bad_host)?;
            host.parse::<Ipv6Addr>().map_err(|_| bad_host())?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':').ok_or_else(bad_port)?),
            };
            (host, port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    match port {
        None => Ok((host, HTTPS)),
        // `u16` alone would accept "+443".
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => match port.parse() {
            Ok(0) | Err(_) => Err(bad_port()),
            Ok(port) => Ok((host, port)),
        },
        Some(_) => Err(bad_port()),
    }
}

fn check_host(host: &str) -> Result<Arc<str>, Error> {
    if !host.is_ascii() {
        return Err(Error::configuration("the endpoint's host is not ASCII")
            .with_hint("write an international name in its xn-- form"));
    }
    let host = host.to_ascii_lowercase();
    match ServerName::try_from(host.as_str()) {
        Ok(_) => Ok(host.into()),
        Err(_) => Err(bad_host()),
    }
}

/// The hosts SPAR has given up, and where their services are now.
fn retired(host: &str) -> Option<&'static str> {
    let host = host.strip_suffix('.').unwrap_or(host);
    match host.strip_suffix(".statenspersonadressregister.se")? {
        "ext-ws" => Some("use personsok.statenspersonadressregister.se"),
        "ext-filer" => Some("use filtransport.statenspersonadressregister.se"),
        "kt-ext-ws" => Some("use test-personsok.statenspersonadressregister.se"),
        "kt-ext-filer" => Some("use test-filtransport.statenspersonadressregister.se"),
        _ => None,
    }
}

fn bad_host() -> Error {
    Error::configuration("the endpoint's host is neither a name nor an address")
}

fn bad_port() -> Error {
    Error::configuration("the endpoint's port is not a number from 1 to 65535")
}
