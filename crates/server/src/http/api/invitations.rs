//! `/api/v1/invitations`: what a one-time link is for, and using it up.

use super::body::Body;
use super::sign_in::signed_in;
use super::{Access, Api, Asker, Keys, Routes};
use crate::app::Denied;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::IntoResponse;
use std::sync::Arc;
use visavis_protocol::{InvitationAcceptance, InvitationToken, InvitationView};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.add(Access::Anybody, Keys::Closed, Method::POST, "/api/v1/invitations/look", look).add(
        Access::Anybody,
        Keys::Closed,
        Method::POST,
        "/api/v1/invitations/accept",
        accept,
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
) -> Result<impl IntoResponse, Denied> {
    let token = api.accounts.accept(&acceptance, &browser).await?;
    api.accounts.end_earlier(&headers).await;
    signed_in(&token)
}
