//! `/api/v1/me`: one's own account.

use super::body::{Body, Named};
use super::{Access, Api, Asker, Keys, Own, Routes, Signed, done};
use crate::app::{Denied, view};
use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use visavis_domain::ids::SignInId;
use visavis_protocol::{
    AccountView, PasswordChange, PasswordProof, ProfileChange, SignInView, TotpConfirmation, TotpOffer,
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .add(Access::Staff, Keys::Closed, Method::GET, "/api/v1/me", me)
        .add(Access::Staff, Keys::Closed, Method::PATCH, "/api/v1/me", change)
        .add(Access::Staff, Keys::Closed, Method::POST, "/api/v1/me/password", password)
        .add(Access::Staff, Keys::Closed, Method::POST, "/api/v1/me/totp", offer_totp)
        .add(Access::Staff, Keys::Closed, Method::PUT, "/api/v1/me/totp", confirm_totp)
        .add(Access::Staff, Keys::Closed, Method::DELETE, "/api/v1/me/totp", remove_totp)
        .add(Access::Staff, Keys::Closed, Method::GET, "/api/v1/me/sign-ins", sign_ins)
        .add(Access::Staff, Keys::Closed, Method::DELETE, "/api/v1/me/sign-ins/{id}", end_sign_in)
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
) -> Result<StatusCode, Denied> {
    api.accounts.change_password(&signed.account, sign_in.id, &change, &browser).await?;
    Ok(done())
}

async fn offer_totp(State(api): State<Arc<Api>>, signed: Signed) -> Result<Json<TotpOffer>, Denied> {
    api.accounts.offer_totp(&signed.account).map(Json)
}

async fn confirm_totp(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asker(browser): Asker,
    Body(confirmation): Body<TotpConfirmation>,
) -> Result<StatusCode, Denied> {
    api.accounts.confirm_totp(&signed.account, &confirmation, &browser).await?;
    Ok(done())
}

async fn remove_totp(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Asker(browser): Asker,
    Body(proof): Body<PasswordProof>,
) -> Result<StatusCode, Denied> {
    api.accounts.remove_totp(&signed.account, &proof.password, &browser).await?;
    Ok(done())
}

async fn sign_ins(State(api): State<Arc<Api>>, Own(sign_in): Own) -> Result<Json<Vec<SignInView>>, Denied> {
    api.accounts.sign_ins(&sign_in).await.map(Json)
}

async fn end_sign_in(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Named(id): Named<SignInId>,
) -> Result<StatusCode, Denied> {
    api.accounts.sign_out(signed.account.id, id).await?;
    Ok(done())
}
