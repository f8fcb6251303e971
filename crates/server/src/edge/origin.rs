//! Whether a page of ours sent a request that changes something. Cookies alone do not say: other sites' pages can
//! make a browser send them.

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use url::Url;

/// The page's origin is the host that it talks to, or the public address. Every browser says one or the other of
/// the two headers with what changes something; who says neither is refused.
pub(crate) fn same_origin(headers: &HeaderMap, target: &Uri, public: Option<&Url>) -> bool {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let Ok(origin) = origin.to_str() else { return false };
        let public = public.map(|url| url.origin().ascii_serialization());
        if public.is_some_and(|public| public == origin) {
            return true;
        }
        let own = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        return own
            .zip(authority_of(headers, target))
            .is_some_and(|(own, authority)| authority.as_str().eq_ignore_ascii_case(own));
    }
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

/// Whether the page that asks is of the host that it talks to. Who names no page is no page.
pub(crate) fn is_own_page(headers: &HeaderMap, target: &Uri) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let own = origin.and_then(|origin| origin.split_once("://")).map(|(_, own)| own);
    own.zip(authority_of(headers, target)).is_some_and(|(own, host)| host.as_str().eq_ignore_ascii_case(own))
}

/// The name and port by which the request reached us: HTTP/1.1 says it in a header, HTTP/2 in the target.
pub(crate) fn authority_of(headers: &HeaderMap, target: &Uri) -> Option<Authority> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.and_then(|host| host.parse().ok()).or_else(|| target.authority().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_something() {
        let public = Url::parse("https://visavis.example.org").unwrap();
        for (origin, site, host, expected) in [
            (Some("https://here"), None, "here", true),
            (Some("https://HERE"), None, "here", true),
            (Some("http://localhost:8080"), None, "localhost:8080", true),
            (Some("http://localhost:8081"), None, "localhost:8080", false),
            (Some("https://visavis.example.org"), None, "10.0.0.1:8443", true),
            (Some("http://visavis.example.org"), None, "10.0.0.1:8443", false),
            (Some("https://evil.example"), None, "here", false),
            (Some("https://evil.example"), Some("same-origin"), "here", false),
            (Some("https://here.evil.example"), None, "here", false),
            (Some("null"), None, "here", false),
            (Some("null"), Some("same-origin"), "null", false),
            (Some("file://here"), None, "here", false),
            (Some(""), None, "here", false),
            (None, Some("same-origin"), "here", true),
            (None, Some("same-site"), "here", false),
            (None, Some("cross-site"), "here", false),
            (None, Some("none"), "here", false),
            (None, None, "here", false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            let http2: Uri = format!("https://{host}/api/v1/me").parse().unwrap();
            assert_eq!(same_origin(&headers, &http2, Some(&public)), expected, "{origin:?} {site:?}");
            headers.insert(header::HOST, host.parse().unwrap());
            let http1: Uri = "/api/v1/me".parse().unwrap();
            assert_eq!(same_origin(&headers, &http1, Some(&public)), expected, "{origin:?} {site:?}");
        }
    }
}
