//! All live state of an installation as it is in Redis at one moment. Read by hand: whoever checks the servers uses
//! none of their code but the shapes of the documents.

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use visavis_domain::ids::{AppointmentId, DeskId, InstanceId, LoungeRoomId, PersonId, RingId, SessionId};
use visavis_domain::lounge::{Gathering, NameClaim};
use visavis_domain::person::Person;
use visavis_domain::queue::Queue;
use visavis_domain::ring::Ring;
use visavis_domain::room::Room;
use visavis_domain::time::Timestamp;
use visavis_domain::visit::Visit;

/// What all names of an installation of the default name begin with.
const PREFIX: &str = "{visavis:visavis}:";
/// Everything, as one flat list of texts: the clock; then what each is, its name and its parts.
const READ: &str = "
local prefix, time, found = ARGV[1], redis.call('TIME'), {}
found[1] = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local function add(...)
  for _, part in ipairs({...}) do found[#found + 1] = part end
end
for _, key in ipairs(redis.call('KEYS', prefix .. 'doc:*')) do
  local parts = redis.call('HMGET', key, 'b', 'l')
  add('doc', key, parts[1] or '', parts[2] or '', redis.call('ZSCORE', prefix .. 'deadlines', key) or '')
end
local leases = redis.call('ZRANGE', prefix .. 'leases', 0, -1, 'WITHSCORES')
for index = 1, #leases, 2 do add('lease', leases[index], leases[index + 1], '', '') end
local due = redis.call('ZRANGE', prefix .. 'deadlines', 0, -1)
for _, key in ipairs(due) do
  if redis.call('EXISTS', key) == 0 then add('deadline', key, '', '', '') end
end
for _, key in ipairs(redis.call('KEYS', prefix .. 'held:*')) do
  for _, document in ipairs(redis.call('SMEMBERS', key)) do add('held', key, document, '', '') end
end
return found";

/// What hangs on a document besides its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hangs {
    /// When it is to be looked at.
    pub deadline: Option<Timestamp>,
    /// Whose lease it has.
    pub lease: Option<InstanceId>,
}

/// All live state of one moment.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The moment, by the clock of Redis.
    pub now: Timestamp,
    /// Who is there.
    pub people: BTreeMap<PersonId, (Person, Hangs)>,
    /// Who rings whom, and what calls came of it.
    pub rings: BTreeMap<RingId, (Ring, Hangs)>,
    /// By folded name.
    pub rooms: BTreeMap<String, (Room, Hangs)>,
    /// Who waits.
    pub queues: BTreeMap<DeskId, (Queue, Hangs)>,
    /// What goes on around appointments.
    pub visits: BTreeMap<AppointmentId, (Visit, Hangs)>,
    /// Who is in the rooms of the lounge.
    pub gatherings: BTreeMap<LoungeRoomId, (Gathering, Hangs)>,
    /// Whose names are, by the bits of their keys.
    pub names: BTreeMap<u128, NameClaim>,
    /// What hangs on sessions that hold something.
    pub sessions: BTreeMap<SessionId, Hangs>,
    /// When the lease of each instance ends.
    pub leases: BTreeMap<InstanceId, Timestamp>,
    /// Names of documents that are listed as an instance's, with the instance.
    pub held: Vec<(InstanceId, String)>,
    /// Chats, by the whole names of their documents.
    pub chats: Vec<String>,
    /// Documents that nobody is in, by their whole names.
    pub others: BTreeMap<String, Hangs>,
    /// Names of deadlines without a document.
    pub loose_deadlines: Vec<String>,
}

impl Live {
    /// Reads it from the Redis at this socket.
    ///
    /// # Errors
    /// If it does not answer, or what it has is nothing we know.
    pub async fn read(socket: &Path) -> Result<Self> {
        let parts = ask(socket, &["EVAL", READ, "0", PREFIX]).await?;
        let (clock, rest) = parts.split_first().context("no clock")?;
        let mut live = Self { now: Timestamp(clock.parse()?), ..Self::default() };
        let (entries, odd) = rest.as_chunks::<5>();
        if !odd.is_empty() {
            bail!("{} parts are no entries", rest.len());
        }
        for [kind, name, first, second, third] in entries {
            let short = name.strip_prefix(PREFIX).unwrap_or(name);
            match kind.as_str() {
                "doc" => {
                    let lease = (!second.is_empty()).then(|| second.parse()).transpose()?;
                    let deadline = (!third.is_empty()).then(|| third.parse().map(Timestamp)).transpose()?;
                    let document = short.strip_prefix("doc:").context("no document's name")?;
                    live.add(document, first, Hangs { deadline, lease })
                        .with_context(|| format!("{document}: {first}"))?;
                }
                "lease" => {
                    live.leases.insert(name.parse()?, Timestamp(first.parse()?));
                }
                "deadline" => live.loose_deadlines.push(short.to_owned()),
                _ => {
                    let instance = short.strip_prefix("held:").context("no set's name")?;
                    let document = first.strip_prefix(PREFIX).unwrap_or(first);
                    live.held.push((instance.parse()?, document.trim_start_matches("doc:").to_owned()));
                }
            }
        }
        Ok(live)
    }

    fn add(&mut self, document: &str, body: &str, hangs: Hangs) -> Result<()> {
        fn of<T: DeserializeOwned>(body: &str) -> Result<T> {
            Ok(serde_json::from_str(body)?)
        }
        let (kind, name) = document.split_once(':').context("a document without a kind")?;
        match kind {
            "person" => drop(self.people.insert(name.parse()?, (of(body)?, hangs))),
            "ring" => drop(self.rings.insert(name.parse()?, (of(body)?, hangs))),
            "room" => drop(self.rooms.insert(name.to_owned(), (of(body)?, hangs))),
            "queue" => drop(self.queues.insert(name.parse()?, (of(body)?, hangs))),
            "visit" => drop(self.visits.insert(name.parse()?, (of(body)?, hangs))),
            "gathering" => drop(self.gatherings.insert(name.parse()?, (of(body)?, hangs))),
            "name" => drop(self.names.insert(u128::from_str_radix(name, 16)?, of(body)?)),
            "session" => drop(self.sessions.insert(name.parse()?, hangs)),
            // What all instances must agree on, counted tries to sign in, what webhooks are to be told, what was
            // answered under a word, and that calls have ended: nobody is in them.
            "installation" | "tries" | "outbox" | "once" | "over" => {
                let _ = self.others.insert(document.to_owned(), hangs);
            }
            "chat" | "waiting-chat" => self.chats.push(document.to_owned()),
            _ => bail!("a document of an unknown kind"),
        }
        Ok(())
    }
}

/// One command on a connection of its own; the answer is a flat list of texts.
async fn ask(socket: &Path, words: &[&str]) -> Result<Vec<String>> {
    let mut stream = BufReader::new(UnixStream::connect(socket).await?);
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(request.as_bytes()).await?;
    let head = line(&mut stream).await?;
    let count: usize = head.strip_prefix('*').with_context(|| head.clone())?.parse()?;
    let mut parts = Vec::with_capacity(count);
    for _ in 0..count {
        let head = line(&mut stream).await?;
        let length: usize = head.strip_prefix('$').with_context(|| head.clone())?.parse()?;
        let mut text = vec![0; length + 2];
        stream.read_exact(&mut text).await?;
        text.truncate(length);
        parts.push(String::from_utf8(text)?);
    }
    Ok(parts)
}

async fn line(stream: &mut BufReader<UnixStream>) -> Result<String> {
    let mut text = String::new();
    stream.read_line(&mut text).await?;
    Ok(text.trim_end().to_owned())
}
