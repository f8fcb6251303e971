//! What an instance held is taken from it.

use super::{App, Refused};
use visavis_domain::ids::InstanceId;
use visavis_domain::name::RoomName;
use visavis_domain::room::Command;

impl App {
    /// The room's media is not forwarded by this instance any more.
    pub(crate) async fn displace(&self, name: &RoomName, instance: InstanceId) -> Result<(), Refused> {
        self.change(name, Command::Displace { instance }).await.map(drop)
    }

    /// The rooms whose media this instance forwards.
    pub(crate) async fn rooms_forwarded_here(&self) -> Result<Vec<RoomName>, Refused> {
        let held = self.live.held_by(self.instance).await?;
        let names = held.iter().filter_map(visavis_live::Key::as_room);
        names.map(|name| RoomName::parse(name).map_err(|_| Refused::Corrupt)).collect()
    }
}
