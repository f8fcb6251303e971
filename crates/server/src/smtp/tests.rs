use super::catcher::Catcher;
use super::*;
use crate::app::CalendarMethod;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn post(catcher: &Catcher) -> SmtpPost {
    let server = MailServer::parse(&catcher.url()).unwrap();
    let from = "Visavis Office <visavis@office.example>".to_owned();
    SmtpPost::new(&SmtpSettings { server, from, timeout: Duration::from_secs(30) }).unwrap()
}

fn letter() -> Letter {
    let party = |name: &str, email: &str| Party { name: name.to_owned(), email: email.to_owned() };
    Letter {
        id: "a.1.0@visavis.example.org".to_owned(),
        to: party("Kim Ångström, Client", "kim@client.example"),
        reply_to: Some(party("Ana", "ana@office.example")),
        subject: "Appointment\r\nBcc: mallory@evil.example\r\n".to_owned(),
        text: "Hello\n\n.\nhttps://visavis.example.org/a#token\n".to_owned(),
        calendar: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned(),
        method: CalendarMethod::Request,
    }
}

#[tokio::test]
async fn a_letter_arrives_whole() {
    let mut catcher = Catcher::start().await;
    post(&catcher).send(&letter()).await.unwrap();
    let caught = catcher.next().await;
    assert_eq!(
        (caught.from.as_str(), &caught.to[..]),
        ("visavis@office.example", &["kim@client.example".to_owned()][..])
    );
    let (headers, body) = caught.data.split_once("\r\n\r\n").unwrap();
    let has = |line: &str| headers.split("\r\n").any(|header| header == line);
    assert!(has("From: \"Visavis Office\" <visavis@office.example>"), "{headers}");
    assert!(has("Reply-To: Ana <ana@office.example>"), "{headers}");
    assert!(has("Message-ID: <a.1.0@visavis.example.org>"), "{headers}");
    // What would have been a header of its own is a part of the subject.
    assert!(has("Subject: Appointment  Bcc: mallory@evil.example"), "{headers}");
    assert!(!headers.to_lowercase().contains("\r\nbcc:"), "{headers}");
    assert!(headers.contains("\r\nDate: "), "{headers}");
    assert!(body.contains("Hello\r\n\r\n.\r\nhttps://visavis.example.org/a#token\r\n"), "{body}");
    assert!(body.contains("Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n"), "{body}");
    assert!(body.contains("Content-Disposition: attachment; filename=\"appointment.ics\"\r\n"), "{body}");
    let encoded = STANDARD.encode(letter().calendar);
    assert!(body.replace("\r\n", "").contains(&encoded), "{body}");
}

#[tokio::test]
async fn refusals_that_last_are_told_from_those_that_do_not() {
    let catcher = Catcher::start().await;
    let post = post(&catcher);
    for (answer, expected) in [
        ("450 4.2.1 later", Err(NotSent::Later)),
        ("421 4.3.2 later", Err(NotSent::Later)),
        ("452 4.2.2 full", Err(NotSent::Later)),
        ("550 5.1.1 nobody", Err(NotSent::Never)),
        ("553 5.1.3 no address", Err(NotSent::Never)),
        ("554 5.7.1 no", Err(NotSent::Never)),
        // About us, not about the letter.
        ("530 5.7.0 sign in first", Err(NotSent::Later)),
        ("250 go on", Ok(())),
    ] {
        catcher.say([answer]);
        assert_eq!(post.send(&letter()).await, expected, "{answer}");
    }
    let mut odd = letter();
    odd.to.email = "admin@".to_owned();
    assert_eq!(post.send(&odd).await, Err(NotSent::Never));
}

#[tokio::test]
async fn a_mail_server_that_is_away_or_silent_may_come_back() {
    let catcher = Catcher::start().await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = gone.local_addr().unwrap().port();
    let settings = |port: u16| SmtpSettings {
        server: MailServer::parse(&format!("smtp+plain://127.0.0.1:{port}")).unwrap(),
        from: "visavis@office.example".to_owned(),
        timeout: Duration::from_millis(300),
    };
    // It takes lines and says nothing.
    let silent = SmtpPost::new(&settings(port)).unwrap();
    assert_eq!(silent.send(&letter()).await, Err(NotSent::Later));
    assert!(silent.greet().await.is_err());
    drop(gone);
    assert_eq!(silent.send(&letter()).await, Err(NotSent::Later));
    let there = SmtpPost::new(&settings(catcher.port)).unwrap();
    assert_eq!(there.greet().await, Ok(()));
}

#[tokio::test]
async fn where_encryption_is_asked_for_nothing_is_said_without() {
    let mut catcher = Catcher::start().await;
    for start in ["smtp://", "smtp://user:password@", "smtps://user:password@"] {
        let url = format!("{start}127.0.0.1:{}", catcher.port);
        let server = MailServer::parse(&url).unwrap();
        let from = "visavis@office.example".to_owned();
        let timeout = Duration::from_millis(500);
        let post = SmtpPost::new(&SmtpSettings { server, from, timeout }).unwrap();
        assert_eq!(post.send(&letter()).await, Err(NotSent::Later), "{start}");
        assert!(post.greet().await.is_err(), "{start}");
    }
    assert!(catcher.is_empty());
    assert!(
        !catcher.heard().iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
        "{:?}",
        catcher.heard()
    );
}

#[test]
fn who_sends_has_to_be_somebody() {
    let server = MailServer::parse("smtps://mail.example.org").unwrap();
    let settings = SmtpSettings { server, from: "Visavis <@>".to_owned(), timeout: Duration::from_secs(1) };
    assert!(matches!(SmtpPost::new(&settings), Err(BadSmtpSettings::From)));
}
