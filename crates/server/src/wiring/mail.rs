//! The mail server, as the settings have it.

use crate::app::{Mailing, Replies};
use crate::config::{self, MailServer, Settings};
use crate::smtp::{SmtpPost, SmtpSettings};
use anyhow::{Result, anyhow};
use std::sync::Arc;
use std::time::Duration;

/// How letters go out, if they do.
pub(super) fn make(settings: &Settings) -> Result<Option<Mailing>> {
    let Some(post) = post(settings)? else { return Ok(None) };
    let replies = match settings.smtp.replies {
        config::Replies::Professional => Replies::ToProfessional,
        config::Replies::Sender => Replies::ToSender,
    };
    Ok(Some(Mailing { post: Arc::new(post), replies }))
}

/// For `visavis doctor`: says hello, and sends nothing.
pub(super) async fn check(settings: &Settings) -> Option<Result<String>> {
    let shown = config::public_part(settings.smtp.url.as_str());
    match post(settings) {
        Ok(None) => None,
        Ok(Some(post)) => Some(match post.greet().await {
            Ok(()) => Ok(format!("{shown} lets this server in")),
            Err(why) => Err(anyhow!("{shown}: {why}")),
        }),
        Err(error) => Some(Err(error)),
    }
}

fn post(settings: &Settings) -> Result<Option<SmtpPost>> {
    let set = &settings.smtp;
    if set.url.as_str().is_empty() {
        return Ok(None);
    }
    let server = MailServer::parse(set.url.as_str()).map_err(|expected| anyhow!("smtp.url: {expected}"))?;
    let timeout = Duration::from_secs(set.timeout_s);
    Ok(Some(SmtpPost::new(&SmtpSettings { server, from: set.from.clone(), timeout })?))
}
