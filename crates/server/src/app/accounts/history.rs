//! The history of calls and the audit log, for those who may read them. Reading others' calls is written down.

use super::{Accounts, Denied, Invalid, Unknown};
use crate::app::places::Place;
use std::collections::HashMap;
use visavis_domain::ids::{ApiKeyId, DeskId, LoungeRoomId, PersonId, RingId, WebhookId};
use visavis_domain::ring::RingEnd;
use visavis_domain::time::Timestamp;
use visavis_protocol::{AuditPage, AuditView, CallNote, CallOutcome, CallPage, CallView};
use visavis_store::{Action, AuditRow, Broken, CallFilter, CallRecord, Outcome, Page};

const MAX_NOTE_CHARS: usize = 4000;
/// Rows of a part of an export.
const MOST_AT_ONCE: u64 = 200;

/// Which calls, as somebody asks for them; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CallsAsked {
    pub(crate) end: Option<RingEnd>,
    pub(crate) ended: Option<bool>,
    pub(crate) desk: Option<DeskId>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
    /// Behind this one.
    pub(crate) after: Option<Place<RingId>>,
}

impl CallsAsked {
    fn filter(self, representative: Option<PersonId>) -> CallFilter {
        let Self { end, ended, desk, from, to, after } = self;
        let after = after.map(|Place(at, ring)| (at, ring));
        CallFilter { desk, representative, end, ended, from, to, after }
    }

    /// For the audit log.
    fn detail(self) -> serde_json::Value {
        let Self { end, ended, desk, from, to, after: _ } = self;
        serde_json::json!({ "end": end, "ended": ended, "desk": desk, "from": from, "to": to })
    }
}

/// Where the last of a part stands, if there may be more behind it.
fn place_of_last(calls: &[CallRecord], page: Page) -> Option<Place<RingId>> {
    let last = calls.last().filter(|_| calls.len() as u64 == page.take)?;
    Some(Place(last.started_at, last.ring))
}

impl Accounts {
    /// An admin is about to end a call that goes on.
    pub(crate) async fn begin_ending(&self, admin: PersonId, ring: RingId) -> Result<(), Denied> {
        let call = self.store().call(ring).await?.filter(|call| call.end.is_none());
        call.ok_or(Denied::Unknown(Unknown::Call))?;
        let audited = self.audited(Some(admin), Action::CallEnded, ring, serde_json::Value::Null);
        Ok(self.store().audit(audited).await?)
    }

    /// An admin is about to do this to what happens in a room, or to look at it. Written down first, by what is no name.
    pub(crate) async fn begin_in_room(
        &self,
        admin: PersonId,
        action: Action,
        subject: String,
    ) -> Result<(), Denied> {
        let audited = self.audited(Some(admin), action, subject, serde_json::Value::Null);
        Ok(self.store().audit(audited).await?)
    }

    /// The same of what needs more words.
    pub(crate) async fn begin_about(
        &self,
        admin: PersonId,
        action: Action,
        subject: String,
        detail: serde_json::Value,
    ) -> Result<(), Denied> {
        Ok(self.store().audit(self.audited(Some(admin), action, subject, detail)).await?)
    }

    /// Somebody at the machine is about to draw another key for links.
    pub(crate) async fn begin_rotation(&self, detail: serde_json::Value) -> Result<(), Denied> {
        let audited = self.audited(None, Action::SettingChanged, "link key", detail);
        Ok(self.store().audit(audited).await?)
    }

    /// One's own calls.
    pub(crate) async fn own_calls(
        &self,
        who: PersonId,
        asked: CallsAsked,
        page: Page,
    ) -> Result<CallPage, Denied> {
        self.page_of(asked.filter(Some(who)), page).await
    }

    /// Everybody's calls.
    pub(crate) async fn all_calls(
        &self,
        admin: PersonId,
        asked: CallsAsked,
        page: Page,
    ) -> Result<CallPage, Denied> {
        let audited = self.audited(Some(admin), Action::HistoryRead, "", asked.detail());
        self.store().audit(audited).await?;
        self.page_of(asked.filter(None), page).await
    }

    /// Says that everybody's calls are exported, and gives back what to ask for: without those that begin
    /// meanwhile, which would move the parts against each other.
    pub(crate) async fn begin_export(
        &self,
        admin: PersonId,
        asked: CallsAsked,
    ) -> Result<CallsAsked, Denied> {
        let audited = self.audited(Some(admin), Action::HistoryExported, "", asked.detail());
        self.store().audit(audited).await?;
        let now = self.now();
        Ok(CallsAsked { to: Some(asked.to.map_or(now, |to| to.min(now))), ..asked })
    }

    /// A part of an export.
    pub(crate) async fn export(
        &self,
        asked: CallsAsked,
    ) -> Result<(Vec<CallView>, Option<Place<RingId>>), Denied> {
        let page = Page { skip: 0, take: MOST_AT_ONCE };
        let calls = self.store().calls(asked.filter(None), page).await?;
        let next = place_of_last(&calls, page);
        Ok((calls.into_iter().map(call_view).collect(), next))
    }

