//! The life of a page: one task that holds the socket, answers what it is told to do, and comes back after outages.

use super::seen::InRoom;
use super::{Manner, NoReply, Order, Outage, Seen, Who};
use crate::cluster::Dice;
use crate::{Bot, Refused};
use anyhow::{Context, Result, bail};
use reqwest::Client;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use visavis_domain::ids::{LoungeRoomId, RingId};
use visavis_domain::room::{Camera, Microphone};
use visavis_protocol::{
    ClientFrame, CloseCode, Code, Command, Earlier, Engagement, Event, MediaPath, Reply, ServerFrame, Ticket,
    TicketRequest,
};

/// As docs/protocol.md has it.
const PING_EVERY: Duration = Duration::from_secs(5);
const PONG_WITHIN: Duration = Duration::from_secs(5);
const BACK_OFF: Duration = Duration::from_millis(250);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(5);
/// A connection that is not there by then is tried anew.
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After something could not be done.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// Sessions that end for good.
const ENDS: [CloseCode; 4] =
    [CloseCode::Replaced, CloseCode::SignedOut, CloseCode::LinkEnded, CloseCode::Removed];

/// Who waits for an answer.
enum Asker {
    User(oneshot::Sender<Result<Reply, NoReply>>),
    Page,
}

/// Where one sits.
#[derive(Clone)]
struct Seat {
    /// What to say to sit there again.
    command: Command,
    ring: Option<RingId>,
}

/// What is taken up again in a new session.
#[derive(Default)]
struct Keeps {
    console: bool,
    online: Option<bool>,
    desk: Option<String>,
    seat: Option<Seat>,
    lounge: Option<(String, Option<LoungeRoomId>)>,
}

/// How one has come back.
enum Came {
    Resumed { executed: u32 },
    Anew,
}

pub(super) struct Life {
    http: Client,
    base: String,
    who: Who,
    manner: Manner,
    /// What a guest's tab keeps.
    proof: String,
    orders: mpsc::UnboundedReceiver<Order>,
    seen: watch::Sender<Seen>,
    keeps: Keeps,
    asked: BTreeMap<u32, (Command, Asker)>,
    /// A call that its user has left is not gone into again.
    left: Option<RingId>,
    /// The call that the page was in last.
    latest: Option<RingId>,
    /// When the page may do something of its own again; none while its last doing has no answer.
    idle: Option<Instant>,
    dice: Dice,
}

impl Life {
    pub(super) fn new(
        http: Client,
        base: String,
        who: Who,
        manner: Manner,
        orders: mpsc::UnboundedReceiver<Order>,
        seen: watch::Sender<Seen>,
    ) -> Self {
        Self {
            http,
            base,
            who,
            manner,
            proof: String::new(),
            orders,
            seen,
            keeps: Keeps::default(),
            asked: BTreeMap::new(),
            left: None,
            latest: None,
            idle: Some(Instant::now()),
            dice: Dice::thrown(),
        }
    }

    pub(super) async fn run(mut self) {
        let mut earlier: Option<Bot> = None;
        loop {
            let Ok((mut bot, came)) = self.come(earlier.take()).await else { return };
            let resumed = matches!(came, Came::Resumed { .. });
            let back = match came {
                Came::Resumed { executed } => self.say_again(&mut bot, executed).await,
                Came::Anew => self.take_up(&mut bot).await,
            };
            if back.is_ok() {
                self.shows_connected(resumed);
                if self.stay(&mut bot).await.is_ok() {
                    // Nobody is told how that went: the user has gone.
                    let _ = bot.hide().await;
                    return;
                }
            }
            let closed = bot.closed();
            self.seen.send_modify(|seen| {
                seen.connected = false;
                seen.since.get_or_insert_with(Instant::now);
                seen.closed = closed;
            });
            if ENDS.iter().any(|code| closed == Some(*code as u16)) {
                return;
            }
            if closed != Some(CloseCode::GoingAway as u16) {
                sleep(self.dice.around(BACK_OFF)).await;
            }
            earlier = Some(bot);
        }
    }

    fn shows_connected(&self, resumed: bool) {
        self.seen.send_modify(|seen| {
            if let Some(from) = seen.since.take() {
                seen.outages.push(Outage { from, lasted: from.elapsed(), resumed });
            }
            seen.connected = true;
        });
    }

