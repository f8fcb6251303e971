//! Security headers, on every answer. Framing is refused but for the pages made for it, below `/embed/`, and there
//! allowed to the sites that the desk names.

use super::Http;
use crate::listen::{Connection, Security};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Nothing from elsewhere, nothing inline. Style properties that scripts set one by one are not inline styles.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; \
    worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors ";
/// What somebody has sent, whoever that is: it loads nothing, runs nothing, and belongs to no origin.
const FILE_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors ";
/// What is not made for other sites is in nobody's frame.
const NOBODY: &str = "'none'";

const ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), \
         picture-in-picture=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()",
    ),
];

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// For whom an answer is made.
enum Audience {
    /// Pages of this server.
    Own,
    /// Pages of this server, of what people send each other.
    Files,
    /// Any page that loads the script of the button.
    Everybody,
    /// Pages of these sites, in a frame.
    Sites(Vec<String>),
}

pub(super) async fn add(State(http): State<Arc<Http>>, request: Request, next: Next) -> Response {
    let audience = match request.uri().path() {
        "/embed.js" => Audience::Everybody,
        path if path.starts_with("/files/") => Audience::Files,
        path => match embedded_desk(path) {
            Some(slug) => Audience::Sites(http.desks.sites(slug).await),
            None => Audience::Own,
        },
    };
    let tls = request.extensions().get::<Connection>().is_some_and(|one| one.security == Security::Tls);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    audience.write(headers);
    if tls && http.strict_transport {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// The desk whose page for frames this is.
fn embedded_desk(path: &str) -> Option<&str> {
    path.strip_prefix("/embed/desk/").map(|rest| rest.trim_end_matches('/')).filter(|slug| !slug.is_empty())
}

impl Audience {
    fn write(&self, headers: &mut HeaderMap) {
        let ancestors = match self {
            Self::Sites(sites) => ancestors(sites),
            Self::Own | Self::Files | Self::Everybody => NOBODY.to_owned(),
        };
        // A window that a frame has opened speaks to that frame: they stay together where others are kept apart.
        let (opener, resource) = match self {
            Self::Own | Self::Files => ("same-origin", "same-origin"),
            Self::Everybody => ("same-origin", "cross-origin"),
            Self::Sites(_) => ("unsafe-none", "cross-origin"),
        };
        headers.insert(OPENER_POLICY, HeaderValue::from_static(opener));
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static(resource));
        let policy = match self {
            Self::Files => FILE_POLICY,
            Self::Own | Self::Everybody | Self::Sites(_) => CONTENT_SECURITY_POLICY,
        };
        let policy = format!("{policy}{ancestors}");
        // Origins are printable characters, and so is all the rest.
        let policy = HeaderValue::try_from(policy)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Origins only, whatever stands in the database: anything else could say more than who may hold the frame.
fn ancestors(sites: &[String]) -> String {
    let origins: Vec<_> = sites
        .iter()
        .filter_map(|site| url::Url::parse(site).ok())
        .filter(|site| matches!(site.scheme(), "http" | "https"))
        .map(|site| site.origin().ascii_serialization())
        .collect();
    if origins.is_empty() { NOBODY.to_owned() } else { origins.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy_for(audience: &Audience) -> HeaderMap {
        let mut headers = HeaderMap::new();
        audience.write(&mut headers);
        headers
    }

    fn frame_ancestors(audience: &Audience) -> String {
        let headers = policy_for(audience);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        policy.split_once("frame-ancestors ").unwrap().1.to_owned()
    }

    #[test]
    fn only_the_page_made_for_it_is_shown_in_frames_and_only_on_its_sites() {
        let sites = |list: &[&str]| Audience::Sites(list.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(frame_ancestors(&Audience::Own), "'none'");
        assert_eq!(frame_ancestors(&Audience::Everybody), "'none'");
        assert_eq!(frame_ancestors(&sites(&[])), "'none'");
        let two = sites(&["https://www.example.org", "http://localhost:7000/path"]);
        assert_eq!(frame_ancestors(&two), "https://www.example.org http://localhost:7000");
    }

    #[test]
    fn what_is_no_origin_adds_nothing_to_the_policy() {
        for site in ["*", "javascript:alert(1)", "https://a.example; script-src *", "", "data:,x", "https:"] {
            let ancestors = frame_ancestors(&Audience::Sites(vec![site.to_owned()]));
            assert!(ancestors == "'none'" || ancestors == "https://a.example", "{site} became {ancestors}");
        }
    }

    #[test]
    fn the_script_is_for_everybody_and_pages_are_for_their_own() {
        let resource =
            |audience: &Audience| policy_for(audience)[RESOURCE_POLICY].to_str().unwrap().to_owned();
        assert_eq!(resource(&Audience::Own), "same-origin");
        assert_eq!(resource(&Audience::Everybody), "cross-origin");
        assert_eq!(resource(&Audience::Sites(Vec::new())), "cross-origin");
    }

    #[test]
    fn what_people_send_loads_nothing_and_runs_nothing() {
        let headers = policy_for(&Audience::Files);
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(policy, "default-src 'none'; sandbox; frame-ancestors 'none'");
        assert_eq!(headers[RESOURCE_POLICY], "same-origin");
    }

    #[test]
    fn the_desk_of_a_frame_is_the_one_in_its_address() {
        assert_eq!(embedded_desk("/embed/desk/help"), Some("help"));
        assert_eq!(embedded_desk("/embed/desk/help/"), Some("help"));
        for path in ["/embed/desk/", "/desk/help", "/", "/embed.js", "/r/embed/desk/help"] {
            assert_eq!(embedded_desk(path), None, "{path}");
        }
    }
}
