//! A certificate authority that lives as long as the process.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints,
};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// The hosts of Graph and of the login service that clients have written into them. The proxy reaches these and
/// no others.
pub const SERVED_HOSTS: [&str; 4] =
    ["graph.microsoft.com", "login.microsoftonline.com", "login.windows.net", "sts.windows.net"];

/// For a client that is pointed at the simulator itself.
const OWN_NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// Some clients refuse certificates that are valid for much longer than a year.
const VALID_FOR: Duration = Duration::days(90);
/// Clocks differ.
const VALID_BEFORE: Duration = Duration::days(1);

/// A certificate authority of the simulator's own, with one certificate for [`SERVED_HOSTS`], `localhost` and
/// `127.0.0.1`.
///
/// Its key never leaves the process, and name constraints hold it to those names: whoever trusts it trusts it for
/// nothing else. Clones are the same authority.
#[derive(Clone)]
pub struct CertificateAuthority {
    pem: String,
    acceptor: TlsAcceptor,
}

/// The keys or certificates could not be made.
#[derive(Debug, thiserror::Error)]
#[error("certificate authority: {0}")]
pub struct CertificateError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl CertificateAuthority {
    /// Makes one that is valid from the day before `now`, for 90 days.
    ///
    /// # Errors
    /// If the system has no randomness, or `now` is no date a certificate can hold.
    pub fn new(now: OffsetDateTime) -> Result<Self, CertificateError> {
        let issuer = CertifiedIssuer::self_signed(authority(now), key()?).map_err(other)?;
        let key = key()?;
        let leaf = leaf(now)?.signed_by(&key, &issuer).map_err(other)?;
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        // ring by name, so that no process-wide choice of a library is needed
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(other)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .map_err(other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { pem: issuer.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Its certificate, PEM, for the client to trust.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// What accepts TLS connections with its certificate, for a test's own server beside the simulator.
    pub fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

impl std::fmt::Debug for CertificateAuthority {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CertificateAuthority").finish_non_exhaustive()
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> CertificateError {
    CertificateError(Box::new(error))
}

fn key() -> Result<KeyPair, CertificateError> {
    KeyPair::generate().map_err(other)
}

fn authority(now: OffsetDateTime) -> CertificateParams {
    let mut wanted = CertificateParams::default();
    wanted.distinguished_name.push(DnType::CommonName, "entra-simulator, for tests only");
    wanted.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = SERVED_HOSTS.into_iter().chain(["localhost"]);
    let mut permitted: Vec<_> = names.map(|name| GeneralSubtree::DnsName(name.to_owned())).collect();
    permitted.push(GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 1], 32)));
    wanted.name_constraints =
        Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() });
    valid(&mut wanted, now);
    wanted
}

fn leaf(now: OffsetDateTime) -> Result<CertificateParams, CertificateError> {
    let names = SERVED_HOSTS.into_iter().chain(OWN_NAMES).map(str::to_owned);
    let mut wanted = CertificateParams::new(names.collect::<Vec<_>>()).map_err(other)?;
    wanted.distinguished_name.push(DnType::CommonName, "entra-simulator");
    wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    wanted.use_authority_key_identifier_extension = true;
    valid(&mut wanted, now);
    Ok(wanted)
}

fn valid(wanted: &mut CertificateParams, now: OffsetDateTime) {
    wanted.not_before = now.saturating_sub(VALID_BEFORE);
    wanted.not_after = now.saturating_add(VALID_FOR);
}
