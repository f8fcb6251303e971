//! Events for topics with many listeners, which are told a few at a time. Pure.
//!
//! A topic's events stay in order for each listener. What is told to a crowd while it is being gone through waits for
//! the next time, so that each listener gets it all at once: the more there is to tell, the less each event costs.

use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use visavis_domain::ids::SessionId;
use visavis_live::TopicName;

/// Those whose turn is still to come.
#[derive(Default)]
pub(super) struct Crowds {
    waiting: VecDeque<Crowd>,
}

struct Crowd {
    topic: TopicName,
    /// Told to those who are left of this round.
    events: Arc<[Utf8Bytes]>,
    left: Vec<SessionId>,
    /// For the next round.
    next: Vec<Utf8Bytes>,
}

impl Crowds {
    /// Nobody has anything to hear.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether listeners of this topic have still something to hear.
    pub(super) fn has(&self, topic: &TopicName) -> bool {
        self.waiting.iter().any(|crowd| crowd.topic == *topic)
    }

    /// One more event for a topic.
    pub(super) fn put(&mut self, topic: &TopicName, event: Utf8Bytes) {
        match self.waiting.iter_mut().find(|crowd| crowd.topic == *topic) {
            Some(crowd) => crowd.next.push(event),
            None => self.waiting.push_back(Crowd {
                topic: topic.clone(),
                events: Arc::default(),
                left: Vec::new(),
                next: vec![event],
            }),
        }
    }

    /// At most so many listeners of one topic, and what they are to be told; topics take turns. `everybody` says who
    /// listens as a round begins.
    pub(super) fn next(
        &mut self,
        most: usize,
        everybody: impl FnOnce(&TopicName) -> Vec<SessionId>,
    ) -> Option<(TopicName, Arc<[Utf8Bytes]>, Vec<SessionId>)> {
        let mut crowd = self.waiting.pop_front()?;
        if crowd.left.is_empty() {
            crowd.events = std::mem::take(&mut crowd.next).into();
            crowd.left = everybody(&crowd.topic);
        }
        let some = crowd.left.split_off(crowd.left.len().saturating_sub(most));
        let turn = (crowd.topic.clone(), crowd.events.clone(), some);
        if !crowd.left.is_empty() || !crowd.next.is_empty() {
            self.waiting.push_back(crowd);
        }
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(crowds: &mut Crowds, listeners: &[u128]) -> Option<(String, Vec<String>, Vec<u128>)> {
        let everybody = |_: &TopicName| listeners.iter().map(|id| SessionId::from_bits(*id)).collect();
        let (topic, events, some) = crowds.next(2, everybody)?;
        let events = events.iter().map(|event| event.as_str().to_owned()).collect();
        Some((topic.as_str().to_owned(), events, some.iter().map(|id| id.bits()).collect()))
    }

    #[test]
    fn everybody_hears_everything_once_and_in_order() {
        let mut crowds = Crowds::default();
        let desk = TopicName::new("desk");
        crowds.put(&desk, "one".into());
        assert_eq!(told(&mut crowds, &[1, 2, 3]), Some(("desk".into(), vec!["one".into()], vec![2, 3])));
        // What comes now is for the next round, in which there is also somebody new.
        crowds.put(&desk, "two".into());
        crowds.put(&desk, "three".into());
        assert_eq!(told(&mut crowds, &[]), Some(("desk".into(), vec!["one".into()], vec![1])));
        assert!(crowds.has(&desk));
        let both: Vec<String> = vec!["two".into(), "three".into()];
        assert_eq!(told(&mut crowds, &[1, 4]), Some(("desk".into(), both, vec![1, 4])));
        assert!(crowds.is_empty() && !crowds.has(&desk));
        assert_eq!(told(&mut crowds, &[1]), None);
    }

    #[test]
    fn topics_take_turns() {
        let mut crowds = Crowds::default();
        for topic in ["a", "b"] {
            crowds.put(&TopicName::new(topic), "event".into());
        }
        let order: Vec<_> =
            std::iter::from_fn(|| told(&mut crowds, &[1, 2, 3])).map(|(topic, ..)| topic).collect();
        assert_eq!(order, ["a", "b", "a", "b"]);
    }

    #[test]
    fn a_crowd_that_has_gone_ends_its_round() {
        let mut crowds = Crowds::default();
        crowds.put(&TopicName::new("desk"), "event".into());
        assert_eq!(told(&mut crowds, &[]).map(|(.., some)| some), Some(Vec::new()));
        assert!(crowds.is_empty());
    }
}
