//! Who comes over a link: the token is exchanged once for a cookie, and every use of the cookie asks again whether
//! the link and its appointment still hold.

use super::Appointments;
use crate::app::Identity;
use crate::app::accounts::{Denied, Unknown};
use crate::app::bookings::{Guest, guest};
use crate::app::tokens::TokenRefused;
use std::time::Duration;
use visavis_domain::appointment::{LinkClaims, LinkRefusal, Phase};
use visavis_domain::ids::{AppointmentId, PersonId};
use visavis_domain::name::PersonName;
use visavis_domain::time::Timestamp;
use visavis_protocol::ClientAppointment;
use visavis_store::{Account, Appointment, Link};

/// Somebody who came over a link that holds.
#[derive(Clone)]
pub(crate) struct Came {
    pub(crate) appointment: Appointment,
    pub(crate) link: Link,
    pub(crate) claims: LinkClaims,
    pub(crate) phase: Phase,
}

/// A cookie to be: what came of a link.
pub(crate) struct LinkCookie {
    value: String,
    /// How long browsers keep it.
    pub(crate) keep: Duration,
}

impl LinkCookie {
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }
}

/// What one gets for a token, or for coming back.
pub(crate) struct Entered {
    pub(crate) cookie: LinkCookie,
    pub(crate) view: ClientAppointment,
}

/// For how long after its end a browser still knows to which appointment it came.
const KNOWN_AFTER: Duration = Duration::from_hours(24);

/// A genuine link that is of no use, with what helps its owner.
#[derive(Debug)]
pub(crate) struct LinkRefused {
    pub(crate) refusal: LinkRefusal,
    /// Whose appointment it is.
    pub(crate) professional: PersonName,
    /// When it is, or was to be.
    pub(crate) starts_at: Timestamp,
}

impl Appointments {
    /// Exchanges a token for a cookie. Whatever is not genuine is refused alike, what names nothing of ours included.
    pub(crate) async fn enter(&self, token: &str) -> Result<Entered, Denied> {
        let claims = self.around.keys.verify(token).map_err(|_| Denied::LinkInvalid)?;
        let came = self.worth(claims).await?.ok_or(Denied::LinkInvalid)?;
        self.entered(&came).await
    }

    /// Who came, by their cookie.
    pub(crate) async fn came_over(&self, cookie: &str) -> Result<Came, Denied> {
        let claims = self.tokens.check_link_cookie(self.now(), cookie);
        let claims = claims.map_err(|TokenRefused| Denied::LinkNeeded)?;
        self.worth(claims).await?.ok_or(Denied::LinkNeeded)
    }

    /// Who came for this appointment, as sessions have them.
    pub(crate) async fn came_for(&self, id: AppointmentId, cookie: &str) -> Result<Identity, Denied> {
        let came = self.came_over(cookie).await?;
        if came.appointment.id != id {
            return Err(Denied::LinkNeeded);
        }
        Ok(Identity {
            person: came.link.person,
            sign_in: None,
            link: Some(came.claims),
            from: None,
            browser: None,
            vouched: None,
        })
    }

    /// Whether a link that was genuine still holds, for who has come over it.
    pub(crate) async fn still_holds(&self, claims: LinkClaims) -> Result<bool, Denied> {
        match self.worth(claims).await {
            Ok(came) => Ok(came.is_some()),
            Err(Denied::Link(_)) => Ok(false),
            Err(denied) => Err(denied),
        }
    }

    /// The appointment as who came sees it, with a cookie that outlasts it as it is now: it may have been moved, and
    /// afterwards the page can still say that it is over. What the cookie is good for is asked each time.
    pub(crate) async fn entered(&self, came: &Came) -> Result<Entered, Denied> {
        let Came { appointment, link, claims, phase } = came;
        let now = self.now();
        let professional = self.professional(appointment.professional).await?;
        let window = appointment.schedule.window(self.margins());
        let until = window.closes_at.plus(KNOWN_AFTER);
        let value = self.tokens.link_cookie(until, *claims);
        let value = value.map_err(|TokenRefused| Denied::Defect("the cookie of a link"))?;
        let keep = Duration::from_millis(until.0.saturating_sub(now.0));
        let view = ClientAppointment {
            id: appointment.id,
            professional_name: professional.name.shown().to_owned(),
            professional_title: professional.title,
            name: link.name.as_ref().unwrap_or(&appointment.client).shown().to_owned(),
            kind: link.kind,
            about: appointment.about.clone(),
            starts_at: appointment.schedule.starts_at,
            minutes: appointment.schedule.minutes,
            opens_at: window.opens_at,
            closes_at: window.closes_at,
            phase: *phase,
            now,
        };
        Ok(Entered { cookie: LinkCookie { value, keep }, view })
    }

    /// What a genuine link is worth now; none if there is no such link or appointment. What goes on counts, for a token
    /// as for the cookie that came of it: whoever has lost the page finds back by the mail.
    async fn worth(&self, claims: LinkClaims) -> Result<Option<Came>, Denied> {
        let found = guest(self.store(), claims, self.margins(), self.now()).await?;
        let Some(mut found) = found else { return Ok(None) };
        if matches!(found.worth, Ok(Phase::Early) | Err(LinkRefusal::Expired)) {
            let visit = self.around.app.visit(found.appointment.id).await;
            let visit = visit.map_err(|refused| refused.denied(Denied::LinkNeeded))?;
            found.worth = found.worth_meanwhile(visit.as_ref());
        }
        self.weighed(claims, found).await.map(Some)
    }

    async fn weighed(&self, claims: LinkClaims, found: Guest) -> Result<Came, Denied> {
        let Guest { appointment, link, worth } = found;
        match worth {
            Ok(phase) => Ok(Came { appointment, link, claims, phase }),
            Err(refusal) => {
                let professional = self.professional(appointment.professional).await?.name;
                let starts_at = appointment.schedule.starts_at;
                Err(Denied::Link(Box::new(LinkRefused { refusal, professional, starts_at })))
            }
        }
    }

    pub(super) async fn professional(&self, id: PersonId) -> Result<Account, Denied> {
        self.store().account(id).await?.ok_or(Denied::Unknown(Unknown::Person))
    }
}
