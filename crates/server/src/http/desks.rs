//! What pages need to know of desks before they speak the realtime protocol: which there are, and which sites may show
//! one in a frame.

use super::Http;
use crate::app::{App, Refused};
use crate::edge::problem;
use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use visavis_protocol::DeskName;

/// Desks, for anybody.
#[async_trait]
pub(crate) trait PublicDesks: Send + Sync + 'static {
    /// All, by name.
    async fn names(&self) -> Result<Vec<DeskName>, Refused>;

    /// Origins of pages that may show this desk in a frame. None for a desk that is not there, and none while it
    /// cannot be known.
    async fn sites(&self, slug: &str) -> Vec<String>;
}

#[async_trait]
impl PublicDesks for App {
    async fn names(&self) -> Result<Vec<DeskName>, Refused> {
        self.desk_names().await
    }

    async fn sites(&self, slug: &str) -> Vec<String> {
        self.desk_sites(slug).await.unwrap_or_else(|refused| {
            tracing::warn!(%refused, "it cannot be said which sites may show a desk: none may");
            Vec::new()
        })
    }
}

/// `GET /api/v1/desks`.
pub(super) async fn list(State(http): State<Arc<Http>>) -> Response {
    match http.desks.names().await {
        Ok(names) => ([(header::CACHE_CONTROL, "no-cache")], Json(names)).into_response(),
        Err(refused) => {
            tracing::error!(%refused, "desks cannot be listed");
            problem(StatusCode::SERVICE_UNAVAILABLE, "try_again", "The desks cannot be read right now")
        }
    }
}
