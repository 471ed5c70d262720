//! What failures of TLS mean, in the same words for every backend.

use crate::error::{ClientCertificateFault as Fault, ErrorKind, Verdict};

/// When an error of TLS was met; some alerts mean different things before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Handshake,
    Established,
}

pub(crate) fn tls_protocol(hint: &'static str) -> Verdict {
    Verdict::from(ErrorKind::TlsProtocol).with_hint(hint)
}

/// A fatal alert of the server, by its number in the protocol.
pub(crate) fn judge_alert(alert: u8) -> Verdict {
    let client = |fault| Verdict::from(ErrorKind::ClientCertificate(fault));
    match alert {
        CERTIFICATE_REQUIRED | NO_CERTIFICATE => {
            client(Fault::Required).with_hint("configure an identity")
        }
        UNKNOWN_CA => client(Fault::Untrusted).with_hint(
            "check that the certificate is meant for this environment and its chain complete",
        ),
        CERTIFICATE_EXPIRED => client(Fault::Expired)
            .with_hint("compare the certificate's dates with the clock; order a new one"),
        CERTIFICATE_REVOKED => {
            client(Fault::Revoked).with_hint("order a new certificate, and tell SPAR about it")
        }
        BAD_CERTIFICATE | UNSUPPORTED_CERTIFICATE | CERTIFICATE_UNKNOWN | ACCESS_DENIED => {
            client(Fault::Rejected).with_hint(
                "check the certificate's dates and issuer, \
                 and that SPAR has been told about it",
            )
        }
        HANDSHAKE_FAILURE => tls_protocol(
            "the server supports none of the offered cipher suites, \
             or it wants a client certificate",
        ),
        PROTOCOL_VERSION | INSUFFICIENT_SECURITY => tls_protocol(OUTDATED),
        UNRECOGNIZED_NAME => tls_protocol("the server does not know this host name"),
        NO_APPLICATION_PROTOCOL => tls_protocol("the server does not offer HTTP/1.1 over TLS"),
        _ => ErrorKind::TlsProtocol.into(),
    }
}

pub(crate) fn server_certificate(fault: ServerFault) -> Verdict {
    let (message, hint) = match fault {
        ServerFault::Expired => {
            ("the server's certificate has expired", "check the clock of this machine")
        }
        ServerFault::NotYetValid => {
            ("the server's certificate is not yet valid", "check the clock of this machine")
        }
        ServerFault::UnknownIssuer => (
            "the server's certificate is from an unknown issuer",
            "check the endpoint, and the roots: the platform's, or those given instead",
        ),
        ServerFault::OtherName => (
            "the server's certificate is for another name",
            "check the host of the endpoint, and that nothing intercepts the connection",
        ),
        ServerFault::Other => return ErrorKind::ServerCertificate.into(),
    };
    Verdict::new(ErrorKind::ServerCertificate, message).with_hint(hint)
}

/// The name of what is wrong with the server's certificate, by the verdict on it.
pub(crate) fn server_fault_name(verdict: &Verdict) -> &'static str {
    let named = [
        (ServerFault::Expired, "expired"),
        (ServerFault::NotYetValid, "not_yet_valid"),
        (ServerFault::UnknownIssuer, "unknown_issuer"),
        (ServerFault::OtherName, "other_name"),
    ];
    let is_it = |fault| server_certificate(fault).message == verdict.message;
    named.iter().find(|(fault, _)| is_it(*fault)).map_or("not_accepted", |(_, name)| name)
}

/// What is wrong with the certificate of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerFault {
    Expired,
    NotYetValid,
    UnknownIssuer,
    OtherName,
    Other,
}

pub(crate) const OUTDATED: &str =
    "TLS 1.2 or 1.3 with a modern cipher suite is needed on the other side";
pub(crate) const NOT_TLS: &str = "the server does not speak TLS: is this an https endpoint?";

// RFC 8446, section 6, and RFC 5246, section 7.2.
pub(crate) const HANDSHAKE_FAILURE: u8 = 40;
const NO_CERTIFICATE: u8 = 41;
const BAD_CERTIFICATE: u8 = 42;
const UNSUPPORTED_CERTIFICATE: u8 = 43;
const CERTIFICATE_REVOKED: u8 = 44;
const CERTIFICATE_EXPIRED: u8 = 45;
const CERTIFICATE_UNKNOWN: u8 = 46;
const UNKNOWN_CA: u8 = 48;
const ACCESS_DENIED: u8 = 49;
const PROTOCOL_VERSION: u8 = 70;
const INSUFFICIENT_SECURITY: u8 = 71;
const UNRECOGNIZED_NAME: u8 = 112;
const CERTIFICATE_REQUIRED: u8 = 116;
const NO_APPLICATION_PROTOCOL: u8 = 120;
