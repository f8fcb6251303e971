//! Somebody who has opened a personal link to an appointment: the cookie, what it opens over HTTP, and sessions that
//! come with it.

use crate::Bot;
use anyhow::{Context, Result, bail};
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Client, StatusCode};
use visavis_protocol::{ClientAppointment, LinkToken, Problem, Ticket, TicketRequest};

/// A browser in which a link was opened.
#[derive(Clone)]
pub struct Invitee {
    http: Client,
    base: String,
    cookie: String,
    /// What the page shows.
    pub appointment: ClientAppointment,
}

impl Invitee {
    /// Opens a link, such as `https://visavis.example/a#TOKEN`.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn open(http: &Client, base: &str, link: &str) -> Result<Self> {
        let token = link.split_once('#').context("a link has a token")?.1.to_owned();
        let request = http.post(format!("{base}/api/v1/appointment/enter")).header(ORIGIN, base);
        let response = request.json(&LinkToken { token }).send().await?.error_for_status()?;
        let set = response.headers().get(SET_COOKIE).context("no cookie")?.to_str()?;
        let cookie = set.split(';').next().context("an empty cookie")?.to_owned();
        Ok(Self { http: http.clone(), base: base.to_owned(), cookie, appointment: response.json().await? })
    }

    /// A session as who the link belongs to.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect(&self) -> Result<Bot> {
        let ticket: Ticket = self.ticket().await?.error_for_status()?.json().await?;
        Bot::connect_with(&self.base, ticket.ticket).await
    }

    /// Why a session is refused: the status, and the code for programs.
    ///
    /// # Errors
    /// If the server cannot be reached, or does not refuse.
    pub async fn refusal(&self) -> Result<(StatusCode, String)> {
        let response = self.ticket().await?;
        let status = response.status();
        if status.is_success() {
            bail!("it is not refused");
        }
        Ok((status, response.json::<Problem>().await?.code))
    }

    async fn ticket(&self) -> Result<reqwest::Response> {
        let wish = TicketRequest { appointment: Some(self.appointment.id), ..TicketRequest::default() };
        let request = self.http.post(format!("{}/api/v1/tickets", self.base)).json(&wish);
        Ok(request.header(COOKIE, &self.cookie).header(ORIGIN, &self.base).send().await?)
    }
}
