//! What a given certificate is worth: for `visavis doctor`, before people find out.

use super::from_files;
use anyhow::{Context, Result, anyhow, bail};
use rustls::client::verify_server_name;
use rustls::pki_types::ServerName;
use rustls::server::ParsedCertificate;
use std::path::Path;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate that holds now, with its key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Given {
    /// When it ends.
    pub(crate) until: OffsetDateTime,
    /// Whether it comes with what leads to an authority, or needs nothing such.
    pub(crate) chained: bool,
}

/// Reads both files, and says why browsers would not take them: at this address, if it is known, and at this time.
pub(crate) fn given(
    certificate: &Path,
    key: &Path,
    host: Option<&str>,
    now: OffsetDateTime,
) -> Result<Given> {
    let certified = from_files(certificate, key)?;
    let leaf = certified.end_entity_cert().context("tls.certificate holds none")?;
    let (_, parsed) = X509Certificate::from_der(leaf)
        .map_err(|_| anyhow!("tls.certificate: {} cannot be read", certificate.display()))?;
    let (from, until) =
        (parsed.validity().not_before.to_datetime(), parsed.validity().not_after.to_datetime());
    if now >= until {
        bail!("tls.certificate: it ended on {}", until.date());
    }
    if now < from {
        bail!("tls.certificate: it begins on {} only; is the clock of this machine right?", from.date());
    }
    if let Some(host) = host {
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let name =
            name.with_context(|| format!("public_url has the name {host}, which no certificate is for"))?;
        let checked = ParsedCertificate::try_from(leaf).and_then(|leaf| verify_server_name(&leaf, &name));
        checked.map_err(|_| anyhow!("tls.certificate: it is not for {host}, the name in public_url"))?;
    }
    let chained = certified.cert.len() > 1 || parsed.issuer() == parsed.subject();
    Ok(Given { until, chained })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use std::fs;
    use time::Duration;

    #[test]
    fn a_certificate_is_worth_something_with_its_key_in_its_time_and_at_its_names() {
        let dir = tempfile::tempdir().unwrap();
        let (certificate, key) = (dir.path().join("certificate.pem"), dir.path().join("key.pem"));
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        let pair = KeyPair::generate().unwrap();
        let names = ["visavis.example.org", "*.rooms.example.org", "192.0.2.7"].map(str::to_owned);
        let mut params = CertificateParams::new(names).unwrap();
        (params.not_before, params.not_after) = (now - Duration::days(1), now + Duration::days(30));
        fs::write(&certificate, params.self_signed(&pair).unwrap().pem()).unwrap();
        fs::write(&key, pair.serialize_pem()).unwrap();
        let look = |host, days| given(&certificate, &key, host, now + Duration::days(days));
        for host in [None, Some("visavis.example.org"), Some("a.rooms.example.org"), Some("192.0.2.7")] {
            let found = look(host, 0).unwrap();
            assert_eq!(found, Given { until: now + Duration::days(30), chained: true }, "{host:?}");
        }
        for (host, days, why) in [
            (Some("example.org"), 0, "not for example.org"),
            (Some("192.0.2.8"), 0, "not for 192.0.2.8"),
            (Some("a_b"), 0, "not for a_b"),
            (None, 31, "ended on"),
            (None, -2, "begins on"),
        ] {
            let text = format!("{:#}", look(host, days).unwrap_err());
            assert!(text.contains(why), "{text}");
        }
        fs::write(&key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
        let text = format!("{:#}", look(None, 0).unwrap_err());
        assert!(text.contains("do not fit together"), "{text}");
        fs::write(&key, b"").unwrap();
        assert!(format!("{:#}", look(None, 0).unwrap_err()).contains("tls.key"));
        fs::write(&certificate, b"").unwrap();
        assert!(look(None, 0).is_err());
    }

    #[test]
    fn a_certificate_of_an_authority_needs_its_chain() {
        let dir = tempfile::tempdir().unwrap();
        let (chain, key) = super::super::local_ca::issue(dir.path(), &["localhost".to_owned()]).unwrap();
        let (certificate, key_file) = (dir.path().join("certificate.pem"), dir.path().join("key.pem"));
        let pem = |kind: &str, der: &[u8]| {
            use base64::{Engine as _, prelude::BASE64_STANDARD};
            format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", BASE64_STANDARD.encode(der))
        };
        fs::write(&key_file, pem("PRIVATE KEY", key.secret_der())).unwrap();
        for (length, chained) in [(1, false), (2, true)] {
            let all: String = chain.iter().take(length).map(|one| pem("CERTIFICATE", one)).collect();
            fs::write(&certificate, all).unwrap();
            let found = given(&certificate, &key_file, Some("localhost"), OffsetDateTime::now_utc());
            assert_eq!(found.unwrap().chained, chained);
        }
    }
}
