//! The organisation's identity provider over OpenID Connect: discovery, authorisation code with PKCE, identity token.
//! Adapter of `app::Provider`; decides nothing about accounts.

mod token;

use crate::app::{Provider, ProviderRefused, Question, Verified};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;

/// How long the provider may take for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How long all of its answers may take that one sign-in needs: less than people wait before an empty page.
pub(crate) const SIGN_IN_WITHIN: Duration = Duration::from_secs(20);
/// How long one who asks for its description hears that it does not answer, without asking it again. Longer would keep
/// people out when it is back; shorter has everybody wait who comes while it is away.
const AWAY_FOR: Duration = Duration::from_secs(5);
/// How long its description of itself is believed. Less asks it at every sign-in, more notices a move too late.
const DESCRIPTION_TTL: Duration = Duration::from_secs(60 * 60);
/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// What the operator sets.
#[derive(Clone)]
pub(crate) struct OidcSettings {
    pub(crate) issuer: Url,
    pub(crate) client_id: String,
    /// Empty for a public client.
    pub(crate) client_secret: String,
    pub(crate) name: String,
    /// How long everything that it is asked for one sign-in may take.
    pub(crate) within: Duration,
}

/// One provider.
pub(crate) struct OidcProvider {
    settings: OidcSettings,
    /// As it calls itself: the address without the slash that URLs get.
    issuer: String,
    http: reqwest::Client,
    description: Mutex<Option<Heard>>,
}

/// What came of asking for the description, and when.
struct Heard {
    at: Instant,
    description: Option<Description>,
}

/// OpenID Connect Discovery 1.0, section 3.
#[derive(Debug, Clone, Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl OidcProvider {
    pub(crate) fn new(settings: OidcSettings) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_WITHIN)
            .user_agent(concat!("visavis/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let issuer = settings.issuer.as_str().trim_end_matches('/').to_owned();
        Ok(Self { settings, issuer, http, description: Mutex::default() })
    }

    async fn description(&self) -> Result<Description, ProviderRefused> {
        // Whoever comes meanwhile waits for the one answer.
        let mut heard = self.description.lock().await;
        match &*heard {
            Some(Heard { at, description: Some(known) }) if at.elapsed() < DESCRIPTION_TTL => {
                return Ok(known.clone());
            }
            Some(Heard { at, description: None }) if at.elapsed() < AWAY_FOR => {
                return Err(ProviderRefused::Away);
            }
            _ => {}
        }
        let asked = self.ask_description().await;
        *heard = Some(Heard { at: Instant::now(), description: asked.as_ref().ok().cloned() });
        asked
    }

    async fn ask_description(&self) -> Result<Description, ProviderRefused> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        let description: Description = read(self.http.get(address)).await?;
        // Section 4.3: it has to be the one that was asked.
        if description.issuer.trim_end_matches('/') != self.issuer {
            tracing::warn!("the identity provider calls itself otherwise than oidc.issuer does");
            return Err(ProviderRefused::Away);
        }
        Ok(description)
    }

    async fn in_time<T>(
        &self,
        answers: impl Future<Output = Result<T, ProviderRefused>>,
    ) -> Result<T, ProviderRefused> {
        tokio::time::timeout(self.settings.within, answers).await.unwrap_or_else(|_| {
            tracing::warn!("the identity provider takes too long");
            Err(ProviderRefused::Away)
        })
    }

    async fn verified(&self, question: &Question, code: &str) -> Result<Verified, ProviderRefused> {
        let description = self.description().await?;
        let token = self.exchange(&description, question, code).await?;
        // Fetched each time: keys change when they must, and people sign in rarely.
        let keys: token::Keys = read(self.http.get(description.jwks_uri)).await?;
        token::verify(&token, &keys, &description.issuer, &self.settings.client_id, &question.nonce)
    }

    /// RFC 6749, section 4.1.3, with the proof of RFC 7636.
    async fn exchange(
        &self,
        description: &Description,
        question: &Question,
        code: &str,
    ) -> Result<String, ProviderRefused> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &question.redirect),
            ("code_verifier", &question.verifier),
        ];
        let (id, secret) = (self.settings.client_id.as_str(), self.settings.client_secret.as_str());
        let methods = &description.token_endpoint_auth_methods_supported;
        let post_only = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
        let mut request = self.http.post(description.token_endpoint.clone());
        if secret.is_empty() {
            form.push(("client_id", id));
        } else if post_only {
            form.extend([("client_id", id), ("client_secret", secret)]);
        } else {
            // Section 2.3.1: both are encoded as in a form.
            let encoded =
                |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            request = request.basic_auth(encoded(id), Some(encoded(secret)));
        }
        let tokens: Tokens = read(request.form(&form)).await?;
        Ok(tokens.id_token)
    }
}

#[async_trait]
impl Provider for OidcProvider {
    fn name(&self) -> &str {
        &self.settings.name
    }

    async fn address(&self, question: &Question) -> Result<Url, ProviderRefused> {
        let mut address = self.in_time(self.description()).await?.authorization_endpoint;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, question.verifier.as_bytes());
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "openid email profile")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &question.redirect)
            .append_pair("state", &question.state)
            .append_pair("nonce", &question.nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(digest))
            .append_pair("code_challenge_method", "S256");
        Ok(address)
    }

    async fn verify(&self, question: &Question, code: &str) -> Result<Verified, ProviderRefused> {
        self.in_time(self.verified(question, code)).await
    }
}

/// An answer of JSON that is not too large. Why it is none is said in the log, without what it says.
async fn read<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, ProviderRefused> {
    let away = |error: reqwest::Error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::warn!(error = %error.without_url(), cause, "the identity provider does not answer");
        ProviderRefused::Away
    };
    let mut response = request.send().await.map_err(away)?;
    if !response.status().is_success() {
        tracing::warn!(status = response.status().as_u16(), "the identity provider refuses");
        return Err(ProviderRefused::Away);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(away)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            tracing::warn!("an answer of the identity provider is too large");
            return Err(ProviderRefused::Away);
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| {
        tracing::warn!("an answer of the identity provider is not what OpenID Connect has");
        ProviderRefused::Away
    })
}
