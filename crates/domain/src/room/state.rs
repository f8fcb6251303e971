//! What events make of a room: the only place where one changes.

use super::shapes::{Entry, Keys, Member};
use super::{Departed, Event, MAX_DEPARTED, MediaRoute, Room};
use crate::ids::ParticipantId;
use std::collections::VecDeque;

/// Those who need not knock again. More enlarges the document by 100 bytes each; who is forgotten knocks.
const MAX_KNOWN: usize = 100;
/// Those who are host again after the room was empty. Few are ever one.
const MAX_HOSTS: usize = 8;
/// Those who were removed. More enlarges the document by 200 bytes each; whoever has to remove so many locks the room.
const MAX_BARRED: usize = 100;

/// The state after an event.
#[must_use]
pub fn apply(room: Option<Room>, event: &Event) -> Option<Room> {
    if let Event::Opened { name, call, settings } = event {
        return Some(Room {
            name: name.clone(),
            call: *call,
            version: 1,
            next_order: 1,
            settings: *settings,
            route: MediaRoute::PeerToPeer,
            route_until: None,
            place: None,
            generation: 0,
            members: Vec::new(),
            departed: VecDeque::new(),
            host: None,
            password: None,
            knocks: Vec::new(),
            admissions: VecDeque::new(),
            known: VecDeque::new(),
            hosts: VecDeque::new(),
            barred: VecDeque::new(),
            reserved: None,
        });
    }
    if matches!(event, Event::Closed) {
        return None;
    }
    let mut room = room?;
    if event.counts() {
        room.version += 1;
    }
    room.change(event);
    Some(room)
}

impl Room {
    fn change(&mut self, event: &Event) {
        match event {
            Event::Opened { .. } | Event::Closed | Event::Muted { .. } => {}
            Event::SettingsChanged { settings } => {
                self.settings = *settings;
                if settings.entry == Entry::Locked {
                    self.admissions.clear();
                }
            }
            Event::Routed { route, until } => (self.route, self.route_until) = (*route, *until),
            Event::Placed { instance, generation } => {
                (self.place, self.generation) = (*instance, *generation);
            }
            Event::Joined { member } => self.sit(member),
            Event::Changed { member } => {
                if let Some(seat) = self.members.iter_mut().find(|seat| seat.id == member.id) {
                    *seat = member.clone();
                }
                self.knocks.retain(|knock| knock.session != member.session);
            }
            Event::Left { participant, .. } => self.depart(*participant),
            Event::HostChanged { host } => {
                if let Some(before) = self.host().map(|host| host.keys) {
                    remember(&mut self.hosts, before, MAX_HOSTS);
                }
                self.host = *host;
            }
            Event::PasswordChanged { password } => self.password.clone_from(password),
            Event::Knocked { knock } => match self.knocks.iter_mut().find(|one| one.id == knock.id) {
                Some(one) => *one = knock.clone(),
                None => self.knocks.push(knock.clone()),
            },
            Event::KnockEnded { id, .. } => self.knocks.retain(|knock| knock.id != *id),
            Event::Admitted { admission } => {
                self.admissions.retain(|one| one.id != admission.id);
                bounded(&mut self.admissions, *admission, super::door::MAX_KNOCKS);
            }
            Event::Barred { bar } => {
                self.known.retain(|keys| !keys.meet(&bar.keys));
                self.hosts.retain(|keys| !keys.meet(&bar.keys));
                self.admissions.retain(|admission| !admission.keys.meet(&bar.keys));
                bounded(&mut self.barred, *bar, MAX_BARRED);
            }
            Event::Emptied { until } => {
                (self.route, self.route_until) = (MediaRoute::PeerToPeer, None);
                (self.place, self.generation) = (None, 0);
                self.departed.clear();
                self.reserved = Some(*until);
            }
            Event::Refilled { call } => self.call = *call,
            Event::Unreserved => self.reserved = None,
        }
    }

    fn sit(&mut self, member: &Member) {
        self.next_order = self.next_order.max(member.order + 1);
        let place = self.members.partition_point(|other| other.order < member.order);
        self.members.insert(place, member.clone());
        self.departed.retain(|departed| departed.id != member.id);
        self.knocks.retain(|knock| knock.session != member.session && knock.id != member.id);
        self.admissions.retain(|admission| admission.id != member.id);
    }

    fn depart(&mut self, id: ParticipantId) {
        let Some(place) = self.members.iter().position(|member| member.id == id) else { return };
        let Member { id, epoch, keys, .. } = self.members.remove(place);
        if self.departed.len() == MAX_DEPARTED {
            self.departed.pop_front();
        }
        self.departed.push_back(Departed { id, epoch });
        remember(&mut self.known, keys, MAX_KNOWN);
        if self.host == Some(id) {
            self.host = None;
            remember(&mut self.hosts, keys, MAX_HOSTS);
        }
    }
}

/// Puts them last; whoever is known by nothing is not known.
fn remember(all: &mut VecDeque<Keys>, keys: Keys, most: usize) {
    if keys != Keys::default() {
        all.retain(|one| *one != keys);
        bounded(all, keys, most);
    }
}

fn bounded<T>(all: &mut VecDeque<T>, one: T, most: usize) {
    if all.len() >= most {
        all.pop_front();
    }
    all.push_back(one);
}
