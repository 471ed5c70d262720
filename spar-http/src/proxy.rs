//! A proxy between this machine and the servers: what it is, and how it opens a way.

use std::fmt;
use std::sync::Arc;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;

use crate::error::Error;

/// An HTTP proxy that is asked to connect to the servers (`CONNECT`). It passes on what it cannot
/// read: TLS is spoken with the server itself, certificates of both sides included. `Debug` does not
/// show user and password.
///
/// None is used unless it is given to [`ClientBuilder::proxy`](crate::ClientBuilder::proxy); the
/// environment decides only if asked, by [`from_environment`](Self::from_environment).
#[derive(Clone)]
pub struct Proxy(Arc<Inner>);

struct Inner {
    /// Knows for which servers there is no proxy.
    #[cfg_attr(
        not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring")),
        allow(dead_code, reason = "read by the TLS backends only")
    )]
    matcher: Matcher,
    address: Address,
}

/// Where the proxy is, and what it wants to hear.
#[cfg_attr(
    not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring")),
    allow(dead_code, reason = "read by the TLS backends only")
)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) authorization: Option<HeaderValue>,
}

impl Proxy {
    /// Reads `http://[user:password@]host[:port]`; the port defaults to 80. Special characters in
    /// user and password are percent-encoded. The connection to the proxy itself is not encrypted,
    /// so others on the way there can read its password.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for another scheme and for what
    /// is not an address. No text of it holds a part of the input.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::new(text, "")
    }

    /// The proxy that the environment wants for https, if any: `HTTPS_PROXY`, or else `ALL_PROXY`,
    /// but not for the hosts in `NO_PROXY`; each also in lower case. `read` looks a variable up:
    ///
    /// ```
    /// # use spar_http::{Error, Proxy};
    /// # fn run() -> Result<(), Error> {
    /// let proxy = Proxy::from_environment(|name| std::env::var(name).ok())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`parse`](Self::parse).
    pub fn from_environment(read: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, Error> {
        let read =
            |names: &[&str]| names.iter().find_map(|name| read(name).filter(|v| !v.is_empty()));
        let except = read(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
        match read(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
            Some(text) => Self::new(&text, &except).map(Some),
            None => Ok(None),
        }
    }

    fn new(text: &str, except: &str) -> Result<Self, Error> {
        let matcher = Matcher::builder().https(text).build();
        // Without exceptions, so that this asks for the address alone.
        let found = matcher.intercept(&Uri::from_static("https://any.test/"));
        let invalid = || Error::configuration("the proxy is not a valid address");
        let found = found.ok_or_else(invalid)?;
        if found.uri().scheme_str() != Some("http") {
            return Err(Error::configuration("the proxy's address is not http")
                .with_hint("write http://host:port: TLS goes through the proxy, not to it"));
        }
        let authority = found.uri().authority().ok_or_else(invalid)?;
        let host = authority.host();
        // `port` is silent about one that is out of range.
        let port = match authority.as_str().strip_prefix(host) {
            Some("") => HTTP,
            _ => authority.port_u16().filter(|&port| port > 0).ok_or_else(invalid)?,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(invalid());
        }
        let address = Address { host, port, authorization: found.basic_auth().cloned() };
        let matcher = Matcher::builder().https(text).no(except).build();
        Ok(Self(Arc::new(Inner { matcher, address })))
    }
}

#[cfg(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl"))]
impl Proxy {
    pub(crate) fn address(&self) -> &Address {
        &self.0.address
    }

    /// Whether the way to this host, an IPv6 address in brackets, leads through the proxy.
    pub(crate) fn is_for(&self, host: &str) -> bool {
        let server = format!("https://{host}/").parse();
        server.is_ok_and(|server: Uri| self.0.matcher.intercept(&server).is_some())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Address { host, port, authorization } = &self.0.address;
        let with = if authorization.is_some() { " with user and password" } else { "" };
        match host.contains(':') {
            true => write!(f, "Proxy([{host}]:{port}{with})"),
            false => write!(f, "Proxy({host}:{port}{with})"),
        }
    }
}

const HTTP: u16 = 80;
