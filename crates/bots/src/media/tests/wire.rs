//! A whole participant against a server that knows just enough of the protocol, and has one room for one.

use super::sockets::Served;
use crate::media::{Camera, Change, Kind, Layer, MediaBot, MediaThreads, Place, Speech, Tracks};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use visavis_domain::ids::{CallId, ParticipantId, SessionId};
use visavis_domain::room::{self, MediaRoute, Presence, RoomSettings, Screen, Source};
use visavis_domain::time::Timestamp;
use visavis_protocol::{
    ClientFrame, Code, Command, Event, Participant, Reply, RoomSnapshot, ServerFrame, SlotLabel, Topic,
    Viewed,
};

fn participant(number: u128) -> ParticipantId {
    ParticipantId::from_bits(number)
}

struct Server {
    base: String,
    events: mpsc::UnboundedSender<Event>,
    /// What was asked, as it came in.
    commands: mpsc::UnboundedReceiver<Command>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (events, to_send) = mpsc::unbounded_channel();
        let (asked, commands) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let (mut ticket, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 1000];
                assert!(ticket.read(&mut request).await.unwrap() > 0);
                let body = r#"{"ticket":"t","expires_in":60}"#;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                ticket.write_all(answer.as_bytes()).await.unwrap();
            });
            let (socket, _) = listener.accept().await.unwrap();
            session(socket, to_send, asked).await;
        });
        Self { base, events, commands }
    }
}

async fn session(
    socket: TcpStream,
    mut events: mpsc::UnboundedReceiver<Event>,
    asked: mpsc::UnboundedSender<Command>,
) {
    let mut socket = tokio_tungstenite::accept_async(socket).await.unwrap();
    let mut media = None;
    loop {
        let frame = tokio::select! {
            message = socket.next() => {
                let Some(Ok(Message::Text(text))) = message else { return };
                match serde_json::from_str(&text).unwrap() {
                    ClientFrame::Hello { .. } => {
                        let (session, secret) = (SessionId::from_bits(1), "s".into());
                        ServerFrame::Welcome { session, secret, grace_ms: 1000 }
                    }
                    ClientFrame::Command { id, command } => {
                        let _ = asked.send(command.clone());
                        match execute(command, &mut media) {
                            Ok(reply) => ServerFrame::Reply { id, reply },
                            Err(code) => ServerFrame::Rejection { id, code },
                        }
                    }
                    _ => ServerFrame::Pong,
                }
            }
            event = events.recv() => {
                let Some(event) = event else { return };
                ServerFrame::Event { topic: Topic::Direct, version: None, event }
            }
        };
        socket.send(Message::text(serde_json::to_string(&frame).unwrap())).await.unwrap();
    }
}

fn execute(command: Command, media: &mut Option<Served>) -> Result<Reply, Code> {
    match command {
        Command::Join { name, microphone, camera, .. } => {
            let (id, presence, joined_at) = (participant(1), Presence::Connected, Timestamp(0));
            let (order, epoch, screen) = (1, 1, Screen::Off);
            let me = Participant {
                id,
                name,
                order,
                epoch,
                presence,
                microphone,
                camera,
                screen,
                hand: None,
                joined_at,
                feed: None,
            };
            let room = RoomSnapshot {
                name: "room".into(),
                call: CallId::from_bits(1),
                participants: vec![me],
                host: Some(id),
                route: MediaRoute::Server,
                generation: 0,
                settings: RoomSettings::default(),
                password: false,
                knocks: Vec::new(),
                version: 1,
                messages: Vec::new(),
                chat_version: 0,
                file_bytes: 0,
            };
            Ok(Reply::Joined { participant: id, continuation: "c".into(), room, ice_servers: Vec::new() })
        }
        Command::MediaOffer { fresh, sdp, .. } => {
            if fresh {
                *media = Some(Served::start());
            }
            let media = media.as_ref().ok_or(Code::MediaUnknown)?;
            Ok(Reply::MediaAnswer { sdp: media.answer(sdp) })
        }
        Command::SetRoom { .. } => Err(Code::NotHost),
        _ => Ok(Reply::Done),
    }
}

