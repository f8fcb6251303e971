//! Cookies, and who is signed in by them.
//!
//! All of them are `__Host-` cookies: set by this host over a secure channel, for this host alone. Browsers take
//! `http://localhost` for secure.

use crate::app::{Accounts, Appointments, Came, Denied, Identity, LinkCookie, SignInToken};
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;
use visavis_domain::ids::AppointmentId;
use visavis_store::{Account, SignIn};

/// The sign-in's.
const SIGN_IN: &str = "__Host-visavis";
/// Of who came over a link to an appointment. Beside the sign-in's: who is signed in may try a link, too.
const LINK: &str = "__Host-visavis-appointment";

/// By which a browser is known again: who was removed from a room does not come back to it. Not tied to anything else.
const BROWSER: &str = "__Host-visavis-browser";
/// A room whose people are away longer is no more. Asking for a ticket begins it anew.
const KEEP_BROWSER: Duration = Duration::from_secs(24 * 60 * 60);

impl Accounts {
    /// Who sent this request, by the cookie of their sign-in. None for visitors; a sign-in that has ended is none.
    pub(crate) async fn who(&self, headers: &HeaderMap) -> Result<Option<(SignIn, Account)>, Denied> {
        match cookie(headers, SIGN_IN) {
            Some(token) => self.whose(token).await,
            None => Ok(None),
        }
    }

    /// Ends the sign-in that this browser had, since another one takes its place: nobody could end it from here any
    /// more. That the new one is made does not depend on it.
    pub(crate) async fn end_earlier(&self, headers: &HeaderMap) {
        let ended = match self.who(headers).await {
            Ok(Some((sign_in, account))) => self.sign_out(account.id, sign_in.id).await,
            Ok(None) => Ok(()),
            Err(denied) => Err(denied),
        };
        if let Err(denied) = ended {
            tracing::warn!(error = %denied, "an earlier sign-in of a browser was not ended");
        }
    }
}

impl Appointments {
    /// Who sent this request, by the cookie of their link.
    pub(crate) async fn came(&self, headers: &HeaderMap) -> Result<Came, Denied> {
        self.came_over(cookie(headers, LINK).ok_or(Denied::LinkNeeded)?).await
    }

    /// Who came for this appointment, as sessions have them, by the cookie of their link.
    pub(crate) async fn visitor(&self, id: AppointmentId, headers: &HeaderMap) -> Result<Identity, Denied> {
        self.came_for(id, cookie(headers, LINK).ok_or(Denied::LinkNeeded)?).await
    }
}

impl LinkCookie {
    /// Sets the cookie.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        keep_cookie(LINK, self.as_str(), self.keep)
    }
}

/// The value of a cookie that came with a request.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// Sets one. Scripts cannot read it; other sites' pages send it with links only.
pub(crate) fn keep_cookie(name: &str, value: &str, keep: Duration) -> Option<HeaderValue> {
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", keep.as_secs());
    let mut line = HeaderValue::from_str(&line).ok()?;
    line.set_sensitive(true);
    Some(line)
}

/// What a browser shows to be known again.
pub(crate) fn browser_shown(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, BROWSER)
}

/// What it is to show from now on.
pub(crate) fn browser_cookie(shown: &str) -> Option<HeaderValue> {
    keep_cookie(BROWSER, shown, KEEP_BROWSER)
}

/// Takes one away.
pub(crate) fn cookie_gone(name: &str) -> Option<HeaderValue> {
    keep_cookie(name, "", Duration::ZERO)
}

impl SignInToken {
    /// Sets the cookie of a sign-in.
    pub(crate) fn cookie(&self) -> Option<HeaderValue> {
        keep_cookie(SIGN_IN, self.as_str(), self.longest)
    }

    /// Takes the cookie of a sign-in away.
    pub(crate) fn cookie_gone() -> Option<HeaderValue> {
        cookie_gone(SIGN_IN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        for (lines, expected) in [
            (&["__Host-visavis=abc"][..], Some("abc")),
            (&["a=b; __Host-visavis=a=b ;c=d"], Some("a=b")),
            (&["a=b", "__Host-visavis=abc"], Some("abc")),
            (&["x__Host-visavis=abc", "__host-visavis=abc", "__Host-visavis"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            assert_eq!(cookie(&headers, SIGN_IN), expected, "{lines:?}");
        }
    }

    #[test]
    fn cookies_have_every_flag() {
        let line = keep_cookie(SIGN_IN, "abc", Duration::from_secs(60)).unwrap();
        let line = line.to_str().unwrap();
        assert_eq!(line, "__Host-visavis=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60");
        let gone = cookie_gone(SIGN_IN).unwrap();
        assert!(gone.to_str().unwrap().contains("Max-Age=0"), "{gone:?}");
    }
}
