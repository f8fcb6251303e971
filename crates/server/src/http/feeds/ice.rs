//! What is sent by PATCH: ways to the other side, which are read and not needed, or another ICE session (RFC 9725 §4.3).

use super::PIECES;
use super::answer::{Refusal, tag};
use crate::app::{IceAsked, IceTold};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use visavis_media::feed::{self, IceName};

/// A fragment, and of which ICE session it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    name: IceName,
    /// None for whichever there is.
    tag: Option<String>,
}

impl Pieces {
    pub(super) fn read(headers: &HeaderMap, fragment: &str) -> Result<Self, Refusal> {
        let said = headers.get(header::IF_MATCH).ok_or(Refusal::MatchNeeded)?;
        let said = said.to_str().unwrap_or_default().trim();
        // What is not written as a tag is of no session.
        let tag = (said != "*").then(|| said.trim_matches('"').to_owned());
        let name = feed::ice_name(fragment).map_err(|_| Refusal::Pieces)?;
        Ok(Self { name, tag })
    }

    pub(super) fn asked(&self) -> IceAsked {
        let IceName { ufrag, password } = self.name.clone();
        IceAsked { tag: self.tag.clone(), ufrag, password }
    }

    pub(super) fn answer(&self, told: IceTold) -> Response {
        let sdp = match told {
            IceTold::Present => return StatusCode::NO_CONTENT.into_response(),
            IceTold::Begun { sdp } => sdp,
        };
        let name = feed::ice_name(&sdp).map(|name| tag(&name.ufrag)).unwrap_or_default();
        let headers = [(header::CONTENT_TYPE, PIECES.to_owned()), (header::ETAG, name)];
        (StatusCode::OK, headers, feed::fragment(&sdp)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAGMENT: &str = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";

    #[test]
    fn a_fragment_says_of_which_session_it_is() {
        for (line, expected) in
            [("\"xyz\"", Some("xyz")), ("*", None), (" \"\" ", Some("")), ("xyz", Some("xyz"))]
        {
            let headers = [(header::IF_MATCH, line.parse().unwrap())].into_iter().collect();
            let pieces = Pieces::read(&headers, FRAGMENT).unwrap();
            assert_eq!(pieces.tag.as_deref(), expected, "{line}");
            assert_eq!(Pieces::read(&headers, "a=candidate:1"), Err(Refusal::Pieces));
        }
        assert_eq!(Pieces::read(&HeaderMap::new(), FRAGMENT), Err(Refusal::MatchNeeded));
    }
}
