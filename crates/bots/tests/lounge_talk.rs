//! What is written in the lounge of the real binary, over the wire: to a room, between two people, files, and what
//! becomes of it later. Who is there has tests of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

#[path = "lounge_talk/between.rs"]
mod between;
#[path = "lounge_talk/changing.rs"]
mod changing;
#[path = "lounge_talk/crowd.rs"]
mod crowd;
#[path = "lounge_talk/files.rs"]
mod files;
#[path = "lounge_talk/refusals.rs"]
mod refusals;
#[path = "lounge_talk/rooms.rs"]
mod rooms;
#[path = "lounge_talk/shares.rs"]
mod shares;

use reqwest::Client;
use std::sync::atomic::{AtomicU64, Ordering};
use visavis_bots::{Bot, DEMO_PASSWORD, Member, Refused, ServerProcess, Staff};
use visavis_domain::ids::{LoungeRoomId, MessageId, PersonId};
use visavis_protocol::{Code, Command, Conversation, Event, LoungeMessage, Place, Reply};

/// A server with the demonstration set, whose lounge has several rooms.
struct Hall {
    server: ServerProcess,
    http: Client,
}

impl Hall {
    async fn open() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let server = ServerProcess::start_demo(&ServerProcess::binary().unwrap(), settings).await.unwrap();
        Self { server, http: visavis_bots::http_client() }
    }

    async fn member(&self, name: &str) -> Member {
        self.guest("", name).await.0
    }

    /// As the guest of this proof, or as a new one.
    async fn guest(&self, proof: &str, name: &str) -> (Member, String) {
        Member::guest_again(&self.http, &self.server.base(), proof, name).await.unwrap()
    }

    async fn staff(&self, name: &str) -> Staff {
        let email = format!("{name}@demo");
        Staff::sign_in(&self.http, &self.server.base(), &email, DEMO_PASSWORD).await.unwrap()
    }
}

/// An id that no other message of this run has.
fn fresh() -> MessageId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    MessageId::from_bits(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

fn room_of(member: &Member) -> LoungeRoomId {
    member.lounge.room.room
}

fn in_room(room: LoungeRoomId) -> Place {
    Place::LoungeRoom { room }
}

fn to(person: PersonId) -> Place {
    Place::Conversation { person }
}

fn line(place: Place, message: MessageId, text: &str) -> Command {
    Command::Post { place, message, text: text.to_owned(), file: None }
}

/// Writes, and says under which id.
async fn write(bot: &mut Bot, place: Place, text: &str) -> MessageId {
    let id = fresh();
    done(bot, line(place, id, text)).await;
    id
}

async fn done(bot: &mut Bot, command: Command) {
    assert_eq!(bot.command(command).await.unwrap(), Ok(Reply::Done));
}

async fn refused(bot: &mut Bot, command: Command, code: Code) {
    let what = format!("{command:?}");
    assert_eq!(bot.command(command).await.unwrap(), Err(Refused(code)), "{what}");
}

/// The conversation, its last messages, and whether there are earlier ones.
async fn opened(bot: &mut Bot, person: PersonId) -> (Conversation, Vec<LoungeMessage>, bool) {
    match bot.command(Command::OpenConversation { person }).await.unwrap() {
        Ok(Reply::Conversation { conversation, messages, earlier }) => (conversation, messages, earlier),
        other => panic!("no conversation: {other:?}"),
    }
}

async fn before(bot: &mut Bot, place: Place, before: u64) -> (Vec<LoungeMessage>, bool) {
    match bot.command(Command::EarlierMessages { place, before }).await.unwrap() {
        Ok(Reply::Messages { messages, earlier }) => (messages, earlier),
        other => panic!("no messages: {other:?}"),
    }
}

/// Waits until this text is posted to them, and gives where and what.
async fn hears(bot: &mut Bot, text: &str) -> (Place, LoungeMessage) {
    loop {
        if let Event::Posted { place, message } = bot.event().await.unwrap()
            && message.text == text
        {
            return (place, message);
        }
    }
}

/// Waits for a change of this message.
async fn hears_changed(bot: &mut Bot, id: MessageId) -> LoungeMessage {
    loop {
        if let Event::MessageChanged { message, .. } = bot.event().await.unwrap()
            && message.id == id
        {
            return message;
        }
    }
}

fn texts(messages: &[LoungeMessage]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}