    /// Until there is a socket with a session.
    async fn come(&mut self, mut earlier: Option<Bot>) -> Result<(Bot, Came)> {
        let mut wait = BACK_OFF;
        let follows: Option<Earlier> = earlier.as_ref().map(Bot::as_earlier);
        loop {
            if let Some(mut bot) = earlier.take() {
                match timeout(CONNECTS_WITHIN, bot.take_up()).await {
                    Ok(Ok(Ok(executed))) => return Ok((bot, Came::Resumed { executed })),
                    Ok(Ok(Err(Refused(Code::SessionUnknown | Code::Resync)))) => continue,
                    _ => earlier = Some(bot),
                }
            } else if let Ok(Ok(bot)) = timeout(CONNECTS_WITHIN, self.hello(follows.clone())).await {
                self.seen.send_modify(|seen| {
                    seen.hellos += 1;
                    seen.own = None;
                });
                return Ok((bot, Came::Anew));
            }
            if self.orders.is_closed() {
                bail!("the page is closed");
            }
            sleep(self.dice.around(wait)).await;
            wait = (wait * 2).min(LONGEST_BACK_OFF);
        }
    }

    async fn hello(&mut self, earlier: Option<Earlier>) -> Result<Bot> {
        let ticket = match &self.who {
            Who::Staff(staff) => staff.ticket().await?,
            Who::Guest => {
                let wish = TicketRequest { guest: Some(self.proof.clone()), ..TicketRequest::default() };
                let request = self.http.post(format!("{}/api/v1/tickets", self.base)).json(&wish);
                let ticket: Ticket = request.send().await?.error_for_status()?.json().await?;
                self.proof = ticket.guest.context("a guest's ticket comes with a proof")?;
                ticket.ticket
            }
        };
        Bot::connect_after(&self.base, ticket, earlier).await
    }

    /// What was not carried out is said again, under the same ids.
    async fn say_again(&mut self, bot: &mut Bot, executed: u32) -> Result<()> {
        for (id, (command, _)) in self.asked.range(executed + 1..) {
            bot.send(&ClientFrame::Command { id: *id, command: command.clone() }).await?;
        }
        Ok(())
    }

    /// In a new session: what had no answer has none, and one goes where one was.
    async fn take_up(&mut self, bot: &mut Bot) -> Result<()> {
        for (_, (_, asker)) in std::mem::take(&mut self.asked) {
            if let Asker::User(answer) = asker {
                let _ = answer.send(Err(NoReply::Lost));
            }
        }
        self.idle = Some(Instant::now());
        if self.keeps.console {
            self.again(bot, Command::OpenConsole).await?;
            if let Some(online) = self.keeps.online {
                self.again(bot, Command::SetAvailability { online: Some(online), chosen: None }).await?;
            }
        }
        if let Some(desk) = self.keeps.desk.clone() {
            self.again(bot, Command::WatchDesk { desk }).await?;
        }
        if let Some((name, room)) = self.keeps.lounge.clone() {
            self.again(bot, Command::EnterLounge { name, room, use_here: false }).await?;
        }
        if let Some(seat) = self.keeps.seat.clone()
            && !self.again(bot, seat.command).await?
        {
            self.keeps.seat = None;
            self.seen.send_modify(|seen| seen.room = None);
        }
        Ok(())
    }

