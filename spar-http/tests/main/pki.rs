//! Certificates made at test time.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
    RevokedCertParams, RsaKeySize, SerialNumber,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// An authority, root or intermediate.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, as PEM.
pub(crate) struct Issued {
    pub(crate) certificate: String,
    pub(crate) key: KeyPair,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let issuer = CertifiedIssuer::self_signed(authority(name), key());
        Self(issuer.expect("self-signed authority"))
    }

    pub(crate) fn intermediate(&self, name: &str) -> Self {
        let issuer = CertifiedIssuer::signed_by(authority(name), key(), &self.0);
        Self(issuer.expect("intermediate authority"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    #[cfg(feature = "pkcs12")]
    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    pub(crate) fn client(&self, name: &str) -> Issued {
        self.client_with(name, key(), |_| ())
    }

    pub(crate) fn client_with(
        &self,
        name: &str,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        self.issue(&params, key)
    }

    /// A list of revoked certificates that holds this serial number.
    pub(crate) fn revoke(&self, serial: SerialNumber) -> Vec<u8> {
        let revoked = RevokedCertParams {
            serial_number: serial,
            revocation_time: rcgen::date_time_ymd(2024, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: rcgen::date_time_ymd(2024, 1, 1),
            next_update: rcgen::date_time_ymd(2090, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: vec![revoked],
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&self.0).expect("revocation list").der().to_vec()
    }

    fn issue(&self, params: &CertificateParams, key: KeyPair) -> Issued {
        let certificate = params.signed_by(&key, &self.0).expect("issued certificate").pem();
        Issued { certificate, key }
    }

    pub(crate) fn key_pem(&self) -> String {
        self.0.key().serialize_pem()
    }

    pub(crate) fn server(&self, names: &[&str]) -> Issued {
        self.server_with(names, |_| ())
    }

    pub(crate) fn server_with(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        self.server_by(names, key(), change)
    }

    pub(crate) fn server_by(
        &self,
        names: &[&str],
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Issued {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names of a server");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        self.issue(&params, key)
    }
}

impl Issued {
    pub(crate) fn certificate_der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("certificate")
    }

    pub(crate) fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// Certificate and key in one text.
    pub(crate) fn pem(&self) -> String {
        self.certificate.clone() + &self.key_pem()
    }
}

pub(crate) fn key() -> KeyPair {
    KeyPair::generate().expect("key")
}

pub(crate) fn rsa_key() -> KeyPair {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("RSA key")
}

/// Sets a period of validity in the past.
pub(crate) fn expired(params: &mut CertificateParams) {
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2021, 1, 1);
}

/// Sets a period of validity in the future.
pub(crate) fn not_yet_valid(params: &mut CertificateParams) {
    params.not_before = rcgen::date_time_ymd(2090, 1, 1);
    params.not_after = rcgen::date_time_ymd(2091, 1, 1);
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A PEM section of any kind.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in der.chunks(48) {
        for chunk in line.chunks(3) {
            let bits = chunk.iter().fold(0, |bits, &byte| bits << 8 | u32::from(byte))
                << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let six = bits >> (18 - 6 * place) & 63;
                let letter = if place > chunk.len() { b'=' } else { ALPHABET[six as usize] };
                text.push(char::from(letter));
            }
        }
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}
