//! A store that knows what it was given and remembers how calls ended, and a media server that is never needed.
//! The real store has its own tests.

use crate::app::{IceAsked, IceTold, Media, MediaOffer, MediaRefused, MediaRoom, MediaSeat, MediaSite};
use async_trait::async_trait;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use visavis_domain::account::Email;
use visavis_domain::ids::{
    ApiKeyId, AppointmentId, ConversationId, DeskId, FileId, LinkId, LoungeRoomId, MessageId, ParticipantId,
    PersonId, RingId, SignInId, WebhookId,
};
use visavis_domain::message::Place;
use visavis_domain::name::PersonName;
use visavis_domain::room::Camera;
use visavis_domain::time::Timestamp;
use visavis_protocol::Viewed;
use visavis_store::{
    Account, AccountChange, Accounts, ApiKey, ApiKeys, Appointment, AppointmentEdit, AppointmentFilter,
    Appointments, AuditRow, Audited, Audits, Broken, CallFilter, CallRecord, Calls, ConversationSide,
    Credentials, Delivery, Desk, Desks, FileBounds, FileCard, HeldDelivery, Invitation, Link,
    ListedConversation, Lounge, LoungeRoom, Mail, MailState, NewAccount, NewEvent, NewFile, NewMail,
    NewMessage, Outcome, Page, Removal, Replay, Settings, SignIn, StoreError, StoredConversation,
    StoredMessage, Subject, TokenHash, Tried, Webhook, WebhookEdit, WebhookHealth, Webhooks,
};

/// What was there before the test began, and the calls since.
#[derive(Default)]
pub(super) struct Given {
    pub(super) accounts: HashMap<PersonId, Account>,
    pub(super) desks: HashMap<DeskId, Desk>,
    pub(super) appointments: HashMap<AppointmentId, Appointment>,
    links: Mutex<HashMap<LinkId, Link>>,
    calls: Mutex<HashMap<RingId, Remembered>>,
    rooms: Mutex<Vec<LoungeRoom>>,
    hangs: AtomicBool,
}

/// A call, and how often its end was written.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) record: CallRecord,
    pub(super) ends: u32,
}

impl Given {
    pub(super) fn calls(&self) -> MutexGuard<'_, HashMap<RingId, Remembered>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of the lounge.
    pub(super) fn rooms(&self) -> MutexGuard<'_, Vec<LoungeRoom>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it says nothing of desks and appointments, and never will.
    pub(super) fn hang(&self) {
        self.hangs.store(true, Ordering::Relaxed);
    }

    async fn answers(&self) {
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn links(&self) -> MutexGuard<'_, HashMap<LinkId, Link>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An adapter that has what is written here, and refuses the rest.
macro_rules! refusing {
    ($port:ident; $(fn $method:ident($($argument:tt)*) -> $value:ty;)* => $($own:item)*) => {
        #[async_trait]
        #[allow(unused_variables, reason = "what is refused looks at nothing")]
        impl $port for Given {
            $($own)*
            $(async fn $method($($argument)*) -> Result<$value, StoreError> {
                Err(StoreError::Unavailable(stringify!($method).into()))
            })*
        }
    };
}

refusing! {
    Accounts;
    fn count_accounts(&self) -> u64;
    fn accounts(&self) -> Vec<Account>;
    fn account_by_email(&self, email: &Email) -> Option<Account>;
    fn account_by_subject(&self, subject: &Subject) -> Option<Account>;
    fn create_account(&self, new: NewAccount, invitation: Option<Invitation>, audited: Audited) -> ();
    fn change_account(
        &self, id: PersonId, seen: Option<Account>, to: AccountChange, audited: Audited,
    ) -> (Account, Vec<SignInId>);
    fn link_subject(&self, id: PersonId, subject: Subject, audited: Audited) -> ();
    fn unlink_subject(&self, id: PersonId, audited: Audited) -> Vec<SignInId>;
    fn linked_accounts(&self) -> BTreeSet<PersonId>;
    fn credentials(&self, id: PersonId) -> Credentials;
    fn set_password(
        &self, id: PersonId, password: String, keep: Option<SignInId>, audited: Audited,
    ) -> Vec<SignInId>;
    fn rehash_password(&self, id: PersonId, password: String) -> ();
    fn set_totp(&self, id: PersonId, sealed: Option<Vec<u8>>, audited: Audited) -> ();
    fn use_totp_step(&self, id: PersonId, step: u64) -> bool;
    fn invite(&self, invitation: Invitation, seen: Option<Account>, audited: Audited) -> ();
    fn invitation(&self, token: TokenHash, now: Timestamp) -> Option<(Invitation, Option<Account>)>;
    fn accept_invitation(
        &self, token: TokenHash, now: Timestamp, password: String, audited: Audited,
    ) -> (Account, Vec<SignInId>);
    fn create_first_admin(
        &self, token: TokenHash, now: Timestamp, account: NewAccount, audited: Audited,
    ) -> ();
    fn open_sign_in(&self, sign_in: SignIn, audited: Audited) -> ();
    fn sign_in(&self, token: TokenHash, now: Timestamp) -> Option<(SignIn, Account)>;
    fn touch_sign_in(&self, id: SignInId, seen_at: Timestamp, expires_at: Timestamp) -> ();
    fn sign_ins(&self, account: PersonId, now: Timestamp) -> Vec<SignIn>;
    fn close_sign_in(&self, account: PersonId, id: SignInId, audited: Audited) -> ();
    fn forget_expired(&self, now: Timestamp) -> ();
    =>
    async fn account(&self, id: PersonId) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts.get(&id).cloned())
    }
}

