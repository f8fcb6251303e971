//! Entity tags, RFC 9110, sections 8.8.3 and 13.1: what was seen, and whether it still is so.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The tag of these bytes.
pub(crate) fn tag_of(bytes: &[u8]) -> HeaderValue {
    let hash = digest(&SHA256, bytes);
    let text = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
    HeaderValue::from_str(&text).expect("letters and digits between quotes")
}

/// Whether one of the tags in this header is this one; none without the header. Balancers that compress make tags weak:
/// that is no other state.
pub(crate) fn matches(headers: &HeaderMap, name: &HeaderName, tag: &HeaderValue) -> Option<bool> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    let tag = tag.to_str().unwrap_or_default();
    let mut shown = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    Some(shown.any(|one| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    #[test]
    fn a_tag_is_found_among_others_and_a_star_is_any() {
        let tag = tag_of(b"one");
        let own = tag.to_str().unwrap();
        assert_ne!(tag, tag_of(b"two"));
        for (lines, expected) in [
            (vec![], None),
            (vec![own.to_owned()], Some(true)),
            (vec![format!("W/{own}")], Some(true)),
            (vec![format!("\"other\", {own}")], Some(true)),
            (vec!["\"other\"".to_owned(), own.to_owned()], Some(true)),
            (vec!["*".to_owned()], Some(true)),
            (vec!["\"other\"".to_owned()], Some(false)),
            (vec![own.replace('"', "")], Some(false)),
            (vec![String::new()], Some(false)),
        ] {
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(header::IF_MATCH, line.parse().unwrap());
            }
            assert_eq!(matches(&headers, &header::IF_MATCH, &tag), expected, "{lines:?}");
        }
    }
}
