//! What anybody may know of desks without following one.

use super::{App, Refused};
use visavis_protocol::DeskName;

impl App {
    /// All desks, by name.
    pub(crate) async fn desk_names(&self) -> Result<Vec<DeskName>, Refused> {
        let desks = self.store.desks().await?;
        Ok(desks.into_iter().map(|desk| DeskName { id: desk.id, slug: desk.slug, name: desk.name }).collect())
    }

    /// Origins of pages that may show a desk in a frame.
    pub(crate) async fn desk_sites(&self, slug: &str) -> Result<Vec<String>, Refused> {
        let desk = self.store.desk_by_slug(&slug.to_lowercase()).await?;
        Ok(desk.map(|desk| desk.sites).unwrap_or_default())
    }
}
