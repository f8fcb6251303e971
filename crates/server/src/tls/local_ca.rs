//! A certificate authority of the installation's own, for laptops and closed networks: people trust its one
//! certificate, and every address of the machine is covered from then on.

use crate::secrets::write_private;
use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::path::Path;
use time::{Duration, OffsetDateTime};

/// The authority's certificate, in the data directory.
pub(crate) const CA_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca.key";
/// Browsers refuse server certificates that last longer than 398 days.
const LEAF_DAYS: i64 = 397;
const CA_DAYS: i64 = 3650;

/// A certificate for these names, its chain, and its key.
pub(super) fn issue(
    data: &Path,
    names: &[String],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let (ca, key) = authority(data)?;
    let issuer =
        Issuer::from_ca_cert_pem(&ca, &key).context("the local authority's certificate is damaged")?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = named("Visavis");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    lasting(&mut params, LEAF_DAYS);
    let leaf_key = KeyPair::generate()?;
    let leaf = params.signed_by(&leaf_key, &issuer)?;
    let chain = vec![leaf.der().clone(), CertificateDer::from_pem_slice(ca.as_bytes())?];
    let key = PrivateKeyDer::try_from(leaf_key.serialize_der()).map_err(anyhow::Error::msg)?;
    Ok((chain, key))
}

/// Names and addresses by which this machine may be reached.
pub(super) fn names(public_host: Option<&str>) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(host_name());
    names.extend(public_host.map(str::to_owned));
    names.extend(if_addrs::get_if_addrs().unwrap_or_default().iter().map(|one| one.ip().to_string()));
    names.retain(|name| rcgen::string::Ia5String::try_from(name.as_str()).is_ok() && !name.is_empty());
    names.sort();
    names.dedup();
    names
}

/// The machine's name: from the kernel, or from where the system keeps it, as services that see of /proc only processes
/// have to (`ProcSubset=pid`).
pub(super) fn host_name() -> Option<String> {
    first_line([Path::new("/proc/sys/kernel/hostname"), Path::new("/etc/hostname")])
}

fn first_line<const N: usize>(files: [&Path; N]) -> Option<String> {
    let texts = files.into_iter().filter_map(|file| fs::read_to_string(file).ok());
    let mut names = texts.filter_map(|text| text.lines().next().map(|line| line.trim().to_owned()));
    names.find(|name| !name.is_empty())
}

/// The authority, made at first use.
fn authority(data: &Path) -> Result<(String, KeyPair)> {
    let (certificate, key) = (data.join(CA_FILE), data.join(CA_KEY_FILE));
    if !key.exists() || !certificate.exists() {
        let pair = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        let host = host_name().unwrap_or_default();
        params.distinguished_name = named(format!("Visavis local authority {host}").trim());
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        lasting(&mut params, CA_DAYS);
        let ca = params.self_signed(&pair)?;
        // The key first: a certificate without its key would be trusted for nothing.
        write_private(&key, pair.serialize_pem().as_bytes())?;
        write_private(&certificate, ca.pem().as_bytes())?;
    }
    let pem = fs::read_to_string(&key).with_context(|| format!("{} cannot be read", key.display()))?;
    let ca = fs::read_to_string(&certificate)
        .with_context(|| format!("{} cannot be read", certificate.display()))?;
    Ok((ca, KeyPair::from_pem(&pem).with_context(|| format!("{} is damaged", key.display()))?))
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn lasting(params: &mut CertificateParams, days: i64) {
    let now = OffsetDateTime::now_utc();
    // A day back, for clocks that are behind.
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(days - 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_s_name_is_found_where_proc_shows_processes_only() {
        let dir = tempfile::tempdir().unwrap();
        let (kernel, kept) = (dir.path().join("kernel"), dir.path().join("kept"));
        fs::write(&kept, "desk-7\n").unwrap();
        assert_eq!(first_line([&kernel, &kept]).as_deref(), Some("desk-7"));
        fs::write(&kernel, "desk-8\n").unwrap();
        assert_eq!(first_line([&kernel, &kept]).as_deref(), Some("desk-8"));
        assert_eq!(first_line([&dir.path().join("none")]), None);
    }

    #[test]
    fn the_authority_stays_and_its_certificates_verify() {
        let dir = tempfile::tempdir().unwrap();
        let names = names(Some("visavis.example"));
        let (chain, _) = issue(dir.path(), &names).unwrap();
        let ca = fs::read(dir.path().join(CA_FILE)).unwrap();
        issue(dir.path(), &names).unwrap();
        assert_eq!(ca, fs::read(dir.path().join(CA_FILE)).unwrap());

        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&ca).unwrap()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(roots.into(), provider);
        let verifier = verifier.build().unwrap();
        for (name, ok) in
            [("localhost", true), ("127.0.0.1", true), ("visavis.example", true), ("other.example", false)]
        {
            let verified = rustls::client::danger::ServerCertVerifier::verify_server_cert(
                &*verifier,
                &chain[0],
                &chain[1..],
                &name.try_into().unwrap(),
                &[],
                rustls::pki_types::UnixTime::now(),
            );
            assert_eq!(verified.is_ok(), ok, "{name}");
        }
    }
}
