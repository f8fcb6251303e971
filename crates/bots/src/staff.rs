//! Somebody who is signed in: the cookie, what it opens over HTTP, and sessions that come with it.

use crate::Bot;
use anyhow::{Context, Result, bail};
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use visavis_domain::account::AccountRole;
use visavis_protocol::{
    AccountView, Earlier, InvitationAcceptance, Invited, NewPerson, PeoplePage, PersonChange, SignInRequest,
    Ticket, TicketRequest,
};

/// A browser in which somebody has signed in.
#[derive(Clone)]
pub struct Staff {
    http: Client,
    base: String,
    cookie: String,
}

impl Staff {
    /// Signs in.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn sign_in(http: &Client, base: &str, email: &str, password: &str) -> Result<Self> {
        let body = SignInRequest { email: email.into(), password: password.into(), code: None };
        let request = http.post(format!("{base}/api/v1/sign-in")).header(ORIGIN, base).json(&body);
        Self::opened(http, base, &request.send().await?.error_for_status()?)
    }

    /// The same browser at another server of the installation.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Uses a one-time link, such as `https://visavis.example/invitation#TOKEN`.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn accept(http: &Client, base: &str, link: &str, password: &str) -> Result<Self> {
        let token = link.split_once('#').context("a link has a token")?.1.to_owned();
        let body = InvitationAcceptance { token, password: password.into(), email: None, name: None };
        let url = format!("{base}/api/v1/invitations/accept");
        let request = http.post(url).header(ORIGIN, base).json(&body);
        Self::opened(http, base, &request.send().await?.error_for_status()?)
    }

    fn opened(http: &Client, base: &str, response: &Response) -> Result<Self> {
        let set = response.headers().get(SET_COOKIE).context("no cookie")?.to_str()?;
        let cookie = set.split(';').next().context("an empty cookie")?.to_owned();
        Ok(Self { http: http.clone(), base: base.to_owned(), cookie })
    }

    /// A new colleague, who has accepted and is signed in. For admins.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn invite(&self, email: &str, name: &str, password: &str) -> Result<Self> {
        let (email, name) = (email.to_owned(), name.to_owned());
        let person = NewPerson { email, name, title: String::new(), role: AccountRole::Staff };
        let invited: Invited = self.ask(Method::POST, "/api/v1/admin/people", &person).await?;
        Self::accept(&self.http, &self.base, &invited.link, password).await
    }

    /// All accounts, part by part. For admins.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn people(&self) -> Result<Vec<AccountView>> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page: PeoplePage = self.get(&format!("/api/v1/admin/people?take=200{after}")).await?;
            all.extend(page.people);
            match page.next {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(all),
            }
        }
    }

    /// Changes somebody's account. For admins.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn change(&self, id: &str, change: &PersonChange) -> Result<()> {
        self.send(Method::PATCH, &format!("/api/v1/admin/people/{id}"), Some(change)).await.map(drop)
    }

    /// A session as the account.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect(&self) -> Result<Bot> {
        self.connect_after(None).await
    }

    /// A session as the account, which follows another one.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect_after(&self, earlier: Option<Earlier>) -> Result<Bot> {
        Bot::connect_after(&self.base, self.ticket().await?, earlier).await
    }

    /// A ticket for one session as the account.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn ticket(&self) -> Result<String> {
        let answer = self.send(Method::POST, "/api/v1/tickets", None::<&TicketRequest>).await?;
        Ok(answer.json::<Ticket>().await?.ticket)
    }

    /// Asks, with a body, for JSON.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T> {
        Ok(self.send(method, path, Some(body)).await?.json().await?)
    }

    /// Asks for JSON.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        Ok(self.send(Method::GET, path, None::<&()>).await?.json().await?)
    }

    /// Sends a request as the account.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn send(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<Response> {
        let url = format!("{}{path}", self.base);
        let mut request =
            self.http.request(method, url).header(COOKIE, &self.cookie).header(ORIGIN, &self.base);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        if !response.status().is_success() {
            let status = response.status();
            bail!("{path}: {status}: {}", response.text().await.unwrap_or_default());
        }
        Ok(response)
    }
}