refusing! {
    ApiKeys;
    fn create_api_key(&self, key: ApiKey, most: u64, audited: Audited) -> ();
    fn api_keys(&self) -> Vec<ApiKey>;
    fn api_key(&self, id: ApiKeyId) -> Option<(ApiKey, Account)>;
    fn touch_api_key(&self, id: ApiKeyId, used_at: Timestamp) -> ();
    fn revoke_api_key(&self, id: ApiKeyId, audited: Audited) -> ();
    =>
}

refusing! {
    Desks;
    fn desks(&self) -> Vec<Desk>;
    fn desk_by_slug(&self, slug: &str) -> Option<Desk>;
    fn put_desk(&self, desk: Desk, seen: Option<Desk>, audited: Audited) -> ();
    fn remove_desk(&self, id: DeskId, seen: Option<Desk>, audited: Audited) -> ();
    =>
    async fn desk(&self, id: DeskId) -> Result<Option<Desk>, StoreError> {
        self.answers().await;
        Ok(self.desks.get(&id).cloned())
    }

    async fn desks_of(&self, person: PersonId) -> Result<Vec<Desk>, StoreError> {
        Ok(self.desks.values().filter(|desk| desk.members.contains(&person)).cloned().collect())
    }
}

refusing! {
    Appointments;
    fn create_appointment(
        &self, appointment: Appointment, link: Link, event: Option<NewEvent>, audited: Audited,
    ) -> ();
    fn edit_appointment(
        &self, seen: &Appointment, edit: AppointmentEdit, audited: Audited,
    ) -> Appointment;
    fn links_of(&self, appointments: &[AppointmentId]) -> Vec<Link>;
    fn change_links(
        &self, take_back: Option<(LinkId, Timestamp)>, add: Option<Link>, audited: Audited,
    ) -> ();
    fn queue_mail(&self, mail: NewMail, audited: Audited) -> ();
    fn due_mails(&self, now: Timestamp, take: u64) -> Vec<Mail>;
    fn next_mail(&self) -> Option<Timestamp>;
    fn last_mails(&self, appointments: &[AppointmentId]) -> Vec<Mail>;
    fn forget_appointments(&self, before: Timestamp, most: u64) -> u64;
    fn forget_appointment(&self, seen: &Appointment, audited: Audited) -> ();
    fn mail_is(&self, number: u64, seen: MailState, now: MailState) -> bool;
    =>
    async fn appointment(&self, id: AppointmentId) -> Result<Option<Appointment>, StoreError> {
        self.answers().await;
        Ok(self.appointments.get(&id).cloned())
    }

    async fn appointments(&self, filter: AppointmentFilter) -> Result<Vec<Appointment>, StoreError> {
        let seen = |one: &&Appointment| one.desk.is_some_and(|desk| filter.desks.contains(&desk));
        Ok(self.appointments.values().filter(seen).cloned().collect())
    }

    async fn link(&self, id: LinkId) -> Result<Option<Link>, StoreError> {
        Ok(self.links().get(&id).cloned())
    }

    async fn links(&self, appointment: AppointmentId) -> Result<Vec<Link>, StoreError> {
        Ok(self.links().values().filter(|link| link.appointment == appointment).cloned().collect())
    }
}

