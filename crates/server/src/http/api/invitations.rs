//! `/api/v1/invitations`: what a one-time link is for, and using it up.

use super::answers::{Baked, Done};
use super::body::Body;
use super::described::about;
use super::sign_in::signed_in;
use super::{Access, Api, Asker, Keys, Routes};
use crate::app::{Denied, Invalid};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use std::sync::Arc;
use visavis_protocol::{InvitationAcceptance, InvitationToken, InvitationView};
use visavis_store::Taken;

pub(super) fn routes(routes: Routes) -> Routes {
    const LOOK: &str = "/api/v1/invitations/look";
    const ACCEPT: &str = "/api/v1/invitations/accept";
    let unfit = [Invalid::Password, Invalid::Email, Invalid::Name].map(Denied::Invalid).into_iter();
    let unfit = unfit.chain([Denied::InvitationInvalid, Denied::Taken(Taken::Email)]);
    routes
        .on("Signing in")
        .add(
            Access::Anybody,
            Keys::Closed,
            Method::POST,
            LOOK,
            look,
            about("What a one-time link is for", [Denied::InvitationInvalid]),
        )
        .add(
            Access::Anybody,
            Keys::Closed,
            Method::POST,
            ACCEPT,
            accept,
            about("Uses a one-time link up, and signs in", unfit),
        )
}

async fn look(
    State(api): State<Arc<Api>>,
    Body(link): Body<InvitationToken>,
) -> Result<Json<InvitationView>, Denied> {
    api.accounts.look(&link.token).await.map(Json)
}

async fn accept(
    State(api): State<Arc<Api>>,
    Asker(browser): Asker,
    headers: HeaderMap,
    Body(acceptance): Body<InvitationAcceptance>,
) -> Result<Baked<Done>, Denied> {
    let token = api.accounts.accept(&acceptance, &browser).await?;
    api.accounts.end_earlier(&headers).await;
    signed_in(&token)
}
