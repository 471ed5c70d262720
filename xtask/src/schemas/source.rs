//! Where schema files are taken from: SPAR's schema host, a stand-in for it, or a folder.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use spar_codegen::Manifest;
use spar_codegen::published::Unavailable;

/// The largest file that is taken. SPAR's largest schema has some 30 KiB.
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

pub(crate) trait Source {
    /// The bytes of a file, by its path below the schema folder.
    fn get(&mut self, path: &str) -> Result<Vec<u8>, Unavailable>;
}

/// A folder that holds `granssnitt/`.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Source for Folder {
    fn get(&mut self, path: &str) -> Result<Vec<u8>, Unavailable> {
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Unavailable::Missing),
            Err(error) => Err(Unavailable::Refused(error.to_string())),
        }
    }
}

/// The schema host. It offers plain http, so what comes is worth what its hash is worth.
pub(crate) struct Web<'m> {
    manifest: &'m Manifest,
    agent: ureq::Agent,
    base: Option<String>,
}

impl<'m> Web<'m> {
    /// `base` stands in for the beginning of every URL that the catalog of the manifest has.
    pub(crate) fn new(
        manifest: &'m Manifest,
        base: Option<&str>,
        timeout: Duration,
    ) -> Result<Self> {
        if let Some(base) = base {
            let is_url = base.starts_with("http://") || base.starts_with("https://");
            ensure!(
                is_url && base.ends_with('/'),
                "{base} is not an http URL that ends with a slash"
            );
        }
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT.min(timeout)))
            .timeout_global(Some(timeout))
            // A redirect leads away from the schema host.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("spar-xtask/", env!("CARGO_PKG_VERSION")));
        let config = match base {
            // Whoever names a server means that server.
            Some(_) => config.proxy(None),
            None => config,
        };
        Ok(Self { manifest, agent: config.build().into(), base: base.map(str::to_owned) })
    }

    fn url(&self, path: &str) -> Result<String, Unavailable> {
        let refuse = |why: String| Err(Unavailable::Refused(why));
        let Some(url) = self.manifest.url(path) else {
            return refuse("the catalog of manifest.toml leads to no URL".to_owned());
        };
        let Some(host) = self.manifest.hosts().find(|host| url.starts_with(host)) else {
            return refuse(format!("{url} is not on the schema host"));
        };
        Ok(match &self.base {
            Some(base) => format!("{base}{}", &url[host.len()..]),
            None => url,
        })
    }

    fn get_url(&self, url: &str) -> Result<Vec<u8>, Unavailable> {
        let refuse = |why: String| Unavailable::Refused(why);
        let mut response = match self.agent.get(url).call() {
            Ok(response) => response,
            Err(error) => return Err(refuse(error.to_string())),
        };
        let status = response.status();
        if matches!(status.as_u16(), 404 | 410) {
            return Err(Unavailable::Missing);
        }
        if status.is_redirection() {
            let to = response.headers().get("location");
            let to = to.and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            return Err(refuse(format!("redirects to {to}, and no redirect is followed")));
        }
        if status.as_u16() != 200 {
            return Err(refuse(format!("HTTP status {}", status.as_u16())));
        }
        let is_html = response.body().mime_type() == Some("text/html");
        let body = response.body_mut().with_config().limit(MAX_FILE_BYTES).read_to_vec();
        match body {
            Ok(_) if is_html => Err(refuse("an HTML page in place of the file".to_owned())),
            Ok(bytes) => Ok(bytes),
            Err(ureq::Error::BodyExceedsLimit(limit)) => {
                Err(refuse(format!("larger than {limit} bytes")))
            }
            Err(error) => Err(refuse(error.to_string())),
        }
    }
}

impl Source for Web<'_> {
    fn get(&mut self, path: &str) -> Result<Vec<u8>, Unavailable> {
        let url = self.url(path)?;
        // The schema host is known to offer plain http; for what is not XML it may offer better.
        if self.base.is_none()
            && path.ends_with(".yaml")
            && let Some(rest) = url.strip_prefix("http://")
            && let Ok(bytes) = self.get_url(&format!("https://{rest}"))
        {
            return Ok(bytes);
        }
        self.get_url(&url)
    }
}
