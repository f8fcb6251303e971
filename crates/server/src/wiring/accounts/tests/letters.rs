//! Mail and calendar files of appointments, from HTTP to a mail server that catches what it gets.

use super::world::{Answer, ORIGIN, World, ask, heard};
use crate::app::{Mailing, Replies, Route, drive_mail};
use crate::config::MailServer;
use crate::smtp::catcher::Catcher;
use crate::smtp::{SmtpPost, SmtpSettings};
use axum::http::{StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use visavis_domain::account::AccountRole;
use visavis_live::Subscription;
use visavis_store::{Action, Page};

/// An installation with a mail server, a professional who is signed in, and an appointment.
struct Office {
    world: World,
    catcher: Catcher,
    ana: String,
    id: String,
}

impl Office {
    async fn new() -> Self {
        let catcher = Catcher::start().await;
        let world = World::mailing(mailing(&catcher)).await;
        let (ana, id) = booked(&world, Some("kim@client.example")).await;
        Self { world, catcher, ana, id }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let path = format!("/api/v1/appointments/{}/{path}", self.id);
        self.world.call(ask("POST", &path).by(&self.ana).with(body)).await
    }

    async fn view(&self) -> Value {
        let path = format!("/api/v1/appointments/{}", self.id);
        self.world.call(ask("GET", &path).by(&self.ana)).await.json()
    }

    /// Queues a mail.
    async fn mail(&self, message: &str) {
        let answer = self.post("mail", json!({ "message": message })).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    /// Sends what is due.
    async fn send(&self) {
        self.world.api.appointments.send_due(&CancellationToken::new()).await.unwrap();
    }

    /// How far the last mail is, and what it tells.
    async fn last(&self) -> (String, String) {
        let mail = self.view().await["last_mail"].clone();
        (mail["state"].as_str().unwrap().to_owned(), mail["kind"].as_str().unwrap().to_owned())
    }
}

fn mailing(catcher: &Catcher) -> Mailing {
    let server = MailServer::parse(&catcher.url()).unwrap();
    let from = "Office <visavis@office.example>".to_owned();
    let settings = SmtpSettings { server, from, timeout: Duration::from_secs(30) };
    Mailing { post: Arc::new(SmtpPost::new(&settings).unwrap()), replies: Replies::ToProfessional }
}

/// A professional's sign-in, and an appointment of theirs. The world's clock shows November 2023.
async fn booked(world: &World, email: Option<&str>) -> (String, String) {
    world.account("ana@office.example", AccountRole::Staff).await;
    let ana = world.sign_in("ana@office.example").await;
    let mut new = json!({
        "client_name": "Kim Client",
        "about": "Contract",
        "wall": "2023-12-05T14:30",
        "zone": "Europe/Istanbul",
        "minutes": 45,
    });
    if let Some(email) = email {
        new["email"] = json!(email);
    }
    let made = world.call(ask("POST", "/api/v1/appointments").by(&ana).with(new)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    (ana, id)
}

/// The parts of a letter, decoded: its text, and its calendar file.
fn parts(data: &str) -> (String, String) {
    let boundary = data.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let parts: Vec<_> = data.split(&format!("--{boundary}")).skip(1).take(2).map(decoded).collect();
    (parts[0].clone(), parts[1].clone())
}

fn decoded(part: &str) -> String {
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let bytes = if head.contains("base64") {
        STANDARD.decode(body.replace("\r\n", "")).unwrap()
    } else if head.contains("quoted-printable") {
        unquoted(body)
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).unwrap()
}

/// RFC 2045, section 6.7.
fn unquoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut parts = joined.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

fn unfolded(calendar: &str) -> String {
    calendar.replace("\r\n ", "")
}

#[tokio::test]
async fn the_client_is_invited_with_the_link_and_a_calendar_file() {
    let mut office = Office::new().await;
    let preview = office.post("mail/preview", json!({ "message": "Bring the lease." })).await.json();
    assert!(office.view().await.get("last_mail").is_none());
    office.mail("Bring the lease.").await;
    assert_eq!(office.last().await, ("queued".to_owned(), "invitation".to_owned()));
    office.send().await;
    let caught = office.catcher.next().await;
    assert_eq!(caught.from, "visavis@office.example");
    assert_eq!(caught.to, ["kim@client.example"]);
    let (text, calendar) = parts(&caught.data);
    let view = office.view().await;
    let link = view["links"][0]["url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{ORIGIN}/a#")), "{link}");
    assert!(text.lines().any(|line| line == link), "{text}");
    assert!(text.contains("Tuesday, 5 December 2023, 14:30 (Europe/Istanbul, UTC+3)"), "{text}");
    assert!(text.contains("    Bring the lease."), "{text}");
    assert!(caught.data.contains("\r\nReply-To: "), "{}", caught.data);
    let subject = caught.data.lines().find(|line| line.starts_with("Subject: ")).unwrap();
    assert!(subject.contains("Appointment with"), "{subject}");
    let calendar = unfolded(&calendar);
    for line in [
        "METHOD:REQUEST".to_owned(),
        "DTSTART:20231205T113000Z".to_owned(),
        "DTEND:20231205T121500Z".to_owned(),
        "SEQUENCE:0".to_owned(),
        format!("UID:{}@here.example", office.id),
        format!("URL:{link}"),
    ] {
        assert!(calendar.split("\r\n").any(|one| one == line), "{line}: {calendar}");
    }
    assert_eq!(office.last().await, ("sent".to_owned(), "invitation".to_owned()));
    // What was shown is what was sent.
    assert_eq!(preview["to"], "kim@client.example");
    assert_eq!(preview["kind"], "invitation");
    assert_eq!(
        preview["text"].as_str().unwrap(),
        text.replace("\r\n", "\n").trim_end_matches('\n').to_owned() + "\n"
    );
    // Nothing is left to send.
    office.send().await;
    assert!(office.catcher.is_empty());
}

#[tokio::test]
async fn a_move_and_a_cancellation_are_told_as_such() {
    let mut office = Office::new().await;
    office.mail("").await;
    office.send().await;
    let first = unfolded(&parts(&office.catcher.next().await.data).1);
    let to = json!({ "wall": "2023-12-06T09:00", "zone": "Europe/Istanbul", "minutes": 30, "sequence": 0 });
    assert_eq!(office.post("move", to).await.status, StatusCode::OK);
    office.mail("").await;
    assert_eq!(office.last().await, ("queued".to_owned(), "change".to_owned()));
    office.send().await;
    let (text, moved) = parts(&office.catcher.next().await.data);
    let moved = unfolded(&moved);
    assert!(text.contains("Wednesday, 6 December 2023, 09:00"), "{text}");
    let uid = |file: &str| file.lines().find(|line| line.starts_with("UID:")).unwrap().to_owned();
    assert_eq!(uid(&first), uid(&moved));
    assert!(first.contains("SEQUENCE:0\r\n") && moved.contains("SEQUENCE:1\r\n"), "{first}{moved}");
    // Queued as a change, and cancelled before it went.
    office.mail("Sorry.").await;
    assert_eq!(office.post("state", json!({ "state": "cancelled" })).await.status, StatusCode::OK);
    office.send().await;
    let caught = office.catcher.next().await;
    let (text, cancelled) = parts(&caught.data);
    assert!(caught.data.contains("Subject: Cancelled: "), "{}", caught.data);
    assert!(text.contains("will not take place") && !text.contains("/a#"), "{text}");
    let cancelled = unfolded(&cancelled);
    for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2"] {
        assert!(cancelled.contains(&format!("{line}\r\n")), "{cancelled}");
    }
    assert_eq!(uid(&first), uid(&cancelled));
}

