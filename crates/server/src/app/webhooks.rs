//! Use cases of webhooks: who is told what, by which secret it is signed, what became of it, and telling it once more.
//!
//! What happens is written down by `announcing`, in the commit in which it happens; `delivering` tells it.

mod announcing;
mod courier;
mod delivering;
mod signing;
mod views;

pub(crate) use announcing::{Announcer, Moving, drive_moving};
pub(crate) use courier::{BadAddress, Courier, Parcel};
pub(crate) use delivering::drive_webhooks;

use super::accounts::{Clock, Denied, Invalid, Seal, Unfit, Unknown, line};
use super::acting;
use serde_json::json;
use signing::Signer;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use url::Url;
use visavis_domain::ids::{EventId, PersonId, WebhookId};
use visavis_domain::time::Timestamp;
use visavis_domain::webhook::{EventKind, Facts, Subject, TestFacts};
use visavis_live::{Live, TopicName};
use visavis_protocol::{
    DeliveryPage, MadeWebhook, NewWebhook, ReplayRequest, Replayed, WebhookChange, WebhookSecret, WebhookView,
};
use visavis_store::{
    Action, Audited, NewEvent, Replay, SealedSecrets, Store, StoreError, Webhook, WebhookEdit, WebhookState,
};

const MAX_NAME_CHARS: usize = 64;
const MAX_URL_CHARS: usize = 2_000;
/// All of them are listed at once, and each has lines of its own at every instance.
const MOST_WEBHOOKS: u64 = 50;
/// Deliveries of one answer.
const MOST_AT_ONCE: u64 = 100;
/// For how long the secret before signs too: receivers are changed one after the other.
const BOTH_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything the edges can ask for about webhooks.
pub(crate) struct Webhooks {
    around: WebhookParts,
    seal: Seal,
}

/// What webhooks are made over.
pub(crate) struct WebhookParts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) live: Arc<dyn Live>,
    pub(crate) clock: Clock,
    pub(crate) announcer: Announcer,
    pub(crate) courier: Arc<dyn Courier>,
    /// For how long what was done is known.
    pub(crate) keep: Duration,
}

/// By which instances hear that somebody else is told from now on.
fn changed_topic() -> TopicName {
    TopicName::new("webhooks:")
}

impl Webhooks {
    /// With the installation's key.
    pub(crate) fn new(around: WebhookParts, key: &[u8]) -> Self {
        Self { around, seal: Seal::new(key, "webhooks") }
    }

    fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    fn store(&self) -> &dyn Store {
        &*self.around.store
    }

    /// All, latest made first, with how they do.
    pub(crate) async fn list(&self) -> Result<Vec<WebhookView>, Denied> {
        let (webhooks, health) = (self.store().webhooks().await?, self.store().webhook_health().await?);
        let of = |id| health.iter().find(|health| health.id == id);
        Ok(webhooks.into_iter().map(|webhook| views::webhook(&webhook, of(webhook.id))).collect())
    }

    /// A new one.
    pub(crate) async fn make(&self, actor: PersonId, new: &NewWebhook) -> Result<MadeWebhook, Denied> {
        let id = WebhookId::from_bits(u128::from_be_bytes(random()));
        let secret = signing::draw();
        let webhook = Webhook {
            id,
            name: name(&new.name)?,
            url: self.url(&new.url)?,
            kinds: kinds(&new.kinds)?,
            state: WebhookState::On,
            secrets: SealedSecrets { newest: self.sealed(id, &secret), earlier: None },
            created_at: self.now(),
            delivered_at: None,
            failed: None,
        };
        let audited = self.audited(actor, Action::WebhookCreated, id, json!({ "kinds": webhook.kinds }));
        match self.store().create_webhook(webhook.clone(), MOST_WEBHOOKS, audited).await {
            Ok(()) => {}
            Err(StoreError::Full) => return Err(Denied::Invalid(Invalid::Webhooks)),
            Err(error) => return Err(error.into()),
        }
        self.tell_changed().await;
        Ok(MadeWebhook { webhook: views::webhook(&webhook, None), secret: signing::text(&secret) })
    }

