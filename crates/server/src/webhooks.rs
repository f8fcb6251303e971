//! Deliveries go out over HTTP: adapter of `app::Courier`. Nothing is sent to an address that is nobody's on the open
//! network, however it is written and whatever a name leads to at that moment; nobody is followed elsewhere.

mod names;
#[cfg(test)]
mod tests;

use crate::app::{BadAddress, Courier, Parcel};
use crate::special::{canonical, is_special};
use async_trait::async_trait;
use ipnet::IpNet;
use names::{Checked, Lookup, NotReached, SystemLookup};
use reqwest::{Response, StatusCode, header};
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};
use visavis_domain::webhook::{Answer, Trouble};

/// How long one delivery may take, from the name to the last byte of the answer's head. Less fails where a receiver
/// does something first; more has slow ones hold their lanes.
const WITHIN: Duration = Duration::from_secs(5);
/// Of answers as much is read as takes to keep the line in order; what they say is not for us.
const ANSWER_BYTES: usize = 4 * 1024;

/// What the operator sets.
#[derive(Debug, Clone)]
pub(crate) struct WebhookSettings {
    /// Networks that may be told although they are special.
    pub(crate) allowed: Vec<IpNet>,
    /// Whether what is told may go unencrypted.
    pub(crate) plain: Plain,
}

/// Whether what is told may go unencrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    /// It may not.
    Refused,
    /// It may.
    Allowed,
}

/// Addresses that may be told.
#[derive(Debug, Clone)]
struct Open(Vec<IpNet>);

impl Open {
    fn allows(&self, address: IpAddr) -> bool {
        let address = canonical(address);
        !is_special(address) || self.0.iter().any(|net| net.contains(&address))
    }
}

/// Carries deliveries.
pub(crate) struct HttpCourier {
    http: reqwest::Client,
    open: Open,
    plain: Plain,
}

impl HttpCourier {
    pub(crate) fn new(settings: WebhookSettings) -> reqwest::Result<Self> {
        Self::with_lookup(settings, SystemLookup)
    }

    fn with_lookup(settings: WebhookSettings, lookup: impl Lookup) -> reqwest::Result<Self> {
        let open = Open(settings.allowed);
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(Checked::new(lookup, open.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(WITHIN)
            // Every delivery asks anew where its name leads.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("visavis/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, open, plain: settings.plain })
    }

    async fn post(&self, parcel: &Parcel) -> Result<Response, Trouble> {
        let url = Url::parse(&parcel.url).map_err(|_| Trouble::AddressRefused)?;
        // What was allowed when it was made may not be any more.
        self.check(&url).map_err(|_| Trouble::AddressRefused)?;
        let request = self
            .http
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &parcel.id)
            .header("webhook-timestamp", parcel.signed_at)
            .header("webhook-signature", &parcel.signature)
            .body(parcel.body.clone());
        request.send().await.map_err(|error| trouble(&error))
    }
}

#[async_trait]
impl Courier for HttpCourier {
    fn check(&self, url: &Url) -> Result<(), BadAddress> {
        let scheme = match url.scheme() {
            "https" => true,
            "http" => self.plain == Plain::Allowed,
            _ => false,
        };
        let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if !scheme || !bare {
            return Err(BadAddress::Form);
        }
        // Numbers are not looked up, so that nobody else would check them.
        let address = match url.host() {
            None => return Err(BadAddress::Form),
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(address)) => IpAddr::from(address),
            Some(Host::Ipv6(address)) => IpAddr::from(address),
        };
        if self.open.allows(address) { Ok(()) } else { Err(BadAddress::Refused) }
    }

    async fn send(&self, parcel: &Parcel) -> Answer {
        let mut response = match self.post(parcel).await {
            Ok(response) => response,
            Err(trouble) => return Answer { status: None, trouble: Some(trouble), wait: None },
        };
        let status = response.status();
        let wait = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wait = wait.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        let mut read = 0;
        while read < ANSWER_BYTES
            && let Ok(Some(piece)) = response.chunk().await
        {
            read += piece.len();
        }
        let trouble = match status {
            StatusCode::GONE => Some(Trouble::Gone),
            status if status.is_success() => None,
            status if status.is_redirection() => Some(Trouble::Redirected),
            _ => Some(Trouble::Refused),
        };
        Answer { status: Some(status.as_u16()), trouble, wait }
    }
}

/// What was wrong, where there was no answer.
fn trouble(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return Trouble::TimedOut;
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<NotReached>() {
            return match error {
                NotReached::Unknown => Trouble::NameUnknown,
                NotReached::Refused => Trouble::AddressRefused,
            };
        }
        if error.is::<rustls::Error>() {
            return Trouble::TlsFailed;
        }
        // The line's own errors carry those of TLS within.
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
        {
            return Trouble::TlsFailed;
        }
        cause = error.source();
    }
    Trouble::Unreachable
}
