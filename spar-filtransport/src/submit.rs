//! Handing in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use spar_http::{Request, Sent};

use crate::MAX_INFIL_BYTES;
use crate::client::{Client, read_json};
use crate::error::{Error, ErrorKind};
use crate::fetch::local;
use crate::filnamn::Filnamn;
use crate::generated::models::{Infilstatus, LamnaInfilSvar, VisaInformationInfilSvar};
use crate::generated::operations::LAMNA_INFIL;
use crate::multipart;

/// A file to be handed in: its name and size follow SPAR's rules.
#[derive(Clone, Debug)]
pub struct Infil {
    path: PathBuf,
    filnamn: Filnamn,
    bytes: u64,
}

impl Infil {
    /// The file at this path, under its own name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidFilnamn`], [`ErrorKind::Empty`], [`ErrorKind::TooLarge`] (HTTP-30), and
    /// [`ErrorKind::Storage`] if it is no file that can be read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let filnamn =
            path.file_name().and_then(|name| name.to_str()).unwrap_or_default().parse()?;
        let metadata = fs::metadata(&path).map_err(local)?;
        if !metadata.is_file() {
            return Err(local(io::ErrorKind::InvalidInput.into()));
        }
        match metadata.len() {
            0 => Err(Error::new(ErrorKind::Empty, Sent::No)),
            bytes if bytes > MAX_INFIL_BYTES => Err(Error::new(ErrorKind::TooLarge, Sent::No)),
            bytes => Ok(Self { path, filnamn, bytes }),
        }
    }

    /// Hands it in under another name.
    #[must_use]
    pub fn with_filnamn(mut self, filnamn: Filnamn) -> Self {
        self.filnamn = filnamn;
        self
    }

    /// The name under which it is handed in.
    #[must_use]
    pub fn filnamn(&self) -> &Filnamn {
        &self.filnamn
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How large it is.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Client {
    /// Hands in a file for an assignment. It is read while it is sent, in chunks, and sent once: what
    /// SPAR receives it works on, and bills.
    ///
    /// That SPAR has received a file does not mean that it is valid:
    /// [`visa_information_infil`](Self::visa_information_infil) tells, and
    /// [`wait_for_infil`](Self::wait_for_infil) waits for it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotConfigured`] until the names of `lamnaInfil` are set; whatever SPAR answers. After
    /// [`Sent::Unknown`] or [`Sent::Yes`], look at the in-files' status before handing it in again.
    pub async fn lamna_infil(
        &self,
        kund_nr: u64,
        uppdrag_id: u64,
        infil: &Infil,
    ) -> Result<LamnaInfilSvar, Error> {
        let (kund_nr, uppdrag_id) = (kund_nr.to_string(), uppdrag_id.to_string());
        let arguments = [
            ("kundNr", &*kund_nr),
            ("uppdragId", &*uppdrag_id),
            ("filnamn", infil.filnamn.as_str()),
        ];
        let call = self.call(&LAMNA_INFIL, &arguments)?;
        let (http, endpoint) = self.http();
        let endpoint = endpoint.join(&call.path)?;
        let part = call.part.unwrap_or_default();
        let (content_type, mut upload) =
            multipart::body(&infil.path, infil.bytes, &part, &infil.filnamn).map_err(local)?;
        if let Some(wait) = self.expect_continue() {
            upload = upload.with_expect_continue(wait);
        }
        let request = Request::upload(content_type, upload).with_method(call.method);
        let response = http.post(&endpoint, request).await?;
        match response.body.is_empty() && (200..=299).contains(&response.status) {
            // What SPAR answers is not known; that it says nothing is no reason to call it a failure.
            true => Ok(LamnaInfilSvar::default()),
            false => read_json(&response),
        }
    }

    /// Waits until SPAR has looked at an in-file: asks after `first` and then less and less often, up to
    /// every `longest`. Whether the file was found valid or not, both are answers; a status that is not
    /// known is one too.
    ///
    /// There is no limit of its own: put a timeout around it. Dropping it gives up.
    ///
    /// # Errors
    ///
    /// As [`visa_information_infil`](Self::visa_information_infil).
    pub async fn wait_for_infil(
        &self,
        filnamn: &Filnamn,
        first: Duration,
        longest: Duration,
    ) -> Result<VisaInformationInfilSvar, Error> {
        let mut wait = first;
        loop {
            tokio::time::sleep(wait).await;
            let answer = self.visa_information_infil(filnamn).await?;
            if answer.infil.filstatus != Some(Infilstatus::Mottagen) {
                return Ok(answer);
            }
            wait = (wait * 2).min(longest);
        }
    }
}
