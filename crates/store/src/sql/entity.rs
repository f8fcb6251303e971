//! The tables as SeaORM sees them: one module each. Rows are turned into the port's types beside the queries; no row
//! is ever printed, since some hold hashes of passwords.
#![allow(unreachable_pub, reason = "the derives make public items")]
#![allow(clippy::wildcard_imports, reason = "the derives name much of the prelude")]

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
