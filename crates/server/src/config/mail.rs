//! The address of a mail server, as operators write it. What is sent there is letters and a password: never in plain
//! text, but to this machine itself.

use std::fmt;
use std::net::Ipv4Addr;
use url::Url;

/// How the line to the mail server is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailLine {
    /// `smtps`: TLS from the first byte on.
    Tls,
    /// `smtp`: TLS before anything is said, or nothing is said.
    StartTls,
    /// `smtp+plain`: it does not leave this machine.
    Loopback,
}

/// A mail server. Its address may hold a password, and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MailServer {
    pub(crate) line: MailLine,
    /// With the credentials.
    pub(crate) url: Url,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer").field("line", &self.line).finish_non_exhaustive()
    }
}

impl MailServer {
    /// Reads what an operator wrote.
    ///
    /// # Errors
    /// What was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "an address such as \"smtp://user:password@mail.example.org:587\" or \
            \"smtps://user:password@mail.example.org\" was expected";
        let url = Url::parse(text).map_err(|_| FORM)?;
        let line = match url.scheme() {
            "smtps" => MailLine::Tls,
            "smtp" => MailLine::StartTls,
            "smtp+plain" => MailLine::Loopback,
            _ => return Err(FORM),
        };
        let Some(host) = url.host_str().filter(|host| !host.is_empty() && !host.starts_with('[')) else {
            return Err(FORM);
        };
        if line == MailLine::Loopback && !is_this_machine(host) {
            return Err(
                "smtp+plain is for localhost and 127.0.0.0/8 alone: letters and passwords go to other \
                        machines encrypted, by smtp (STARTTLS) or smtps",
            );
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("nothing was expected behind the host and the port");
        }
        if url.username().is_empty() != url.password().is_none() {
            return Err("a user and a password were expected, or neither");
        }
        Ok(Self { line, url })
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|host: Ipv4Addr| host.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_talked_to_in_plain_text() {
        use MailLine::{Loopback, StartTls, Tls};
        for (text, expected) in [
            ("smtp://user:password@mail.example.org:587", Some(StartTls)),
            ("smtp://mail.example.org", Some(StartTls)),
            ("smtp://127.0.0.1:25", Some(StartTls)),
            ("smtps://user:p%40ss@mail.example.org", Some(Tls)),
            ("smtp+plain://127.0.0.1:2525", Some(Loopback)),
            ("smtp+plain://user:password@localhost", Some(Loopback)),
            ("smtp+plain://mail.example.org", None),
            ("smtp+plain://localhost.example.org", None),
            ("smtp+plain://127.0.0.1.example.org", None),
            ("smtp+plain://10.0.0.1:25", None),
            ("smtp+plain://[::1]:25", None),
            ("smtp://mail.example.org?tls=opportunistic", None),
            ("smtp://mail.example.org/name", None),
            ("smtp://user@mail.example.org", None),
            ("smtp://:password@mail.example.org", None),
            ("https://mail.example.org", None),
            ("mail.example.org:587", None),
            ("smtp://", None),
            ("", None),
        ] {
            assert_eq!(MailServer::parse(text).ok().map(|server| server.line), expected, "{text}");
        }
    }

    #[test]
    fn its_password_is_not_printed() {
        let server = MailServer::parse("smtp://user:hunter2@mail.example.org").unwrap();
        assert!(!format!("{server:?}").contains("hunter2"));
    }
}