refusing! {
    Calls;
    fn calls(&self, filter: CallFilter, page: Page) -> Vec<CallRecord>;
    fn count_calls(&self, filter: CallFilter) -> u64;
    fn forget_calls(&self, before: Timestamp, most: u64) -> u64;
    fn forget_call(&self, ring: RingId, audited: Audited) -> ();
    fn rate_call(&self, ring: RingId, visitor: PersonId, stars: u8, comment: String) -> ();
    fn note_call(
        &self, ring: RingId, representative: PersonId, note: String, outcome: Option<Outcome>,
    ) -> ();
    =>
    /// As the real one: what has ended stays so.
    async fn record_call(&self, record: CallRecord) -> Result<(), StoreError> {
        let mut calls = self.calls();
        let one = calls.entry(record.ring).or_insert(Remembered { record: record.clone(), ends: 0 });
        one.ends += u32::from(record.end.is_some());
        if one.record.end.is_none() {
            let accepted_at = record.accepted_at.or(one.record.accepted_at);
            one.record = CallRecord { accepted_at, ..record };
        }
        Ok(())
    }

    async fn call(&self, ring: RingId) -> Result<Option<CallRecord>, StoreError> {
        Ok(self.calls().get(&ring).map(|one| one.record.clone()))
    }
}

refusing! {
    Webhooks;
    fn create_webhook(&self, webhook: Webhook, most: u64, audited: Audited) -> ();
    fn webhooks(&self) -> Vec<Webhook>;
    fn webhook(&self, id: WebhookId) -> Option<Webhook>;
    fn change_webhook(&self, id: WebhookId, edit: WebhookEdit, audited: Audited) -> Webhook;
    fn remove_webhook(&self, id: WebhookId, audited: Audited) -> ();
    fn webhook_health(&self) -> Vec<WebhookHealth>;
    fn put_events(&self, events: Vec<NewEvent>) -> u64;
    fn put_event_for(&self, webhook: WebhookId, event: NewEvent, audited: Audited) -> ();
    fn webhooks_due(&self, now: Timestamp) -> Vec<WebhookId>;
    fn hold_deliveries(
        &self, webhook: WebhookId, now: Timestamp, until: Timestamp, take: u64,
    ) -> Vec<HeldDelivery>;
    fn delivery_tried(&self, tried: Tried) -> bool;
    fn deliveries(&self, webhook: WebhookId, before: Option<u64>, take: u64) -> Vec<Delivery>;
    fn replay(&self, webhook: WebhookId, which: Replay, now: Timestamp, audited: Audited) -> u64;
    fn sweep_deliveries(
        &self, now: Timestamp, give_up_before: Timestamp, forget_before: Timestamp, most: u64,
    ) -> (u64, u64);
    =>
}

refusing! {
    Audits;
    fn audit(&self, audited: Audited) -> ();
    fn audit_rows(&self, before: Option<u64>, page: Page) -> Vec<AuditRow>;
    fn verify_audit(&self) -> Result<u64, Broken>;
    =>
}

