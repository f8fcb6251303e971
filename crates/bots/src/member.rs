//! Somebody in the lounge: a guest with the proof that their browser keeps, or an account. What they write goes over
//! the same [`Bot`].

use crate::{Bot, Refused, Staff};
use anyhow::{Context, Result, bail};
use reqwest::Client;
use visavis_domain::ids::{LoungeRoomId, PersonId};
use visavis_domain::person::Chosen;
use visavis_protocol::{
    Command, Event, LoungeDoor, LoungeRoomSnapshot, LoungeSnapshot, OwnAvailability, Reply, RingView,
};

/// Somebody who has come in.
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// Their page.
    pub bot: Bot,
    /// The lounge as it was when they came in.
    pub lounge: LoungeSnapshot,
}

impl Member {
    /// Comes in as a new guest, into the first room. Returns the proof by which a browser is the same guest again.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn guest(http: &Client, base: &str, name: &str) -> Result<(Self, String)> {
        Self::guest_again(http, base, "", name).await
    }

    /// Comes in as the guest of a proof, as after a reload.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn guest_again(http: &Client, base: &str, proof: &str, name: &str) -> Result<(Self, String)> {
        let (bot, proof) = Bot::guest(http, base, proof).await?;
        Ok((Self::of(bot, name, None).await?, proof))
    }

    /// Comes in as an account.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn staff(staff: &Staff, name: &str) -> Result<Self> {
        Self::of(staff.connect().await?, name, None).await
    }

    /// Comes in by this page, into a room or the first one.
    ///
    /// # Errors
    /// If the connection breaks or the server refuses.
    pub async fn of(mut bot: Bot, name: &str, room: Option<LoungeRoomId>) -> Result<Self> {
        let entered = enter(&mut bot, name, room).await?;
        let lounge = entered.map_err(|refused| anyhow::anyhow!("{name} cannot come in: {refused:?}"))?;
        Ok(Self { id: lounge.person, bot, lounge })
    }

    /// The room of this address; one of those that were there when they came in.
    ///
    /// # Errors
    /// If there is none.
    pub fn room(&self, slug: &str) -> Result<LoungeRoomId> {
        let room = self.lounge.rooms.iter().find(|room| room.slug == slug);
        room.map(|room| room.id).with_context(|| format!("no room {slug}"))
    }

    /// Goes into another room.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn jump(&mut self, room: LoungeRoomId) -> Result<Result<LoungeRoomSnapshot, Refused>> {
        match self.bot.command(Command::Jump { room }).await? {
            Ok(Reply::LoungeRoom { room }) => Ok(Ok(room)),
            Err(refused) => Ok(Err(refused)),
            Ok(other) => bail!("no room but {other:?}"),
        }
    }

    /// Says how one is.
    ///
    /// # Errors
    /// If the connection breaks or the server refuses.
    pub async fn set_status(&mut self, chosen: Chosen, text: &str) -> Result<OwnAvailability> {
        match self.bot.command(Command::SetStatus { chosen, text: text.to_owned() }).await? {
            Ok(Reply::Own { own }) => Ok(own),
            other => bail!("no availability but {other:?}"),
        }
    }

    /// Rings somebody.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn ring(&mut self, person: PersonId) -> Result<Result<RingView, Refused>> {
        match self.bot.command(Command::RingMember { person }).await? {
            Ok(Reply::Ringing { ring }) => Ok(Ok(ring)),
            Err(refused) => Ok(Err(refused)),
            Ok(other) => bail!("no ring but {other:?}"),
        }
    }

    /// All events up to and with the first one that is `wanted`.
    ///
    /// # Errors
    /// If the connection breaks, or it does not come.
    pub async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Result<Vec<Event>> {
        self.bot.events_until(wanted).await
    }
}

/// The lounge from outside.
///
/// # Errors
/// If the connection breaks.
pub async fn open_lounge(bot: &mut Bot) -> Result<Result<LoungeDoor, Refused>> {
    match bot.command(Command::OpenLounge).await? {
        Ok(Reply::LoungeDoor { door }) => Ok(Ok(door)),
        Err(refused) => Ok(Err(refused)),
        Ok(other) => bail!("no door but {other:?}"),
    }
}

/// Comes in, unless one is there by another page.
///
/// # Errors
/// If the connection breaks.
pub async fn enter(
    bot: &mut Bot,
    name: &str,
    room: Option<LoungeRoomId>,
) -> Result<Result<LoungeSnapshot, Refused>> {
    entering(bot, Command::EnterLounge { name: name.to_owned(), room, use_here: false }).await
}

/// Comes in, in the place of another page of one's own.
///
/// # Errors
/// If the connection breaks.
pub async fn enter_here(bot: &mut Bot, name: &str) -> Result<Result<LoungeSnapshot, Refused>> {
    entering(bot, Command::EnterLounge { name: name.to_owned(), room: None, use_here: true }).await
}

async fn entering(bot: &mut Bot, command: Command) -> Result<Result<LoungeSnapshot, Refused>> {
    match bot.command(command).await? {
        Ok(Reply::Lounge { lounge }) => Ok(Ok(lounge)),
        Err(refused) => Ok(Err(refused)),
        Ok(other) => bail!("not the lounge but {other:?}"),
    }
}
