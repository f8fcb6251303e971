//! Certificates: from an authority of this installation, from files, or by ACME. Gives the listener what it
//! needs to accept a handshake; knows no sockets.

mod given;
mod local_ca;

pub(crate) use given::given;
pub(crate) use local_ca::CA_FILE;

use crate::config::{Settings, TlsMode};
use anyhow::{Context, Result};
use futures_util::StreamExt;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls_acme::{AcmeConfig, caches::DirCache};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio_util::sync::CancellationToken;

/// How often given files are looked at, and the local certificate's age.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What a handshake is accepted with.
pub(crate) struct TlsConfigs {
    /// For everybody.
    pub(crate) ordinary: Arc<ServerConfig>,
    /// For the ACME authority's validation.
    pub(crate) challenge: Option<Arc<ServerConfig>>,
}

/// A certificate that is replaced while the server runs.
#[derive(Debug)]
struct Renewed {
    current: RwLock<Arc<CertifiedKey>>,
}

impl rustls::server::ResolvesServerCert for Renewed {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Prepares certificates and keeps them fresh until `stopping`.
pub(crate) fn prepare(settings: &Settings, stopping: CancellationToken) -> Result<TlsConfigs> {
    match settings.tls.mode {
        TlsMode::Acme => Ok(acme(settings, stopping)),
        TlsMode::Files => {
            let (certificate, key) = (settings.tls.certificate.clone(), settings.tls.key.clone());
            let stamp = move || (modified(&certificate), modified(&key));
            let (certificate, key) = (settings.tls.certificate.clone(), settings.tls.key.clone());
            renewed(stamp, move || from_files(&certificate, &key), stopping)
        }
        TlsMode::LocalCa => {
            let data = settings.data.clone();
            let public_host = settings.public_url.as_ref().and_then(|url| url.host_str()).map(str::to_owned);
            let names = {
                let public_host = public_host.clone();
                move || local_ca::names(public_host.as_deref())
            };
            // A new address of the machine, or a month gone by, makes a new certificate.
            let stamp = move || (names(), month());
            let load = move || {
                let (chain, key) = local_ca::issue(&data, &local_ca::names(public_host.as_deref()))?;
                certified(chain, key)
            };
            renewed(stamp, load, stopping)
        }
    }
}

fn renewed<S: PartialEq + Send + 'static>(
    stamp: impl Fn() -> S + Send + 'static,
    load: impl Fn() -> Result<Arc<CertifiedKey>> + Send + 'static,
    stopping: CancellationToken,
) -> Result<TlsConfigs> {
    let mut known = stamp();
    let resolver = Arc::new(Renewed { current: RwLock::new(load()?) });
    let config = server_config(resolver.clone())?;
    tokio::spawn(async move {
        while stopping.run_until_cancelled(tokio::time::sleep(LOOK_EVERY)).await.is_some() {
            let now = stamp();
            if now == known {
                continue;
            }
            match load() {
                Ok(key) => {
                    *resolver.current.write().unwrap_or_else(PoisonError::into_inner) = key;
                    known = now;
                    tracing::info!("the certificate was renewed");
                }
                // The one in use goes on; the next look tries again.
                Err(error) => tracing::warn!(%error, "a new certificate cannot be used"),
            }
        }
    });
    Ok(TlsConfigs { ordinary: config, challenge: None })
}

fn server_config(resolver: Arc<dyn rustls::server::ResolvesServerCert>) -> Result<Arc<ServerConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = alpn();
    Ok(Arc::new(config))
}

fn alpn() -> Vec<Vec<u8>> {
    // "stun.turn" is what RFC 7443 has TURN clients offer.
    vec![b"h2".to_vec(), b"http/1.1".to_vec(), b"stun.turn".to_vec()]
}

fn from_files(certificate: &Path, key: &Path) -> Result<Arc<CertifiedKey>> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("tls.certificate: {} is not readable as PEM", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("tls.key: {} is not readable as PEM", key.display()))?;
    certified(chain, key)
}

fn certified(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Arc<CertifiedKey>> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let certified = CertifiedKey::from_der(chain, key, &provider);
    certified.map(Arc::new).context("tls: the certificate and the key do not fit together")
}

fn acme(settings: &Settings, stopping: CancellationToken) -> TlsConfigs {
    let mut config = AcmeConfig::new(&settings.tls.domains)
        .cache(DirCache::new(settings.data.join("acme")))
        .directory(&settings.tls.directory);
    if !settings.tls.contact.is_empty() {
        config = config.contact_push(format!("mailto:{}", settings.tls.contact));
    }
    let mut state = config.state();
    let challenge = state.challenge_rustls_config();
    let mut ordinary = (*state.default_rustls_config()).clone();
    ordinary.alpn_protocols = alpn();
    tokio::spawn(async move {
        while let Some(Some(event)) = stopping.run_until_cancelled(state.next()).await {
            match event {
                Ok(event) => tracing::info!(?event, "certificate"),
                Err(error) => tracing::error!(%error, "no certificate by ACME yet"),
            }
        }
    });
    TlsConfigs { ordinary: Arc::new(ordinary), challenge: Some(challenge) }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

fn month() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs() / (30 * 24 * 60 * 60)
}
