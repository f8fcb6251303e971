//! `/api/v1/admin/people`. Over a key nothing is done to admins, and nobody becomes one: whoever has a key would
//! have everything else.

use super::answers::{Created, Done};
use super::body::{Asked, Body, Named, Take};
use super::described::about;
use super::tags::Seen;
use super::{Access, Api, Base, Keys, Routes, Signed};
use crate::app::{Denied, Invalid, Unknown, view};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use visavis_domain::account::AccountRole;
use visavis_domain::ids::PersonId;
use visavis_domain::scope::Scope;
use visavis_protocol::{AccountView, Invited, NewPerson, PeoplePage, PersonChange};
use visavis_store::Taken;

pub(super) fn routes(routes: Routes) -> Routes {
    const READ: Keys = Keys::With(Scope::StaffRead);
    const WRITE: Keys = Keys::With(Scope::StaffWrite);
    const ALL: &str = "/api/v1/admin/people";
    const ONE: &str = "/api/v1/admin/people/{id}";
    const INVITATION: &str = "/api/v1/admin/people/{id}/invitation";
    const PROVIDER: &str = "/api/v1/admin/people/{id}/provider";
    let none = || Denied::Unknown(Unknown::Person);
    let words = || [Invalid::Email, Invalid::Name, Invalid::Title].map(Denied::Invalid).into_iter();
    let made = words().chain([Denied::Taken(Taken::Email), Denied::NotForKeys]);
    let state = Denied::Invalid(Invalid::State);
    let changed =
        words().chain([none(), state, Denied::Taken(Taken::Email), Denied::LastAdmin, Denied::NotForKeys]);
    let invited = [none(), Denied::Invalid(Invalid::State), Denied::NotForKeys];
    routes
        .on("People")
        .add(Access::Admin, READ, Method::GET, ALL, list, about("All who sign in, by name", []))
        .add(Access::Admin, READ, Method::GET, ONE, look, about("One of them", [none()]))
        .add(
            Access::Admin,
            WRITE,
            Method::POST,
            ALL,
            create,
            about("Makes an account, and the link to its first password", made)
                .more("Over a key nobody becomes an admin."),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::PATCH,
            ONE,
            change,
            about("Changes somebody", changed)
                .more("What is absent stays as it is. Over a key nothing is done to admins."),
        )
        .add(
            Access::Admin,
            WRITE,
            Method::POST,
            INVITATION,
            invite,
            about("A further one-time link for somebody", invited)
                .more("Earlier ones are worth nothing any more. Over a key there is none for admins."),
        )
        .add(
            Access::Admin,
            Keys::Closed,
            Method::DELETE,
            PROVIDER,
            untie,
            about("Unties somebody from the identity provider; their sign-ins end", [none()])
                .more("Whoever comes from there with the account's address next is tied to it."),
        )
}

/// Which part of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Part {
    /// `next` of the part before.
    #[param(inline)]
    after: Option<PersonId>,
    /// As many: 100 if it is not said.
    #[param(inline)]
    take: Option<Take>,
}

async fn list(
    State(api): State<Arc<Api>>,
    Asked(Part { after, take }): Asked<Part>,
) -> Result<Json<PeoplePage>, Denied> {
    api.accounts.people(after, take.unwrap_or_default().0.into()).await.map(Json)
}

async fn look(State(api): State<Arc<Api>>, Named(id): Named<PersonId>) -> Result<Json<AccountView>, Denied> {
    api.accounts.person(id).await.map(|person| Json(view(&person)))
}

async fn create(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Base(base): Base,
    Body(person): Body<NewPerson>,
) -> Result<Created<Invited>, Denied> {
    signed.gives(person.role)?;
    api.accounts.create_person(Some(signed.account.id), &person, &base).await.map(Created)
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
    seen: Seen,
    Body(change): Body<PersonChange>,
) -> Result<Json<AccountView>, Denied> {
    signed.gives(change.role.unwrap_or(AccountRole::Staff))?;
    let before = api.accounts.person(id).await?;
    signed.gives(before.role)?;
    let shown = view(&before);
    // Over a key, whoever became an admin meanwhile is left alone, too.
    let said = seen.still(before.clone(), &shown)?;
    let as_seen = if signed.key.is_some() { Some(before) } else { said };
    let changed = api.accounts.change_person(signed.account.id, id, as_seen, &change).await;
    changed.map(Json).map_err(|denied| seen.refused(denied))
}

async fn invite(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
    Base(base): Base,
) -> Result<Json<Invited>, Denied> {
    let account = api.accounts.person(id).await?;
    signed.gives(account.role)?;
    api.accounts.invite(Some(signed.account.id), &account, &base).await.map(Json)
}

async fn untie(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<PersonId>,
) -> Result<Done, Denied> {
    api.accounts.untie(signed.account.id, id).await?;
    Ok(Done)
}