refusing! {
    Lounge;
    fn put_lounge_room(&self, room: LoungeRoom, audited: Audited) -> ();
    fn remove_lounge_room(&self, id: LoungeRoomId, audited: Audited) -> ();
    fn add_message(&self, message: NewMessage) -> (StoredMessage, bool);
    fn message(&self, id: MessageId) -> Option<StoredMessage>;
    fn last_wrote(&self, place: Place, person: PersonId) -> Option<Timestamp>;
    fn edit_message(&self, id: MessageId, text: String, at: Timestamp) -> StoredMessage;
    fn delete_message(&self, id: MessageId, audited: Option<Audited>) -> StoredMessage;
    fn forget_lounge(&self, before: Timestamp, now: Timestamp, most: u64) -> u64;
    fn add_file(&self, file: NewFile, bounds: FileBounds) -> ();
    fn file_card(&self, id: FileId) -> Option<FileCard>;
    fn file(&self, id: FileId) -> Option<(FileCard, Vec<u8>)>;
    fn conversation_between(&self, one: PersonId, other: PersonId) -> Option<StoredConversation>;
    fn conversation(&self, id: ConversationId) -> Option<StoredConversation>;
    fn begin_conversation(
        &self, id: ConversationId, one: (PersonId, PersonName), other: (PersonId, PersonName),
    ) -> StoredConversation;
    fn set_conversation_open(&self, id: ConversationId, person: PersonId, open: bool) -> ();
    fn mark_conversation(
        &self, id: ConversationId, person: PersonId, delivered: u64, read: u64,
    ) -> (ConversationSide, bool);
    fn set_blocked(&self, person: PersonId, other: (PersonId, PersonName), blocked: bool) -> ();
    fn remove_member(&self, removal: Removal, audited: Audited) -> ();
    fn lift_removal(&self, person: PersonId, audited: Audited) -> ();
    fn removals(&self, now: Timestamp) -> Vec<Removal>;
    =>
    async fn lounge_rooms(&self) -> Result<Vec<LoungeRoom>, StoreError> {
        Ok(self.rooms().clone())
    }

    async fn lounge_room(&self, id: LoungeRoomId) -> Result<Option<LoungeRoom>, StoreError> {
        Ok(self.rooms().iter().find(|room| room.id == id).cloned())
    }

    // Nobody has written or blocked anything, and nobody was removed.
    async fn messages(
        &self,
        place: Place,
        before: Option<u64>,
        take: u64,
    ) -> Result<Vec<StoredMessage>, StoreError> {
        Ok(Vec::new())
    }

    async fn conversations_of(&self, person: PersonId) -> Result<Vec<ListedConversation>, StoreError> {
        Ok(Vec::new())
    }

    async fn blocked_by(&self, person: PersonId) -> Result<Vec<(PersonId, PersonName)>, StoreError> {
        Ok(Vec::new())
    }

    async fn is_blocked_between(&self, one: PersonId, other: PersonId) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn is_removed(&self, person: PersonId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(false)
    }
}

refusing! {
    Settings;
    fn remember(&self, key: &str, value: serde_json::Value) -> serde_json::Value;
    fn setting(&self, key: &str) -> Option<serde_json::Value>;
    fn set_setting(&self, key: &str, value: serde_json::Value, audited: Audited) -> ();
    =>
}

/// Calls of two go from each to each. Remembers what it was told to keep to last.
#[derive(Default)]
pub(super) struct NoMedia(Mutex<Vec<MediaRoom>>);

impl NoMedia {
    pub(super) fn keeps_to(&self) -> Vec<MediaRoom> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Media for NoMedia {
    async fn offer(&self, _: MediaSite, _: MediaSeat, _: MediaOffer) -> Result<String, MediaRefused> {
        Err(MediaRefused::Away)
    }

    async fn view(&self, _: MediaSite, _: ParticipantId, _: Vec<Viewed>) -> Result<(), MediaRefused> {
        Err(MediaRefused::Away)
    }

    async fn ice(&self, _: MediaSite, _: ParticipantId, _: IceAsked) -> Result<IceTold, MediaRefused> {
        Err(MediaRefused::Away)
    }

    fn mute(&self, _: MediaSite, _: ParticipantId) {}

    fn camera(&self, _: MediaSite, _: ParticipantId, _: Camera) {}

    fn reseat(&self, _: MediaSite, _: MediaSeat) {}

    fn remove(&self, _: MediaSite, _: ParticipantId) {}

    fn allow_only(&self, _: MediaSite, _: Option<ParticipantId>) {}

    fn retire(&self, _: MediaSite) {}

    fn end(&self, _: MediaSite) {}

    fn reconcile(&self, rooms: Vec<MediaRoom>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = rooms;
    }

    fn end_all(&self) {}
}