    /// Changes one. What is absent stays.
    pub(crate) async fn change(
        &self,
        actor: PersonId,
        id: WebhookId,
        change: &WebhookChange,
    ) -> Result<WebhookView, Denied> {
        let edit = WebhookEdit {
            name: change.name.as_deref().map(name).transpose()?,
            url: change.url.as_deref().map(|url| self.url(url)).transpose()?,
            kinds: change.kinds.as_deref().map(kinds).transpose()?,
            state: change.on.map(|on| if on { WebhookState::On } else { WebhookState::Off }),
            secrets: None,
        };
        let named = [("name", edit.name.is_some()), ("url", edit.url.is_some())];
        let fields: Vec<_> = named.into_iter().filter(|(_, new)| *new).map(|(name, _)| name).collect();
        let detail = json!({ "changed": fields, "kinds": edit.kinds, "state": edit.state });
        let audited = self.audited(actor, Action::WebhookChanged, id, detail);
        let changed = self.store().change_webhook(id, edit, audited).await;
        let webhook = changed.map_err(Denied::missing(Denied::Unknown(Unknown::Webhook)))?;
        self.tell_changed().await;
        let health = self.store().webhook_health().await?;
        Ok(views::webhook(&webhook, health.iter().find(|health| health.id == id)))
    }

    /// Removes one.
    pub(crate) async fn remove(&self, actor: PersonId, id: WebhookId) -> Result<(), Denied> {
        let audited = self.audited(actor, Action::WebhookRemoved, id, serde_json::Value::Null);
        let removed = self.store().remove_webhook(id, audited).await;
        removed.map_err(Denied::missing(Denied::Unknown(Unknown::Webhook)))?;
        self.tell_changed().await;
        Ok(())
    }

    /// Another secret; the one before signs too for a day.
    pub(crate) async fn rotate(&self, actor: PersonId, id: WebhookId) -> Result<WebhookSecret, Denied> {
        let webhook = self.known(id).await?;
        let (secret, until) = (signing::draw(), self.now().plus(BOTH_FOR));
        let secrets = SealedSecrets {
            newest: self.sealed(id, &secret),
            earlier: Some((webhook.secrets.newest, until)),
        };
        let edit = WebhookEdit { secrets: Some(secrets), ..WebhookEdit::default() };
        let audited = self.audited(actor, Action::WebhookChanged, id, json!({ "changed": ["secret"] }));
        let changed = self.store().change_webhook(id, edit, audited).await;
        changed.map_err(Denied::missing(Denied::Unknown(Unknown::Webhook)))?;
        Ok(WebhookSecret { secret: signing::text(&secret), earlier_until: until })
    }

    /// What it was told, latest first, from before a number on.
    pub(crate) async fn deliveries(
        &self,
        id: WebhookId,
        before: Option<u64>,
        take: u64,
    ) -> Result<DeliveryPage, Denied> {
        self.known(id).await?;
        let take = take.clamp(1, MOST_AT_ONCE);
        let found = self.store().deliveries(id, before, take).await?;
        let whole = found.len() as u64 == take;
        let next = found.last().filter(|_| whole).map(|last| last.event.number);
        Ok(DeliveryPage { deliveries: found.iter().map(views::delivery).collect(), next })
    }

    /// Tells it something once more.
    pub(crate) async fn replay(
        &self,
        actor: PersonId,
        id: WebhookId,
        request: &ReplayRequest,
    ) -> Result<Replayed, Denied> {
        self.known(id).await?;
        let ReplayRequest { event, later } = *request;
        let which = if later { Replay::From(event) } else { Replay::One(event) };
        let detail = json!({ "event": event, "later": later });
        let audited = self.audited(actor, Action::WebhookReplayed, id, detail);
        let count = self.store().replay(id, which, self.now(), audited).await;
        let count = count.map_err(Denied::missing(Denied::Unknown(Unknown::Event)))?;
        self.around.announcer.wake();
        Ok(Replayed { count })
    }

