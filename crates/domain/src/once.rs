//! Doing once what somebody asks for more than once. Who is not sure whether a request arrived shows the same word with
//! it again; what is remembered under that word decides whether it is done, told again, or refused.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// For how long an answer is told again.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// After this a request that has not ended is one whose process has. Less would do twice what is only slow; more keeps
/// who asks again waiting.
pub const RUNS_FOR: Duration = Duration::from_secs(60);

/// What is remembered under a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered<A> {
    /// Tells requests apart: the same for the same request.
    pub request: String,
    /// When it came.
    pub since: Timestamp,
    /// What it was answered with; none while it goes on.
    pub answer: Option<A>,
}

impl<A> Remembered<A> {
    /// When it is to be forgotten.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.since.plus(if self.answer.is_some() { KEPT_FOR } else { RUNS_FOR })
    }
}

/// What a request comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict<A> {
    /// It is the first: do it.
    First,
    /// It was done: tell what came of it.
    Again(A),
    /// It is being done: later.
    Busy,
    /// It is another request under the same word.
    Other,
}

/// Decides about a request, by what is remembered under its word.
pub fn decide<A>(now: Timestamp, request: &str, before: Option<Remembered<A>>) -> Verdict<A> {
    match before.filter(|before| now < before.until()) {
        None => Verdict::First,
        Some(before) if before.request != request => Verdict::Other,
        Some(Remembered { answer: Some(answer), .. }) => Verdict::Again(answer),
        Some(_) => Verdict::Busy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_done_once_for_as_long_as_it_is_remembered() {
        let at = |seconds: u64| Timestamp(1_000_000 + seconds * 1000);
        let remembered = |request: &str, answer| Remembered { request: request.into(), since: at(0), answer };
        let (running, done) = (remembered("a", None), remembered("a", Some("made")));
        let day = KEPT_FOR.as_secs();
        for (after, before, expected) in [
            (0, None, Verdict::First),
            (0, Some(running.clone()), Verdict::Busy),
            (59, Some(running.clone()), Verdict::Busy),
            (60, Some(running), Verdict::First),
            (0, Some(done.clone()), Verdict::Again("made")),
            (day - 1, Some(done.clone()), Verdict::Again("made")),
            (day, Some(done), Verdict::First),
            (0, Some(remembered("b", None)), Verdict::Other),
            (day - 1, Some(remembered("b", Some("made"))), Verdict::Other),
            (day, Some(remembered("b", Some("made"))), Verdict::First),
        ] {
            assert_eq!(decide(at(after), "a", before.clone()), expected, "{before:?} after {after} s");
        }
    }
}
