//! `/api/v1/me`: one's own account.

use super::answers::{Done, Many};
use super::body::{Body, Named};
use super::described::about;
use super::{Access, Api, Asker, Keys, Own, Routes, Signed};
use crate::app::{Denied, Invalid, view};
use axum::Json;
use axum::extract::State;
use axum::http::Method;
use std::sync::Arc;
use visavis_domain::ids::SignInId;
use visavis_protocol::{
    AccountView, PasswordChange, PasswordProof, ProfileChange, SignInView, TotpConfirmation, TotpOffer,
};
use visavis_store::Taken;

pub(super) fn routes(routes: Routes) -> Routes {
    const ME: &str = "/api/v1/me";
    const TOTP: &str = "/api/v1/me/totp";
    const CLOSED: Keys = Keys::Closed;
    let unfit = [Invalid::Name, Invalid::Title].map(Denied::Invalid);
    let password_unfit = [Denied::PasswordWrong, Denied::Invalid(Invalid::Password)];
    routes
        .on("One's own account")
        .add(Access::Staff, CLOSED, Method::GET, ME, me, about("Oneself", []))
        .add(Access::Staff, CLOSED, Method::PATCH, ME, change, about("Changes how visitors see one", unfit))
        .add(
            Access::Staff,
            CLOSED,
            Method::POST,
            "/api/v1/me/password",
            password,
            about("Sets another password; all other sign-ins end", password_unfit),
        )
        .add(
            Access::Staff,
            CLOSED,
            Method::POST,
            TOTP,
            offer_totp,
            about("Offers a secret for a second factor", [Denied::Taken(Taken::SecondFactor)])
                .more("One that is there is removed first."),
        )
        .add(
            Access::Staff,
            CLOSED,
            Method::PUT,
            TOTP,
            confirm_totp,
            about(
                "Sets up the second factor that was offered",
                [Denied::CodeWrong, Denied::Taken(Taken::SecondFactor)],
            ),
        )
        .add(
            Access::Staff,
            CLOSED,
            Method::DELETE,
            TOTP,
            remove_totp,
            about("Removes the second factor", [Denied::PasswordWrong]),
        )
        .add(
            Access::Staff,
            CLOSED,
            Method::GET,
            "/api/v1/me/sign-ins",
            sign_ins,
            about("Where one is signed in, latest used first", []),
        )
        .add(
            Access::Staff,
            CLOSED,
            Method::DELETE,
            "/api/v1/me/sign-ins/{id}",
            end_sign_in,
            about("Ends one of one's sign-ins", []).more("Ending one that is not there is done, too."),
        )
}

async fn me(signed: Signed) -> Json<AccountView> {
    Json(view(&signed.account))
}

async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(change): Body<ProfileChange>,
) -> Result<Json<AccountView>, Denied> {
    api.accounts.change_profile(&signed.account, &change).await.map(Json)
}

async fn password(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Own(sign_in): Own,
    Asker(browser): Asker,
    Body(change): Body<PasswordChange>,
) -> Result<Done, Denied> {
    api.accounts.change_password(&signed.account, sign_in.id, &change, &browser).await?;
    Ok(Done)
}

async fn offer_totp(State(api): State<Arc<Api>>, signed: Signed) -> Result<Json<TotpOffer>, Denied> {
    api.accounts.offer_totp(&signed.account).map(Json)
}

async fn confirm_totp(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asker(browser): Asker,
    Body(confirmation): Body<TotpConfirmation>,
) -> Result<Done, Denied> {
    api.accounts.confirm_totp(&signed.account, &confirmation, &browser).await?;
    Ok(Done)
}

async fn remove_totp(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asker(browser): Asker,
    Body(proof): Body<PasswordProof>,
) -> Result<Done, Denied> {
    api.accounts.remove_totp(&signed.account, &proof.password, &browser).await?;
    Ok(Done)
}

async fn sign_ins(State(api): State<Arc<Api>>, Own(sign_in): Own) -> Result<Many<SignInView>, Denied> {
    api.accounts.sign_ins(&sign_in).await.map(Many)
}

async fn end_sign_in(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<SignInId>,
) -> Result<Done, Denied> {
    api.accounts.sign_out(signed.account.id, id).await?;
    Ok(Done)
}
