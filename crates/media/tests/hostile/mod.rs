//! Datagrams of somebody who has no keys: made up, or made of genuine ones they have seen. Seeded.

use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use std::net::SocketAddr;

/// What they send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// ClientHellos of others, and of nobody.
    ClientHello,
    /// DTLS records of every type, among them alerts and what would carry SCTP.
    Dtls,
    /// STUN with the right username and an integrity that is not.
    Stun,
    /// RTP of the streams there are, and of streams that claim sections there are.
    Rtp,
    /// Reports, requests and goodbyes.
    Rtcp,
    /// Genuine datagrams, cut short or with bits flipped, ahead of their originals.
    Mutated,
}

pub(crate) const KINDS: [Kind; 6] =
    [Kind::ClientHello, Kind::Dtls, Kind::Stun, Kind::Rtp, Kind::Rtcp, Kind::Mutated];

/// Genuine datagrams that somebody on the way has seen, by what they are.
#[derive(Default)]
struct Seen {
    hellos: Vec<Vec<u8>>,
    dtls: Vec<Vec<u8>>,
    stun: Vec<Vec<u8>>,
    /// With a header extension that names the section.
    first_rtp: Vec<Vec<u8>>,
    rtp: Vec<Vec<u8>>,
    rtcp: Vec<Vec<u8>>,
}

pub(crate) struct Hostile {
    rng: TestRng,
    /// Of each participant.
    seen: Vec<Seen>,
}

/// Kept of each kind: the first for what only comes at the beginning, the last for the rest.
const KEPT: usize = 64;