async fn joined(camera: Camera) -> (Server, MediaBot) {
    let server = Server::start().await;
    let place = Place::new(&server.base, MediaThreads::start(1).unwrap());
    let tracks = Tracks::participant(Speech::Always, camera, 1);
    let bot = MediaBot::join(&place, "room", "Bot", tracks).await.unwrap();
    (server, bot)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_joins_offers_and_has_media() {
    let (mut server, bot) = joined(Camera::Simulcast).await;
    assert!(bot.report().await.is_err());
    assert_eq!(bot.seen().people[&bot.participant()].camera, room::Camera::On);
    bot.connect().await.unwrap();
    let report = bot.until(|report| report.counts(Kind::Audio).packets > 20).await.unwrap();
    assert!(report.first_audio.unwrap() >= report.connected.unwrap());

    let (participant, source) = (participant(1), Source::Camera);
    let viewed = Viewed { participant, source, width: 640, height: 360 };
    bot.view(vec![viewed.clone()]).await.unwrap();
    let mut asked = Vec::new();
    while let Ok(command) = server.commands.try_recv() {
        asked.push(command);
    }
    assert!(matches!(&asked[0], Command::Join { .. }));
    assert!(matches!(&asked[1], Command::MediaOffer { fresh: true, tracks, .. } if tracks.len() == 2));
    assert_eq!(asked[2], Command::View { videos: vec![viewed] });
    let refused = bot.try_command(Command::SetRoom { settings: RoomSettings::default() }).await.unwrap();
    assert_eq!(refused.unwrap_err().0, Code::NotHost);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_obeyed_and_remembered() {
    let (server, bot) = joined(Camera::Simulcast).await;
    bot.connect().await.unwrap();
    bot.until(|report| report.sent_layers.iter().all(|sent| *sent > 0)).await.unwrap();

    let slot = SlotLabel { mid: "x".into(), participant: participant(2), source: Source::Camera };
    server.events.send(Event::SlotsAssigned { slots: vec![slot.clone()] }).unwrap();
    server.events.send(Event::ActiveSpeaker { participant: Some(participant(2)) }).unwrap();
    let rids = vec!["q".to_owned(), "f".to_owned()];
    server.events.send(Event::LayersWanted { source: Source::Camera, rids: rids.clone() }).unwrap();
    let seen = bot.until_seen(|seen| seen.camera_wanted.is_some()).await.unwrap();
    assert_eq!(
        (seen.slots, seen.speaker, seen.camera_wanted),
        (vec![slot], Some(participant(2)), Some(rids))
    );
    let before = bot.report().await.unwrap().sent_layers;
    let after = bot.until(|report| report.sent_layers[2] > before[2] + 100).await.unwrap().sent_layers;
    assert!(after[0] > before[0] && after[1] == before[1], "{before:?} {after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_offered_anew_and_a_path_renewed() {
    let (mut server, bot) = joined(Camera::Single(Layer::Quarter)).await;
    assert!(bot.change(Change::RestartIce).await.is_err());
    bot.connect().await.unwrap();
    bot.until(|report| report.counts(Kind::Video).packets > 5).await.unwrap();
    bot.change(Change::RestartIce).await.unwrap();
    bot.change(Change::MoreVideoSlots(2)).await.unwrap();
    let before = bot.until(|report| report.slots.len() == 6).await.unwrap().counts(Kind::Video).packets;
    bot.until(|report| report.counts(Kind::Video).packets > before + 5).await.unwrap();

    server.events.send(Event::MediaLost).unwrap();
    bot.until_seen(|seen| seen.media_lost == 1).await.unwrap();
    // The session's task answers the next request when it has connected anew.
    bot.view(Vec::new()).await.unwrap();
    bot.until(|report| report.counts(Kind::Video).packets > 5).await.unwrap();
    let mut fresh = Vec::new();
    while let Ok(command) = server.commands.try_recv() {
        if let Command::MediaOffer { fresh: one, .. } = command {
            fresh.push(one);
        }
    }
    assert_eq!(fresh, [true, false, false, true]);
}