#[tokio::test]
async fn a_passing_refusal_is_tried_again_and_a_lasting_one_is_not() {
    let mut office = Office::new().await;
    office.catcher.say(["450 4.2.1 later", "421 4.3.2 later", "250 go on", "550 5.1.1 nobody"]);
    office.mail("").await;
    for wait in [60, 120] {
        office.send().await;
        assert_eq!(office.last().await.0, "queued");
        // Not before it is time.
        office.world.pass(wait - 1);
        office.send().await;
        assert!(office.catcher.is_empty());
        office.world.pass(1);
    }
    office.send().await;
    assert_eq!(office.catcher.next().await.to, ["kim@client.example"]);
    assert_eq!(office.last().await.0, "sent");
    office.mail("").await;
    office.send().await;
    assert_eq!(office.last().await.0, "failed");
    office.world.pass(25 * 3600);
    office.send().await;
    assert!(office.catcher.is_empty());
}

#[tokio::test]
async fn dashboards_are_told_when_a_mail_was_queued_and_when_it_went() {
    let office = Office::new().await;
    let ana = office.world.id_of("ana@office.example").await;
    let mut subscription = office.world.listen(Route::Appointments(ana)).await;
    office.mail("").await;
    assert_eq!(told(&mut subscription), office.id);
    office.catcher.say(["450 4.2.1 later"]);
    office.send().await;
    assert_eq!(told(&mut subscription), office.id);
    office.world.pass(60);
    office.send().await;
    assert_eq!(told(&mut subscription), office.id);
    assert_eq!(office.last().await.0, "sent");
}

