//! Letters go out over SMTP: adapter of `app::Post`. Says which failures last; decides nothing about trying again.

#[cfg(test)]
pub(crate) mod catcher;
#[cfg(test)]
mod tests;

use crate::app::{Letter, NotSent, Party, Post};
use crate::config::{MailLine, MailServer};
use async_trait::async_trait;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Category, Severity};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

/// How long a line is kept for the next letter. Letters are few: longer holds the mail server's, shorter opens one
/// for each of a few that are sent together.
const KEEP_LINE: Duration = Duration::from_secs(10);
/// As everywhere in this module: what the calendar file is called in a mailbox.
const CALENDAR_FILE: &str = "appointment.ics";

/// What the operator sets.
#[derive(Clone)]
pub(crate) struct SmtpSettings {
    pub(crate) server: MailServer,
    /// Who sends, such as `Visavis <visavis@example.org>`.
    pub(crate) from: String,
    /// How long one letter may take.
    pub(crate) timeout: Duration,
}

/// Why there is no mail with these settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadSmtpSettings {
    #[error("smtp.from is not an address such as \"Visavis <visavis@example.org>\"")]
    From,
    #[error("smtp.url cannot be used: {0}")]
    Url(#[from] lettre::transport::smtp::Error),
}

/// One mail server.
pub(crate) struct SmtpPost {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    sender: Party,
    timeout: Duration,
}

impl SmtpPost {
    /// Connects to nothing yet.
    pub(crate) fn new(settings: &SmtpSettings) -> Result<Self, BadSmtpSettings> {
        let from: Mailbox = settings.from.parse().map_err(|_| BadSmtpSettings::From)?;
        let mut url = settings.server.url.clone();
        match settings.server.line {
            MailLine::Tls => {}
            MailLine::StartTls => url.set_query(Some("tls=required")),
            // The library's word for plain text.
            MailLine::Loopback => url.set_scheme("smtp").expect("no scheme of URLs that browsers know"),
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())?
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(settings.timeout))
            // Without a pool a line that breaks at the goodbye would make a letter that was taken look lost.
            .pool_config(PoolConfig::new().max_size(2).idle_timeout(KEEP_LINE))
            .build();
        let sender = Party { name: from.name.clone().unwrap_or_default(), email: from.email.to_string() };
        Ok(Self { transport, from, sender, timeout: settings.timeout })
    }

    /// Connects, says hello and signs in, and sends nothing. For people: why not, in the mail server's words.
    pub(crate) async fn greet(&self) -> Result<(), String> {
        match tokio::time::timeout(self.timeout, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server does not answer as one".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", self.timeout.as_secs())),
        }
    }

    fn message(&self, letter: &Letter) -> Option<Message> {
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(mailbox(&letter.to)?)
            .subject(one_line(&letter.subject))
            .message_id(Some(format!("<{}>", one_line(&letter.id))));
        if let Some(reply_to) = letter.reply_to.as_ref().and_then(mailbox) {
            message = message.reply_to(reply_to);
        }
        let kind = format!("text/calendar; charset=utf-8; method={}", letter.method.word());
        let kind = ContentType::parse(&kind).ok()?;
        // In base64 every octet arrives as it was, the line breaks that the file's form asks for too.
        let calendar = letter.calendar.clone().into_bytes();
        let calendar = Body::new_with_encoding(calendar, ContentTransferEncoding::Base64).ok()?;
        let parts = MultiPart::mixed()
            .singlepart(SinglePart::plain(letter.text.clone()))
            .singlepart(Attachment::new(CALENDAR_FILE.to_owned()).body(calendar, kind));
        message.multipart(parts).ok()
    }
}

#[async_trait]
impl Post for SmtpPost {
    fn sender(&self) -> &Party {
        &self.sender
    }

    async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let message = self.message(letter).ok_or(NotSent::Never)?;
        // The library's own limit is for connecting alone.
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refused(&error)),
            Err(_) => {
                tracing::warn!("the mail server does not answer in time");
                Err(NotSent::Later)
            }
        }
    }
}

/// RFC 5321, section 4.2.1. What the server says of it can name people: it is for debugging alone.
fn refused(error: &lettre::transport::smtp::Error) -> NotSent {
    let code = error.status();
    tracing::debug!(%error, "the mail server does not take a letter");
    let shown = code.map(|code| code.to_string()).unwrap_or_default();
    tracing::warn!(code = shown, tls = error.is_tls(), "the mail server does not take a letter");
    match code {
        // 53x is about our credentials, RFC 4954: the letter is none the worse for them.
        Some(code) if code.category == Category::Unspecified3 => NotSent::Later,
        Some(code) if code.severity == Severity::PermanentNegativeCompletion => NotSent::Never,
        _ => NotSent::Later,
    }
}

fn mailbox(party: &Party) -> Option<Mailbox> {
    let address: Address = party.email.parse().ok()?;
    let name = one_line(&party.name);
    Some(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// Headers end at line breaks: what people typed has none.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}
