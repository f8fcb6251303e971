//! Where something stands in a list that grows, as it goes out with one part (`next`) and comes back for the next
//! (`after`): a moment and an id, so that nothing is told twice or left out because of what came or went meanwhile.

use serde::Deserialize;
use std::fmt;
use std::str::FromStr;
use visavis_domain::ids::MalformedId;
use visavis_domain::time::Timestamp;

/// A place, `1700000000000-r_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String", bound(deserialize = "Id: FromStr"))]
pub(crate) struct Place<Id>(pub(crate) Timestamp, pub(crate) Id);

impl<Id: fmt::Display> fmt::Display for Place<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0.0, self.1)
    }
}

impl<Id: FromStr> TryFrom<String> for Place<Id> {
    type Error = MalformedId;

    fn try_from(text: String) -> Result<Self, MalformedId> {
        let (at, id) = text.split_once('-').ok_or(MalformedId)?;
        let fits = (1..=16).contains(&at.len()) && at.bytes().all(|byte| byte.is_ascii_digit());
        let at = at.parse().ok().filter(|_| fits).ok_or(MalformedId)?;
        Ok(Self(Timestamp(at), id.parse().map_err(|_| MalformedId)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_domain::ids::RingId;

    #[test]
    fn a_place_comes_back_as_it_went_out() {
        let place = Place(Timestamp(1_700_000_000_000), RingId::from_bits(7));
        assert_eq!(Place::<RingId>::try_from(place.to_string()), Ok(place));
        let id = RingId::from_bits(7);
        for no in ["", "-", "1", &format!("-{id}"), &format!("+1-{id}"), &format!("1 -{id}"), "1-r_7"] {
            assert_eq!(Place::<RingId>::try_from((*no).to_owned()), Err(MalformedId), "{no}");
        }
        assert!(Place::<RingId>::try_from(format!("{}-{id}", "9".repeat(17))).is_err());
    }
}
