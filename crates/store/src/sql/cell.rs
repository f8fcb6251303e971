//! Single values: from the port's types to what lies in a column, and back. What does not come back is damage.

use crate::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;
use visavis_domain::time::Timestamp;

/// A number as the databases keep it. They have no unsigned ones; what does not fit is beyond any time or step.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned<T: TryFrom<i64>>(value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| damaged("a number is out of range"))
}

pub(super) fn time(value: Timestamp) -> i64 {
    number(value.0)
}

pub(super) fn timestamp(value: i64) -> Result<Timestamp, StoreError> {
    unsigned(value).map(Timestamp)
}

/// An id, a name or an address: whatever parses from its own text.
pub(super) fn parsed<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| damaged("an id is malformed"))
}

pub(super) fn made<T: TryFrom<String>>(text: String) -> Result<T, StoreError> {
    T::try_from(text).map_err(|_| damaged("a name or an address is malformed"))
}

/// The word of a member of a closed set, as on the wire.
pub(super) fn word<T: Serialize>(value: T) -> String {
    let word = serde_json::to_value(value).expect("members of closed sets are JSON");
    word.as_str().expect("members of closed sets are words").to_owned()
}

pub(super) fn member<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    let read = serde_json::from_value(serde_json::Value::String(word));
    read.map_err(|_| damaged("a word is not one of its set"))
}

/// Those of a list that are of the set. A newer version of the program beside this one, or before it, may know more: what it
/// wrote is no damage.
pub(super) fn members<T: DeserializeOwned>(list: &str) -> Result<Vec<T>, StoreError> {
    let words: Vec<String> = from_json(list)?;
    Ok(words.into_iter().filter_map(|word| member(word).ok()).collect())
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists of them are always JSON")
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| damaged("a JSON column is malformed"))
}

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}
