//! The tables as SeaORM sees them: one module each. Rows are turned into the port's types beside the queries; no row
//! is ever printed, since some hold hashes of passwords.
#![allow(unreachable_pub, reason = "the derives make public items")]
#![allow(clippy::wildcard_imports, reason = "the derives name much of the prelude")]

use sea_orm::{EntityTrait, Related, RelationDef};

/// A module for one table.
macro_rules! table {
    ($module:ident, $table:literal, { $($(#[$meta:meta])* $field:ident: $type:ty,)* }) => {
        pub(super) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                $($(#[$meta])* pub $field: $type,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(account, "accounts", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    email: String,
    name: String,
    title: String,
    role: String,
    state: String,
    password: Option<String>,
    totp: Option<Vec<u8>>,
    totp_step: i64,
    created_at: i64,
});

table!(subject, "subjects", {
    #[sea_orm(primary_key, auto_increment = false)]
    issuer: String,
    #[sea_orm(primary_key, auto_increment = false)]
    subject: String,
    account: String,
});

table!(invitation, "invitations", {
    #[sea_orm(primary_key, auto_increment = false)]
    token: Vec<u8>,
    purpose: String,
    account: Option<String>,
    expires_at: i64,
});

table!(sign_in, "sign_ins", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    token: Vec<u8>,
    account: String,
    created_at: i64,
    seen_at: i64,
    expires_at: i64,
    browser: String,
});

table!(api_key, "api_keys", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    hash: Vec<u8>,
    name: String,
    account: String,
    scopes: String,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
});

table!(desk, "desks", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    slug: String,
    name: String,
    about: String,
    hours: Option<String>,
    wrap_up_s: i64,
    ring_s: i64,
    sites: String,
});

table!(desk_member, "desk_members", {
    #[sea_orm(primary_key, auto_increment = false)]
    desk: String,
    #[sea_orm(primary_key, auto_increment = false)]
    person: String,
    place: i64,
});

table!(call, "calls", {
    #[sea_orm(primary_key, auto_increment = false)]
    ring: String,
    desk: Option<String>,
    desk_name: String,
    visitor: String,
    visitor_name: String,
    about: String,
    representative: String,
    representative_name: String,
    asked_into: Option<String>,
    started_at: i64,
    accepted_at: Option<i64>,
    ended_at: Option<i64>,
    ending: Option<String>,
    stars: Option<i64>,
    comment: String,
    note: String,
    outcome: Option<String>,
    appointment: Option<String>,
});

table!(appointment, "appointments", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    professional: String,
    desk: Option<String>,
    client: String,
    email: Option<String>,
    about: String,
    starts_at: i64,
    minutes: i64,
    zone: String,
    state: String,
    sequence: i64,
    note: String,
    created_at: i64,
});

table!(link, "links", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    appointment: String,
    person: String,
    kind: String,
    name: Option<String>,
    created_at: i64,
    revoked_at: Option<i64>,
});

table!(mail, "mails", {
    #[sea_orm(primary_key, auto_increment = false)]
    number: i64,
    appointment: String,
    kind: String,
    sequence: i64,
    message: String,
    base: String,
    state: String,
    at: i64,
    tries: Option<i64>,
});

table!(audit, "audit", {
    #[sea_orm(primary_key, auto_increment = false)]
    number: i64,
    at: i64,
    actor: Option<String>,
    action: String,
    subject: String,
    detail: String,
    mac: Vec<u8>,
});

table!(audit_head, "audit_head", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: i64,
    written: i64,
    last: Vec<u8>,
    mac: Vec<u8>,
});

table!(setting, "settings", {
    #[sea_orm(primary_key, auto_increment = false)]
    name: String,
    value: String,
});

table!(message_place, "message_places", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    last: i64,
    last_at: i64,
});

table!(lounge_room, "lounge_rooms", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    slug: String,
    name: String,
    about: String,
    place: i64,
});

table!(lounge_moderator, "lounge_moderators", {
    #[sea_orm(primary_key, auto_increment = false)]
    room: String,
    #[sea_orm(primary_key, auto_increment = false)]
    person: String,
    place: i64,
});

table!(conversation, "conversations", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    one: String,
    other: String,
});

table!(conversation_side, "conversation_sides", {
    #[sea_orm(primary_key, auto_increment = false)]
    conversation: String,
    #[sea_orm(primary_key, auto_increment = false)]
    person: String,
    name: String,
    is_open: bool,
    delivered: i64,
    seen: i64,
});

table!(message, "messages", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    place: String,
    number: i64,
    author: String,
    name: String,
    text: String,
    at: i64,
    edited_at: Option<i64>,
    deleted: bool,
});

table!(file, "files", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    owner: String,
    place: String,
    name: String,
    kind: String,
    size: i64,
    at: i64,
    message: Option<String>,
    source: Option<String>,
});

table!(file_body, "file_bodies", {
    #[sea_orm(primary_key, auto_increment = false)]
    file: String,
    body: Vec<u8>,
});

table!(block, "blocks", {
    #[sea_orm(primary_key, auto_increment = false)]
    person: String,
    #[sea_orm(primary_key, auto_increment = false)]
    other: String,
    name: String,
});

table!(removal, "removals", {
    #[sea_orm(primary_key, auto_increment = false)]
    person: String,
    name: String,
    at: i64,
    until: i64,
    removed_by: String,
});

table!(webhook, "webhooks", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    name: String,
    url: String,
    kinds: String,
    state: String,
    secret: Vec<u8>,
    earlier: Option<Vec<u8>>,
    earlier_until: Option<i64>,
    created_at: i64,
    delivered_at: Option<i64>,
    failed_at: Option<i64>,
    trouble: Option<String>,
});

table!(webhook_event, "webhook_events", {
    #[sea_orm(primary_key, auto_increment = false)]
    number: i64,
    id: String,
    kind: String,
    subject: String,
    at: i64,
    data: String,
});

table!(webhook_delivery, "webhook_deliveries", {
    #[sea_orm(primary_key, auto_increment = false)]
    webhook: String,
    #[sea_orm(primary_key, auto_increment = false)]
    event: i64,
    subject: String,
    state: String,
    since: i64,
    due_at: i64,
    held_until: Option<i64>,
    tries: i64,
    tried_at: Option<i64>,
    status: Option<i64>,
    trouble: Option<String>,
    done_at: Option<i64>,
});

// What is read together in one statement.

impl Related<file::Entity> for message::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(file::Entity).from(message::Column::Id).to(file::Column::Message).into()
    }
}

impl Related<file_body::Entity> for file::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(file_body::Entity).from(file::Column::Id).to(file_body::Column::File).into()
    }
}