impl Hostile {
    pub(crate) fn new(participants: usize) -> Self {
        Self {
            rng: TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]),
            seen: (0..participants).map(|_| Seen::default()).collect(),
        }
    }

    /// Somebody's datagram went by.
    pub(crate) fn see(&mut self, participant: usize, bytes: &[u8]) {
        let seen = &mut self.seen[participant];
        let kept = match kind_of(bytes) {
            Some(Genuine::Hello) => &mut seen.hellos,
            Some(Genuine::Dtls) => &mut seen.dtls,
            Some(Genuine::Stun) => &mut seen.stun,
            Some(Genuine::Rtp) if seen.first_rtp.len() < KEPT => &mut seen.first_rtp,
            Some(Genuine::Rtp) => &mut seen.rtp,
            Some(Genuine::Rtcp) => &mut seen.rtcp,
            None => return,
        };
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(bytes.to_vec());
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.rng.next_u32() as usize % end.max(1)
    }

    /// An address nobody of the call has.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let [a, b, c, d] = self.rng.next_u32().to_be_bytes();
        SocketAddr::from(([192, 0, 2, a % 8], u16::from_be_bytes([b | 4, c ^ d])))
    }

    /// One for this participant.
    pub(crate) fn datagram(&mut self, participant: usize, kind: Kind) -> Vec<u8> {
        match kind {
            Kind::ClientHello => self.hello(participant),
            Kind::Dtls => self.record(participant),
            Kind::Stun => self.stun(participant),
            Kind::Rtp => self.rtp(participant),
            Kind::Rtcp => self.rtcp(participant),
            Kind::Mutated => self.mutated(participant),
        }
    }

    /// Its last request to be reached, as it was.
    pub(crate) fn latest_stun(&self, participant: usize) -> Vec<u8> {
        self.seen[participant].stun.last().cloned().unwrap_or_default()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    fn pick(&mut self, from: impl Fn(&Seen) -> &Vec<Vec<u8>>, participant: usize) -> Vec<u8> {
        let count = from(&self.seen[participant]).len();
        let index = self.below(count);
        from(&self.seen[participant]).get(index).cloned().unwrap_or_default()
    }

    fn hello(&mut self, participant: usize) -> Vec<u8> {
        let of = if self.below(2) == 0 { participant } else { self.below(self.seen.len()) };
        let mut hello = self.pick(|seen| &seen.hellos, of);
        if hello.len() < 60 {
            return hello;
        }
        // Another random; now and then another message number, record number or epoch.
        let random = self.bytes(32);
        hello[27..59].copy_from_slice(&random);
        match self.below(4) {
            0 => hello[18] = self.rng.next_u32() as u8 % 6,
            1 => hello[10] = self.rng.next_u32() as u8,
            2 => hello[4] = 1,
            _ => {}
        }
        hello
    }

    fn record(&mut self, participant: usize) -> Vec<u8> {
        let kind = [20, 21, 22, 23, 24, 25, 26, 60][self.below(8)];
        let body = match self.below(3) {
            // A fatal alert; a handshake message of a random kind; noise.
            0 => vec![2, [0, 10, 20, 40, 80][self.below(5)]],
            1 => {
                let mut body =
                    vec![self.rng.next_u32() as u8 % 21, 0, 0, 40, 0, self.rng.next_u32() as u8 % 8];
                body.extend([0, 0, 0, 0, 0, 40]);
                body.extend(self.bytes(40));
                body
            }
            _ => {
                let count = self.below(1_200);
                self.bytes(count)
            }
        };
        let epoch = self.below(3) as u8;
        let [a, b] = (body.len() as u16).to_be_bytes();
        let number = self.rng.next_u32() as u8;
        let mut record = vec![kind, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 0, number, a, b];
        record.extend(body);
        if self.below(4) == 0 {
            // Several in one datagram, the first of them genuine.
            record = [self.pick(|seen| &seen.dtls, participant), record].concat();
        }
        record
    }

    fn stun(&mut self, participant: usize) -> Vec<u8> {
        let mut genuine = self.pick(|seen| &seen.stun, participant);
        if genuine.len() < 20 {
            return genuine;
        }
        let transaction = self.bytes(12);
        genuine[8..20].copy_from_slice(&transaction);
        // The integrity was that of another transaction; here and there it is noise as well.
        if self.below(2) == 0 {
            let at = genuine.len() - 1 - self.below(28);
            genuine[at] ^= 1 << self.below(8);
        }
        if self.below(4) == 0 {
            // A response or an indication.
            genuine[0] = 1;
            genuine[1] = [0x01, 0x11][self.below(2)];
        }
        genuine
    }

    fn rtp(&mut self, participant: usize) -> Vec<u8> {
        let first = self.below(2) == 0;
        let mut packet = self.pick(|seen| if first { &seen.first_rtp } else { &seen.rtp }, participant);
        if packet.len() < 40 {
            return packet;
        }
        let ahead = self.below(400) as u16;
        let seq = u16::from_be_bytes([packet[2], packet[3]]).wrapping_add(ahead);
        packet[2..4].copy_from_slice(&seq.to_be_bytes());
        match self.below(4) {
            0 | 1 => {
                let ssrc = self.bytes(4);
                packet[8..12].copy_from_slice(&ssrc);
            }
            2 => packet[8..12].fill(0),
            _ => {}
        }
        let noise = self.bytes(12);
        let end = packet.len();
        packet[end - 12..].copy_from_slice(&noise);
        packet
    }

    fn rtcp(&mut self, participant: usize) -> Vec<u8> {
        let genuine = self.pick(|seen| &seen.rtcp, participant);
        let kind = 200 + self.below(8) as u8;
        let count = 4 * self.below(60);
        let mut packet = vec![0x80 | self.below(32) as u8, kind, 0, (count / 4) as u8 + 1];
        packet.extend(genuine.get(4..8).unwrap_or(&[1, 2, 3, 4]));
        packet.extend(self.bytes(count));
        // An index and a tag, as if it were encrypted.
        packet.extend([0x80, 0, 0, self.rng.next_u32() as u8]);
        packet.extend(self.bytes(10));
        packet
    }

    fn mutated(&mut self, participant: usize) -> Vec<u8> {
        let mut genuine = match self.below(6) {
            0 => self.pick(|seen| &seen.hellos, participant),
            1 => self.pick(|seen| &seen.dtls, participant),
            2 => self.pick(|seen| &seen.stun, participant),
            3 => self.pick(|seen| &seen.rtcp, participant),
            4 => self.pick(|seen| &seen.first_rtp, participant),
            _ => self.seen[participant].rtp.last().cloned().unwrap_or_default(),
        };
        if genuine.is_empty() {
            return genuine;
        }
        if self.below(3) == 0 {
            genuine.truncate(self.below(genuine.len()));
        } else {
            for _ in 0..=self.below(6) {
                // Headers are where parsers are.
                let end = if self.below(2) == 0 { genuine.len().min(40) } else { genuine.len() };
                let at = self.below(end);
                genuine[at] ^= 1 << self.below(8);
            }
        }
        genuine
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Genuine {
    Hello,
    Dtls,
    Stun,
    Rtp,
    Rtcp,
}

/// What a datagram is (RFC 7983, RFC 5761).
pub(crate) fn kind_of(bytes: &[u8]) -> Option<Genuine> {
    match (bytes.first()?, bytes.get(1)?) {
        (0..=3, _) => Some(Genuine::Stun),
        (22, _) if bytes.get(13) == Some(&1) => Some(Genuine::Hello),
        (20..=63, _) => Some(Genuine::Dtls),
        (128..=191, 192..=223) => Some(Genuine::Rtcp),
        (128..=191, _) => Some(Genuine::Rtp),
        _ => None,
    }
}
