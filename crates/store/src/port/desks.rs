//! Desks: what admins set about them. Who is free is live state.

use super::{Audited, StoreError};
use async_trait::async_trait;
use visavis_domain::hours::Hours;
use visavis_domain::ids::{DeskId, PersonId};

/// A desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Which.
    pub id: DeskId,
    /// The part of its address behind `/desk/`: 1 to 64 of `a-z`, `0-9` and `-`. Unique.
    pub slug: String,
    /// As it is called.
    pub name: String,
    /// What it is there for; may be empty.
    pub about: String,
    /// When somebody is usually there; none says nothing.
    pub hours: Option<Hours>,
    /// Seconds for which a representative is not called after a call; 0 for at once.
    pub wrap_up_s: u32,
    /// Seconds for which a representative is rung.
    pub ring_s: u32,
    /// Origins of pages that may show it in a frame, such as `https://www.example.org`.
    pub sites: Vec<String>,
    /// Its representatives.
    pub members: Vec<PersonId>,
}

/// Desks. Every method may fail with [`StoreError::Unavailable`] and [`StoreError::Damaged`], those that write with
/// [`StoreError::ReadOnly`]; further errors are named.
#[async_trait]
pub trait Desks: Send + Sync + 'static {
    /// All, by name.
    ///
    /// # Errors
    /// As said above.
    async fn desks(&self) -> Result<Vec<Desk>, StoreError>;

    /// One.
    ///
    /// # Errors
    /// As said above.
    async fn desk(&self, id: DeskId) -> Result<Option<Desk>, StoreError>;

    /// By the part of its address.
    ///
    /// # Errors
    /// As said above.
    async fn desk_by_slug(&self, slug: &str) -> Result<Option<Desk>, StoreError>;

    /// Those that somebody is a representative of, by name.
    ///
    /// # Errors
    /// As said above.
    async fn desks_of(&self, person: PersonId) -> Result<Vec<Desk>, StoreError>;

    /// Creates it, or replaces the one of this id, members included; if that was `seen`, only while it is still so.
    ///
    /// # Errors
    /// [`StoreError::Moved`]; [`StoreError::Taken`] with the slug; [`StoreError::Unknown`] if a member is no account.
    async fn put_desk(&self, desk: Desk, seen: Option<Desk>, audited: Audited) -> Result<(), StoreError>;

    /// Removes it; if it was `seen`, only while it is still so. The history of its calls stays, and appointments shared
    /// with it are their professional's alone.
    ///
    /// # Errors
    /// [`StoreError::Unknown`]; [`StoreError::Moved`].
    async fn remove_desk(&self, id: DeskId, seen: Option<Desk>, audited: Audited) -> Result<(), StoreError>;
}