/// The appointment of the one event that was told.
fn told(subscription: &mut Subscription) -> String {
    let frame: Value = serde_json::from_slice(&heard(subscription).unwrap()).unwrap();
    assert_eq!(frame["event"]["type"], "appointment_changed", "{frame}");
    assert!(heard(subscription).is_none());
    frame["event"]["appointment"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn of_two_that_send_one_does() {
    let mut office = Office::new().await;
    let appointments = &office.world.api.appointments;
    for round in 0..10 {
        office.mail(&format!("round {round}")).await;
        let token = CancellationToken::new();
        let (one, other) = tokio::join!(appointments.send_due(&token), appointments.send_due(&token));
        assert!(one.is_ok() && other.is_ok());
        let text = parts(&office.catcher.next().await.data).0;
        assert!(text.contains(&format!("round {round}")), "{text}");
        assert!(office.catcher.is_empty(), "round {round}");
    }
}

#[tokio::test]
async fn the_driver_sends_what_is_queued_at_once_and_ends_when_asked() {
    let mut office = Office::new().await;
    let stopping = CancellationToken::new();
    let driver = tokio::spawn(drive_mail(office.world.api.appointments.clone(), stopping.clone()));
    for round in 0..3 {
        office.mail(&format!("round {round}")).await;
        // Sooner than it looks by itself.
        let caught = office.catcher.next().await;
        assert!(parts(&caught.data).0.contains(&format!("round {round}")));
    }
    stopping.cancel();
    driver.await.unwrap();
}

#[tokio::test]
async fn without_an_address_or_a_mail_server_there_is_no_mail() {
    let catcher = Catcher::start().await;
    let without_server = World::new().await;
    let without_address = World::mailing(mailing(&catcher)).await;
    for (world, email, mail) in
        [(without_server, Some("kim@client.example"), false), (without_address, None, true)]
    {
        let (ana, id) = booked(&world, email).await;
        let list =
            world.call(ask("GET", "/api/v1/appointments?from=1700000000000&to=1705000000000").by(&ana));
        assert_eq!(list.await.json()["mail"], mail);
        for path in ["mail", "mail/preview"] {
            let path = format!("/api/v1/appointments/{id}/{path}");
            let answer = world.call(ask("POST", &path).by(&ana).with(json!({ "message": "" }))).await;
            assert_eq!(answer.refusal(), (409, "mail_unfit".to_owned()));
        }
    }
}

#[tokio::test]
async fn nothing_is_mailed_about_an_appointment_that_is_over() {
    let office = Office::new().await;
    // 5 December 2023, 15:15 in Istanbul is its end; a sign-in of today does not last until then.
    office.world.pass(1_701_778_500 - office.world.now().0 / 1000 - 1);
    let ana = office.world.sign_in("ana@office.example").await;
    let office = Office { ana, ..office };
    let shown = office.post("mail/preview", json!({ "message": "" })).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    office.world.pass(1);
    for path in ["mail", "mail/preview"] {
        let answer = office.post(path, json!({ "message": "" })).await;
        assert_eq!(answer.refusal(), (409, "mail_unfit".to_owned()), "{path}");
    }
    assert!(office.view().await.get("last_mail").is_none());
    assert_eq!(office.post("state", json!({ "state": "cancelled" })).await.status, StatusCode::OK);
    assert_eq!(office.post("mail/preview", json!({ "message": "" })).await.json()["kind"], "cancellation");
}

#[tokio::test]
async fn mail_is_for_those_who_see_the_appointment_and_is_audited() {
    let office = Office::new().await;
    office.world.account("ben@office.example", AccountRole::Admin).await;
    let ben = office.world.sign_in("ben@office.example").await;
    for path in ["mail", "mail/preview"] {
        let path = format!("/api/v1/appointments/{}/{path}", office.id);
        let answer = office.world.call(ask("POST", &path).by(&ben).with(json!({ "message": "" }))).await;
        assert_eq!(answer.refusal(), (404, "appointment_unknown".to_owned()));
    }
    let calendar = format!("/api/v1/appointments/{}/calendar", office.id);
    let answer = office.world.call(ask("GET", &calendar).by(&ben)).await;
    assert_eq!(answer.refusal(), (404, "appointment_unknown".to_owned()));
    let long = office.post("mail", json!({ "message": "x".repeat(1001) })).await;
    assert_eq!(long.refusal(), (422, "text_invalid".to_owned()));
    office.mail("a secret word").await;
    let rows = office.world.store.audit_rows(None, Page { skip: 0, take: 100 }).await.unwrap();
    let queued: Vec<_> = rows.iter().filter(|row| row.action == Action::MailQueued).collect();
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].detail, json!({ "kind": "invitation" }));
    assert_eq!(queued[0].subject, office.id);
}

