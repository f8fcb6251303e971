//! The demonstration set: an admin, three representatives, a desk, rooms of the lounge. Adds what is not there and changes nothing that
//! is.

use super::passwords::Verdict;
use super::{Accounts, Denied, Lane, email};
use visavis_domain::account::AccountRole;
use visavis_domain::hours::{Hours, Opening};
use visavis_domain::ids::{DeskId, PersonId};
use visavis_protocol::NewPerson;
use visavis_store::Desk;

/// The slug of its desk.
pub(in crate::app) const DESK: &str = "help";
/// Where the lounge is.
const LOUNGE: &str = "/lounge";
/// Who has an appointment.
pub(in crate::app) const PROFESSIONAL: &str = "ana@demo";
/// Without letters and digits that look like others.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

struct Person {
    email: &'static str,
    name: &'static str,
    title: &'static str,
    role: AccountRole,
    /// Of the desk.
    member: bool,
}

const PEOPLE: [Person; 4] = [
    Person { email: "admin@demo", name: "Admin", title: "", role: AccountRole::Admin, member: false },
    Person {
        email: PROFESSIONAL,
        name: "Ana Kaya",
        title: "Claims, English · Türkçe",
        role: AccountRole::Staff,
        member: true,
    },
    Person {
        email: "ben@demo",
        name: "Ben Lang",
        title: "Contracts, Deutsch",
        role: AccountRole::Staff,
        member: true,
    },
    Person { email: "cem@demo", name: "Cem Yıldız", title: "", role: AccountRole::Staff, member: true },
];

/// What there is to try out.
pub(crate) struct Demonstration {
    /// The desk's place in the site.
    pub(crate) desk: String,
    /// The lounge's.
    pub(crate) lounge: String,
    /// Who can sign in with the password, and who has another one by now.
    pub(crate) people: Vec<(&'static str, Entry)>,
    /// Of the former.
    pub(crate) password: String,
    /// The link of a client to the next appointment.
    pub(crate) appointment: Option<String>,
}

/// How somebody of the set signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// With the password of the set.
    Shared,
    /// With one of their own, set since.
    Own,
}

impl Accounts {
    /// Letters and digits for a password that people type: 80 bits.
    pub(crate) fn draw_password(&self) -> String {
        let letters = self.random::<16>().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    /// Adds what is not there yet.
    pub(crate) async fn demonstrate(&self, password: String) -> Result<Demonstration, Denied> {
        let (mut people, mut members) = (Vec::new(), Vec::new());
        for person in &PEOPLE {
            let (id, entry) = self.demonstrator(person, &password).await?;
            people.push((person.email, entry));
            if person.member {
                members.push(id);
            }
        }
        if self.desk_of_slug(DESK).await?.is_none() {
            let id = DeskId::from_bits(self.random_bits());
            self.put_desk(None, demo_desk(id, members), None).await?;
        }
        self.demonstrate_lounge().await?;
        let (desk, lounge) = (format!("/desk/{DESK}"), LOUNGE.to_owned());
        Ok(Demonstration { desk, lounge, people, password, appointment: None })
    }

    async fn demonstrator(&self, person: &Person, password: &str) -> Result<(PersonId, Entry), Denied> {
        if let Some(account) = self.store().account_by_email(&email(person.email)?).await? {
            let stored = self.store().credentials(account.id).await?.password;
            let verdict = self.around.passwords.compare(password, stored.as_deref(), Lane::Known).await?;
            let entry = if verdict == Verdict::Wrong { Entry::Own } else { Entry::Shared };
            return Ok((account.id, entry));
        }
        let new = NewPerson {
            email: person.email.to_owned(),
            name: person.name.to_owned(),
            title: person.title.to_owned(),
            role: person.role,
        };
        Ok((self.create_with_password(&new, password).await?, Entry::Shared))
    }
}

fn demo_desk(id: DeskId, members: Vec<PersonId>) -> Desk {
    let office = |weekday| Opening { weekday, from: 9 * 60, to: 17 * 60 };
    Desk {
        id,
        slug: DESK.to_owned(),
        name: "Insurance help".to_owned(),
        about: "Claims, contracts and everything else about your insurance".to_owned(),
        hours: Some(Hours {
            zone: "Europe/Istanbul".to_owned(),
            weekly: (1..=5).map(office).collect(),
            closed: Vec::new(),
        }),
        wrap_up_s: 0,
        ring_s: 30,
        sites: Vec::new(),
        members,
    }
}