    /// Tells it something that did not happen.
    pub(crate) async fn try_out(&self, actor: PersonId, id: WebhookId) -> Result<(), Denied> {
        if self.known(id).await?.state != WebhookState::On {
            return Err(Denied::Unfit(Unfit::Off));
        }
        let event = NewEvent {
            id: EventId::from_bits(u128::from_be_bytes(random())),
            kind: EventKind::WebhookTest,
            subject: Subject::Webhook(id).to_string(),
            at: self.now(),
            data: announcing::data(&Facts::Test(TestFacts { webhook: id })),
        };
        let audited =
            self.audited(actor, Action::WebhookReplayed, id, json!({ "event": event.id, "test": true }));
        let put = self.store().put_event_for(id, event, audited).await;
        put.map_err(Denied::missing(Denied::Unfit(Unfit::Off)))?;
        self.around.announcer.wake();
        Ok(())
    }

    async fn known(&self, id: WebhookId) -> Result<Webhook, Denied> {
        self.store().webhook(id).await?.ok_or(Denied::Unknown(Unknown::Webhook))
    }

    fn audited(&self, actor: PersonId, action: Action, id: WebhookId, detail: serde_json::Value) -> Audited {
        let detail = acting::with_key(detail);
        Audited { at: self.now(), actor: Some(actor), action, subject: id.to_string(), detail }
    }

    /// Where to, if it is an address that may be told. What its name leads to is asked each time.
    fn url(&self, typed: &str) -> Result<String, Denied> {
        let typed = typed.trim();
        let fits = typed.chars().count() <= MAX_URL_CHARS;
        let url = Url::parse(typed).ok().filter(|_| fits).ok_or(Denied::Invalid(Invalid::Url))?;
        match self.around.courier.check(&url) {
            Ok(()) => Ok(url.into()),
            Err(BadAddress::Form) => Err(Denied::Invalid(Invalid::Url)),
            Err(BadAddress::Refused) => Err(Denied::Invalid(Invalid::Address)),
        }
    }

    fn sealed(&self, id: WebhookId, secret: &[u8]) -> Vec<u8> {
        self.seal.seal(&id.to_string(), random(), secret)
    }

    /// Signs for one webhook; none if its secrets were sealed by another installation.
    fn signer(&self, webhook: &Webhook) -> Option<Signer> {
        let about = webhook.id.to_string();
        let open = |sealed: &[u8]| self.seal.open(&about, sealed).ok();
        let newest = open(&webhook.secrets.newest)?;
        let earlier = webhook.secrets.earlier.as_ref().filter(|(_, until)| self.now() < *until);
        Some(Signer::new(newest, earlier.and_then(|(sealed, _)| open(sealed))))
    }

    /// Who is told of what, from now on: here at once, at the others as soon as they hear of it.
    async fn tell_changed(&self) {
        if let Err(error) = self.look_who_is_told().await {
            tracing::warn!(%error, "who is told of what is looked up soon");
        }
        let told = self.around.live.publish(changed_topic(), bytes::Bytes::from_static(b"!")).await;
        if let Err(error) = told {
            tracing::warn!(%error, "other instances look soon who is told of what");
        }
    }

    /// Which kinds of events anybody is told of.
    pub(crate) async fn look_who_is_told(&self) -> Result<(), StoreError> {
        let all = self.store().webhooks().await?;
        let on = all.iter().filter(|webhook| webhook.state == WebhookState::On);
        self.around.announcer.set_wanted(on.flat_map(|webhook| webhook.kinds.iter().copied()).collect());
        Ok(())
    }
}

fn name(typed: &str) -> Result<String, Denied> {
    let name = line(typed, MAX_NAME_CHARS).filter(|name| !name.is_empty());
    name.ok_or(Denied::Invalid(Invalid::Name))
}

fn kinds(typed: &[EventKind]) -> Result<Vec<EventKind>, Denied> {
    let once: BTreeSet<EventKind> = typed.iter().copied().collect();
    if once.is_empty() || once.contains(&EventKind::WebhookTest) {
        return Err(Denied::Invalid(Invalid::Kinds));
    }
    Ok(once.into_iter().collect())
}

/// Bytes that nobody can guess.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