#[tokio::test]
async fn everybody_gets_the_calendar_file_that_is_theirs() {
    let office = Office::new().await;
    let staff = format!("/api/v1/appointments/{}/calendar", office.id);
    let staff = office.world.call(ask("GET", &staff).by(&office.ana)).await;
    let link = office.view().await["links"][0]["url"].as_str().unwrap().to_owned();
    let token = link.split_once('#').unwrap().1;
    // As the page has it, some time before the appointment.
    let entered =
        office.world.call(ask("POST", "/api/v1/appointment/enter").with(json!({ "token": token }))).await;
    let cookie = entered.cookie("__Host-visavis-appointment").unwrap();
    let client = ask("GET", "/api/v1/appointment/calendar").over(&cookie);
    let client = office.world.call(client).await;
    let nobody = office.world.call(ask("GET", "/api/v1/appointment/calendar")).await;
    assert_eq!(nobody.refusal(), (401, "link_needed".to_owned()));
    for answer in [&staff, &client] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let disposition = "attachment; filename=\"appointment-2023-12-05.ics\"";
        assert_eq!(answer.headers[header::CONTENT_DISPOSITION], disposition);
        assert!(answer.text.contains("METHOD:PUBLISH\r\n"), "{}", answer.text);
    }
    let (staff, client) = (unfolded(&staff.text), unfolded(&client.text));
    assert!(client.contains(&format!("URL:{link}\r\n")), "{client}");
    assert!(!client.contains("ana@office.example"), "{client}");
    assert!(staff.contains(&format!("URL:{ORIGIN}/staff/appointments\r\n")), "{staff}");
    assert!(staff.contains("SUMMARY:Appointment with Kim Client\r\n") && !staff.contains("/a#"), "{staff}");
}
