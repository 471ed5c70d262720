//! What a certificate says about itself.

use std::fmt;
use std::time::{Duration, SystemTime};

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::X509Certificate;
use x509_parser::time::ASN1Time;

use crate::error::{Error, IdentityFault};

/// A certificate of an [`Identity`](crate::Identity). `Debug` shows its dates alone: that of a sole
/// trader names a person.
#[derive(Clone)]
pub struct Certificate {
    der: CertificateDer<'static>,
    subject: String,
    issuer: String,
    serial: String,
    not_before: Date,
    not_after: Date,
    is_issuer: bool,
    name: String,
}

#[derive(Clone)]
struct Date {
    time: SystemTime,
    text: String,
}

impl Certificate {
    pub(super) fn new(der: CertificateDer<'static>, parsed: &X509Certificate<'_>) -> Self {
        Self {
            der,
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            serial: parsed.raw_serial_as_string(),
            not_before: Date::new(parsed.validity().not_before),
            not_after: Date::new(parsed.validity().not_after),
            is_issuer: parsed.is_ca(),
            name: name(parsed),
        }
    }

    /// A certificate of the other side.
    #[cfg_attr(
        not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", feature = "openssl")),
        allow(dead_code, reason = "called by the probe only")
    )]
    pub(crate) fn read(der: CertificateDer<'static>) -> Result<Self, IdentityFault> {
        let parsed = super::parse(&der)?;
        Ok(Self::new(der.clone(), &parsed))
    }

    /// Whose it is, as `C=SE, O=…, CN=…` in the order of the certificate. The subject of a sole
    /// trader holds a personal number.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Who issued it, in the same form.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The serial number its issuer gave it, as hexadecimal digits in pairs: `0a:1b:2c`.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// When it begins to be valid.
    pub fn not_before(&self) -> SystemTime {
        self.not_before.time
    }

    /// [`not_before`](Self::not_before) for people: `2025-01-08 00:00:00 UTC`.
    pub fn not_before_utc(&self) -> &str {
        &self.not_before.text
    }

    /// The last second in which it is valid.
    pub fn not_after(&self) -> SystemTime {
        self.not_after.time
    }

    /// [`not_after`](Self::not_after) for people: `2027-01-08 23:59:59 UTC`.
    pub fn not_after_utc(&self) -> &str {
        &self.not_after.text
    }

    /// Whether it is no longer valid this many days of 24 hours after `now`, or not even then.
    pub fn expires_within(&self, days: u32, now: SystemTime) -> bool {
        let period = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        now.checked_add(period).is_none_or(|then| then > self.not_after())
    }

    /// Refuses a certificate that is not valid at this time.
    pub(crate) fn check(&self, now: SystemTime) -> Result<(), Error> {
        if now > self.not_after() {
            let detail = format!("it was valid until {}", self.not_after_utc());
            return Err(Error::from(IdentityFault::Expired).with_detail(&detail));
        }
        if now < self.not_before() {
            let detail = format!("it is valid from {}", self.not_before_utc());
            return Err(Error::from(IdentityFault::NotYetValid).with_detail(&detail));
        }
        Ok(())
    }
}

#[cfg_attr(
    not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring")),
    allow(dead_code, reason = "called by the TLS backends only")
)]
impl Certificate {
    pub(super) fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// Whether it is marked as one of an authority. By itself no fault: self-signed certificates for
    /// tests often are.
    pub(super) fn is_issuer(&self) -> bool {
        self.is_issuer
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("not_before", &self.not_before.text)
            .field("not_after", &self.not_after.text)
            .finish_non_exhaustive()
    }
}

/// The common name of an authority, to tell it from others.
pub(super) fn name(certificate: &X509Certificate<'_>) -> String {
    let common_name = certificate.subject().iter_common_name().next();
    let name = common_name.and_then(|name| name.as_str().ok()).unwrap_or("without a common name");
    format!("CN={name}")
}

impl Date {
    fn new(time: ASN1Time) -> Self {
        let date = time.to_datetime();
        let text = format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second(),
        );
        Self { time: date.into(), text }
    }
}