    async fn page_of(&self, filter: CallFilter, page: Page) -> Result<CallPage, Denied> {
        let calls = self.store().calls(filter, page).await?;
        let total = self.store().count_calls(CallFilter { after: None, ..filter }).await?;
        let next = place_of_last(&calls, page).map(|place| place.to_string());
        Ok(CallPage { calls: calls.into_iter().map(call_view).collect(), total, next })
    }

    /// Writes down what came of one's own call.
    pub(crate) async fn note_call(&self, who: PersonId, ring: RingId, note: CallNote) -> Result<(), Denied> {
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        let text = note.note.replace("\r\n", "\n");
        if text.chars().count() > MAX_NOTE_CHARS || text.chars().any(odd) {
            return Err(Denied::Invalid(Invalid::Note));
        }
        let outcome = note.outcome.map(|outcome| match outcome {
            CallOutcome::Resolved => Outcome::Resolved,
            CallOutcome::FollowUp => Outcome::FollowUp,
            CallOutcome::Misdirected => Outcome::Misdirected,
        });
        let noted = self.store().note_call(ring, who, text, outcome).await;
        noted.map_err(Denied::missing(Denied::Unknown(Unknown::Call)))
    }

    /// Takes a call that is over out of the history, with everything said about it.
    pub(crate) async fn forget_call(&self, admin: PersonId, ring: RingId) -> Result<(), Denied> {
        let audited = self.audited(Some(admin), Action::CallForgotten, ring, serde_json::Value::Null);
        let forgotten = self.store().forget_call(ring, audited).await;
        forgotten.map_err(Denied::missing(Denied::Unknown(Unknown::Call)))
    }

    /// A part of the audit log, latest first; that it was read is its first row.
    pub(crate) async fn audit_log(
        &self,
        admin: PersonId,
        before: Option<u64>,
        take: u64,
    ) -> Result<AuditPage, Denied> {
        let detail = serde_json::json!({ "before": before, "take": take });
        self.store().audit(self.audited(Some(admin), Action::AuditRead, "", detail)).await?;
        let rows = self.store().audit_rows(before, Page { skip: 0, take }).await?;
        let next = rows.last().map(|row| row.number).filter(|first| *first > 1);
        let next = next.filter(|_| rows.len() as u64 == take).map(|number| number.to_string());
        let names = self.names_in(&rows).await?;
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let rows = rows.into_iter().map(|row| AuditView {
            number: row.number,
            at: row.at,
            actor: row.actor,
            actor_name: row.actor.map(|id| name(&id.to_string())).unwrap_or_default(),
            action: snake(row.action),
            subject_name: name(&row.subject),
            subject: row.subject,
            detail: row.detail,
        });
        Ok(AuditPage { rows: rows.collect(), next })
    }

    /// What those are called now whom rows are about, by their ids. What is not named here, or is gone, has no name; what
    /// people call their rooms is theirs.
    async fn names_in(&self, rows: &[AuditRow]) -> Result<HashMap<String, String>, Denied> {
        let store = self.store();
        let accounts = store.accounts().await?.into_iter();
        let mut names: HashMap<_, _> =
            accounts.map(|one| (one.id.to_string(), one.name.shown().to_owned())).collect();
        // Nothing is loaded that no row is about.
        if is_about::<DeskId>(rows) {
            names.extend(store.desks().await?.into_iter().map(|one| (one.id.to_string(), one.name)));
        }
        if is_about::<LoungeRoomId>(rows) {
            names.extend(store.lounge_rooms().await?.into_iter().map(|one| (one.id.to_string(), one.name)));
        }
        if is_about::<ApiKeyId>(rows) {
            names.extend(store.api_keys().await?.into_iter().map(|one| (one.id.to_string(), one.name)));
        }
        if is_about::<WebhookId>(rows) {
            names.extend(store.webhooks().await?.into_iter().map(|one| (one.id.to_string(), one.name)));
        }
        Ok(names)
    }

    /// Walks the whole audit log: how many rows it has, or the first that is altered, missing or added.
    pub(crate) async fn verify_audit(&self) -> Result<Result<u64, Broken>, Denied> {
        Ok(self.store().verify_audit().await?)
    }
}

/// Whether one of them is about something with ids of this kind.
fn is_about<Id: std::str::FromStr>(rows: &[AuditRow]) -> bool {
    rows.iter().any(|row| row.subject.parse::<Id>().is_ok())
}

/// As it lies in the store.
fn snake(action: Action) -> String {
    serde_json::to_value(action).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn call_view(call: CallRecord) -> CallView {
    CallView {
        ring: call.ring,
        desk: call.desk_name,
        visitor: call.visitor_name,
        about: call.about,
        representative: call.representative,
        representative_name: call.representative_name,
        into: call.into,
        started_at: call.started_at,
        accepted_at: call.accepted_at,
        ended_at: call.ended_at,
        end: call.end,
        stars: call.stars,
        comment: call.comment,
        note: call.note,
        outcome: call.outcome.map(|outcome| match outcome {
            Outcome::Resolved => CallOutcome::Resolved,
            Outcome::FollowUp => CallOutcome::FollowUp,
            Outcome::Misdirected => CallOutcome::Misdirected,
        }),
    }
}
