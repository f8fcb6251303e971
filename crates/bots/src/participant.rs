//! One participant on the wire, as docs/protocol.md describes it. Holds no media.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use visavis_domain::ids::SessionId;
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{
    ClientFrame, Code, Command, Earlier, Event, MediaPath, PROTOCOL_VERSION, Reply, ServerFrame, Ticket,
    TicketRequest, Topic,
};

/// Longer than a healthy server ever takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client for HTTP. Whatever else of the workspace is built beside may have taken its choice of TLS away.
#[must_use]
pub fn http_client() -> reqwest::Client {
    // A second call in one process finds the first one's provider, which is the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::new()
}

/// The server said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub Code);

/// A participant with an open socket.
pub struct Bot {
    base: String,
    /// Of its page, if that is another one than the server's.
    origin: Option<String>,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: SessionId,
    secret: String,
    received: u64,
    next_id: u32,
    /// Events that came while an answer was waited for.
    events: VecDeque<Event>,
    /// What the last snapshot holds already: versions of the room and of its chat.
    known: (u64, u64),
    /// The close code, once the server has closed.
    closed: Option<u16>,
}

impl Bot {
    /// Opens a session at `base`, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect(base: &str) -> Result<Self> {
        let ticket = Self::ticket(&http_client(), base).await?;
        Self::connect_with(base, ticket).await
    }

    /// A ticket for one session.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn ticket(http: &reqwest::Client, base: &str) -> Result<String> {
        let response = http.post(format!("{base}/api/v1/tickets")).send().await?.error_for_status()?;
        Ok(response.json::<Ticket>().await?.ticket)
    }

    /// Opens a session as a guest: the one of the proof, or a new one. Returns the proof for the next time.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn guest(http: &reqwest::Client, base: &str, proof: &str) -> Result<(Self, String)> {
        Self::guest_after(http, base, proof, None).await
    }

    /// The same, in a session that follows another one.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn guest_after(
        http: &reqwest::Client,
        base: &str,
        proof: &str,
        earlier: Option<Earlier>,
    ) -> Result<(Self, String)> {
        let wish = TicketRequest { guest: Some(proof.to_owned()), ..TicketRequest::default() };
        let request = http.post(format!("{base}/api/v1/tickets")).json(&wish);
        let Ticket { ticket, guest, .. } = request.send().await?.error_for_status()?.json().await?;
        let proof = guest.context("a guest's ticket comes with a proof")?;
        Ok((Self::connect_after(base, ticket, earlier).await?, proof))
    }

    /// Opens a session with a ticket.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect_with(base: &str, ticket: String) -> Result<Self> {
        Self::connect_after(base, ticket, None).await
    }

    /// Opens a session with a ticket, which follows another one that could not be resumed.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect_after(base: &str, ticket: String, earlier: Option<Earlier>) -> Result<Self> {
        Self::begin(base, None, ticket, earlier).await
    }

    /// Opens a session with a ticket, as a page of another origin does.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn connect_from(base: &str, origin: &str, ticket: String) -> Result<Self> {
        Self::begin(base, Some(origin.to_owned()), ticket, None).await
    }

    async fn begin(
        base: &str,
        origin: Option<String>,
        ticket: String,
        earlier: Option<Earlier>,
    ) -> Result<Self> {
        let mut bot = Self {
            base: base.to_owned(),
            socket: Self::open(base, origin.as_deref()).await?,
            origin,
            session: SessionId::from_bits(0),
            secret: String::new(),
            received: 0,
            next_id: 1,
            events: VecDeque::new(),
            known: (0, 0),
            closed: None,
        };
        bot.send(&ClientFrame::Hello { protocol: PROTOCOL_VERSION, ticket, earlier }).await?;
        match bot.frame().await? {
            ServerFrame::Welcome { session, secret, .. } => (bot.session, bot.secret) = (session, secret),
            other => bail!("no welcome but {other:?}"),
        }
        Ok(bot)
    }

    async fn open(base: &str, origin: Option<&str>) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>> {
        let path = if origin.is_some() { "/ws?by=token" } else { "/ws" };
        let mut request = format!("{}{path}", base.replacen("http", "ws", 1)).into_client_request()?;
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse()?);
        }
        // Thousands of these live in one process: the default buffers would be its memory.
        let config = WebSocketConfig::default().read_buffer_size(2 * 1024).write_buffer_size(0);
        let (socket, _) = timeout(PATIENCE, connect_async_with_config(request, Some(config), true)).await??;
        Ok(socket)
    }

    /// Goes into a room with everything on.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn join(&mut self, room: &str, name: &str) -> Result<Result<Reply, Refused>> {
        self.join_as(room, name, None, MediaPath::Fresh).await
    }

    /// Goes into a room, perhaps as who one was.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn join_as(
        &mut self,
        room: &str,
        name: &str,
        continuation: Option<String>,
        media: MediaPath,
    ) -> Result<Result<Reply, Refused>> {
        let (room, name) = (room.to_owned(), name.to_owned());
        let (microphone, camera) = (Microphone::Live, Camera::On);
        self.command(Command::Join { room, name, microphone, camera, password: None, continuation, media })
            .await
    }

    /// Asks, and waits for the answer. Events that come before it are kept.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn command(&mut self, command: Command) -> Result<Result<Reply, Refused>> {
        let id = self.ask(command).await?;
        self.answer(id).await
    }

    /// Asks without waiting. Returns the command's id.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn ask(&mut self, command: Command) -> Result<u32> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&ClientFrame::Command { id, command }).await?;
        Ok(id)
    }

    /// Waits for the answer to a command.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn answer(&mut self, wanted: u32) -> Result<Result<Reply, Refused>> {
        loop {
            match self.frame().await? {
                ServerFrame::Reply { id, reply } if id == wanted => {
                    if let Reply::Joined { room, .. } = &reply {
                        self.known = (room.version, room.chat_version);
                        // What came before it belongs to the snapshot, or to the room before.
                        self.events.clear();
                    }
                    return Ok(Ok(reply));
                }
                ServerFrame::Rejection { id, code } if id == wanted => return Ok(Err(Refused(code))),
                frame => self.events.extend(self.news(frame)),
            }
        }
    }

    /// The next event that the last snapshot did not hold already.
    ///
    /// # Errors
    /// If the connection breaks, or none comes.
    pub async fn event(&mut self) -> Result<Event> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        loop {
            let frame = self.frame().await?;
            if let Some(event) = self.news(frame) {
                return Ok(event);
            }
        }
    }

    /// All events up to and with the first one that is `wanted`. An answer says nothing of when an event arrives:
    /// who must know what happened waits for what happened last.
    ///
    /// # Errors
    /// If the connection breaks, or it does not come.
    pub async fn events_until(&mut self, wanted: impl Fn(&Event) -> bool) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        loop {
            let event = self.event().await.with_context(|| format!("only these came: {events:?}"))?;
            events.push(event);
            if events.last().is_some_and(&wanted) {
                return Ok(events);
            }
        }
    }

    /// Acknowledges what came, and returns the events that came before the answer to that. Others may be under way.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn events_so_far(&mut self) -> Result<Vec<Event>> {
        self.send(&ClientFrame::Ping { received: self.received }).await?;
        let mut events: Vec<_> = self.events.drain(..).collect();
        loop {
            match self.frame().await? {
                ServerFrame::Pong => return Ok(events),
                frame => events.extend(self.news(frame)),
            }
        }
    }

    /// Says that one is still here and what has arrived; the answer is none to wait for.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn ping(&mut self) -> Result<()> {
        self.send(&ClientFrame::Ping { received: self.received }).await
    }

    fn news(&self, frame: ServerFrame) -> Option<Event> {
        let ServerFrame::Event { topic, version, event } = frame else { return None };
        let known = match topic {
            Topic::Room => self.known.0,
            Topic::Chat => self.known.1,
            Topic::Direct | Topic::Desk | Topic::Appointments | Topic::Lounge => 0,
        };
        version.is_none_or(|version| version > known).then_some(event)
    }

    /// The next frame, whatever it is.
    ///
    /// # Errors
    /// If the connection breaks or ends; [`Bot::close_code`] may say why.
    pub async fn frame(&mut self) -> Result<ServerFrame> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.context("nothing came")?;
            match message.context("the socket ended")?? {
                Message::Text(text) => {
                    let frame = serde_json::from_str(&text)?;
                    let counted = matches!(
                        frame,
                        ServerFrame::Reply { .. } | ServerFrame::Rejection { .. } | ServerFrame::Event { .. }
                    );
                    self.received += u64::from(counted);
                    return Ok(frame);
                }
                Message::Close(frame) => {
                    self.closed = frame.map(|frame| frame.code.into());
                    bail!("closed with {:?}", self.closed);
                }
                _ => {}
            }
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn send(&mut self, frame: &ClientFrame) -> Result<()> {
        self.send_raw(Message::text(serde_json::to_string(frame)?)).await
    }

    /// Sends anything at all.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn send_raw(&mut self, message: Message) -> Result<()> {
        Ok(timeout(PATIENCE, self.socket.send(message)).await??)
    }

    /// Reads until the server closes. Returns its code.
    pub async fn close_code(&mut self) -> Option<u16> {
        while self.frame().await.is_ok() {}
        self.closed
    }

    /// Says that the page goes away, as browsers do.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn hide(mut self) -> Result<()> {
        let frame = CloseFrame { code: CloseCode::from(4000), reason: "".into() };
        self.socket.close(Some(frame)).await?;
        while let Some(Ok(_)) = self.socket.next().await {}
        Ok(())
    }

    /// Loses the socket without a word, and takes the session up with another. Commands that were not carried out
    /// are not sent again. Returns the id of the last one that was.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn resume(&mut self) -> Result<u32> {
        self.take_up().await?.map_err(|refused| anyhow::anyhow!("not resumed but {refused:?}"))
    }

    /// The same, for those who go on where it is refused.
    ///
    /// # Errors
    /// If the server cannot be reached.
    pub async fn take_up(&mut self) -> Result<Result<u32, Refused>> {
        self.closed = None;
        self.socket = Self::open(&self.base, self.origin.as_deref()).await?;
        let (session, secret, received) = (self.session, self.secret.clone(), self.received);
        self.send(&ClientFrame::Resume { session, secret, received }).await?;
        match self.frame().await? {
            ServerFrame::Resumed { executed } => Ok(Ok(executed)),
            ServerFrame::Refused { code } => Ok(Err(Refused(code))),
            other => bail!("neither resumed nor refused but {other:?}"),
        }
    }

    /// From now on its sockets come from a page of this origin.
    pub fn move_to(&mut self, origin: &str) {
        self.origin = Some(origin.to_owned());
    }

    /// What the session that follows this one says of it.
    #[must_use]
    pub fn as_earlier(&self) -> Earlier {
        Earlier { session: self.session, secret: self.secret.clone() }
    }

    /// The id that the next command will have.
    #[must_use]
    pub fn next_id(&self) -> u32 {
        self.next_id
    }

    /// The close code, once the server has closed.
    #[must_use]
    pub fn closed(&self) -> Option<u16> {
        self.closed
    }

    /// The session's id.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }
}