    /// Does it, again and again while the server cannot. Returns whether it was done.
    async fn again(&mut self, bot: &mut Bot, command: Command) -> Result<bool> {
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.ask(bot, command.clone(), Asker::User(answer)).await?;
            let outcome = loop {
                if let Ok(outcome) = answered.try_recv() {
                    break outcome;
                }
                let frame = bot.frame().await?;
                self.hear(frame);
            };
            match outcome {
                Ok(_) => return Ok(true),
                Err(NoReply::Refused(Code::TryAgain | Code::RateLimited)) => sleep(AGAIN_AFTER).await,
                Err(NoReply::Refused(code)) => {
                    self.seen.send_modify(|seen| seen.refused.push(code));
                    return Ok(false);
                }
                Err(NoReply::Lost) => bail!("the session was lost"),
            }
        }
    }

    /// Until the user closes the page; an error when the line broke.
    async fn stay(&mut self, bot: &mut Bot) -> Result<()> {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut heard, mut pinged) = (Instant::now(), Instant::now());
        loop {
            tokio::select! {
                frame = bot.frame() => {
                    heard = Instant::now();
                    self.hear(frame?);
                }
                order = self.orders.recv() => match order {
                    Some(Order { command, answer }) => self.ask(bot, command, Asker::User(answer)).await?,
                    None => return Ok(()),
                },
                _ = look.tick() => {
                    if pinged > heard && pinged.elapsed() > PONG_WITHIN {
                        bail!("nothing was heard");
                    }
                    if pinged.elapsed() > PING_EVERY {
                        bot.ping().await?;
                        pinged = Instant::now();
                    }
                }
            }
            if let Some(command) = self.by_itself() {
                self.idle = None;
                self.ask(bot, command, Asker::Page).await?;
            }
        }
    }

    async fn ask(&mut self, bot: &mut Bot, command: Command, asker: Asker) -> Result<()> {
        self.asked.insert(bot.next_id(), (command.clone(), asker));
        bot.ask(command).await.map(drop)
    }

    /// What the page does now without being told.
    fn by_itself(&self) -> Option<Command> {
        if self.idle.is_none_or(|from| Instant::now() < from) {
            return None;
        }
        let seen = self.seen.borrow();
        let within = |ring| self.keeps.seat.as_ref().is_some_and(|seat| seat.ring == Some(ring));
        match (seen.engagement()?, self.manner) {
            (Engagement::Called { ring }, Manner::Accepts) => Some(Command::AcceptRing { ring: ring.id }),
            (Engagement::InCall { ring }, Manner::Accepts | Manner::Joins)
                if !within(ring.id) && self.left != Some(ring.id) =>
            {
                Some(join_call(ring.id))
            }
            _ => None,
        }
    }

    fn hear(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Reply { id, reply } => self.answered(id, Ok(reply)),
            ServerFrame::Rejection { id, code } => self.answered(id, Err(code)),
            ServerFrame::Event { topic, version, event } => {
                let sat = self.seen.borrow().room.is_some();
                self.seen.send_modify(|seen| seen.hears(topic, version, &event));
                let over =
                    |seat: &Seat| matches!(event, Event::RingEnded { ring, .. } if seat.ring == Some(ring));
                let removed = sat && self.seen.borrow().room.is_none();
                if removed || self.keeps.seat.as_ref().is_some_and(over) {
                    self.keeps.seat = None;
                }
            }
            _ => {}
        }
    }

    fn answered(&mut self, id: u32, outcome: Result<Reply, Code>) {
        let Some((command, asker)) = self.asked.remove(&id) else { return };
        if let Ok(reply) = &outcome {
            self.remember(&command, reply);
        }
        match asker {
            Asker::User(answer) => drop(answer.send(outcome.map_err(NoReply::Refused))),
            // What was refused may be possible in a moment, if it is still to be done then.
            Asker::Page => {
                let pause = if outcome.is_ok() { Duration::ZERO } else { AGAIN_AFTER };
                self.idle = Some(Instant::now() + pause);
            }
        }
    }

    /// What is taken up again from now on, and what is shown.
    fn remember(&mut self, command: &Command, reply: &Reply) {
        match (command, reply) {
            (Command::OpenConsole, Reply::Console { console }) => {
                self.keeps.console = true;
                self.seen.send_modify(|seen| {
                    seen.person = Some(console.person);
                    seen.owns(&console.availability);
                });
            }
            (Command::WatchDesk { desk }, Reply::Desk { own, .. }) => {
                self.keeps.desk = Some(desk.clone());
                self.seen.send_modify(|seen| seen.owns(own));
            }
            (Command::SetAvailability { online, .. }, Reply::Own { own }) => {
                self.keeps.online = online.or(self.keeps.online);
                self.seen.send_modify(|seen| seen.owns(own));
            }
            (_, Reply::Own { own }) => self.seen.send_modify(|seen| seen.owns(own)),
            (Command::EnterLounge { name, .. }, Reply::Lounge { lounge }) => {
                self.keeps.lounge = Some((name.clone(), Some(lounge.room.room)));
                self.seen.send_modify(|seen| {
                    seen.person = Some(lounge.person);
                    seen.owns(&lounge.own);
                });
            }
            (Command::Jump { room: to }, Reply::LoungeRoom { .. }) => {
                if let Some((_, room)) = &mut self.keeps.lounge {
                    *room = Some(*to);
                }
            }
            (Command::LeaveLounge, _) => self.keeps.lounge = None,
            (Command::Leave, _) => {
                // Also the call that it could not come back to: the user has hung up.
                self.left = self.keeps.seat.take().and_then(|seat| seat.ring).or(self.latest);
                self.seen.send_modify(|seen| seen.room = None);
            }
            (_, Reply::Joined { participant, continuation, room, .. }) => {
                let (command, ring) = continued(command, continuation);
                self.keeps.seat = Some(Seat { command, ring });
                self.latest = ring.or(self.latest);
                let entered = InRoom::new(ring, *participant, room);
                self.seen.send_modify(|seen| seen.enters(entered, room));
            }
            _ => {}
        }
    }
}

fn join_call(ring: RingId) -> Command {
    let (microphone, camera) = (Microphone::Live, Camera::On);
    Command::JoinCall { ring, microphone, camera, continuation: None, media: MediaPath::Fresh }
}

/// What to say to come back as who one was, with media that still flows.
fn continued(command: &Command, latest: &str) -> (Command, Option<RingId>) {
    let mut command = command.clone();
    let mut which = None;
    if let Command::JoinCall { ring, continuation, media, .. } = &mut command {
        (which, *continuation, *media) = (Some(*ring), Some(latest.to_owned()), MediaPath::Kept);
    } else if let Command::Join { continuation, media, .. } = &mut command {
        (*continuation, *media) = (Some(latest.to_owned()), MediaPath::Kept);
    }
    (command, which)
}
