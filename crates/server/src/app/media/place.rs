//! Which instance is to forward a room's media. Pure.

use crate::cluster::Says;
use std::iter::once;
use visavis_domain::ids::InstanceId;

/// The least loaded of those that take new work, between equals this one: what it is asked needs no way. This one, too,
/// if nobody takes new work: a call that moves once more is better than none.
pub(super) fn choose(
    own: (InstanceId, Says),
    others: impl IntoIterator<Item = (InstanceId, Says)>,
) -> InstanceId {
    let (here, _) = own;
    // What this one knows of itself is newer than what it has told.
    let others = others.into_iter().filter(|(instance, _)| *instance != here);
    let willing = once(own).chain(others).filter(|(_, says)| !says.draining);
    willing.min_by_key(|(id, says)| (says.load, *id != here, *id)).map_or(here, |(instance, _)| instance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Says = Says { load: 0, draining: false };
    const BUSY: Says = Says { load: 7, draining: false };
    const STOPPING: Says = Says { load: 0, draining: true };

    fn id(number: u128) -> InstanceId {
        InstanceId::from_bits(number)
    }

    #[test]
    fn media_goes_to_whoever_has_least_to_do_and_stays() {
        let table = [
            ("alone", FREE, vec![], 5),
            ("alone and about to stop", STOPPING, vec![], 5),
            ("between equals here", BUSY, vec![(1, BUSY), (9, BUSY)], 5),
            ("where less is done", BUSY, vec![(1, BUSY), (9, FREE)], 9),
            ("the same for all who ask, between equals elsewhere", BUSY, vec![(9, FREE), (1, FREE)], 1),
            ("not where work ends", BUSY, vec![(1, STOPPING)], 5),
            ("not here if work ends here", STOPPING, vec![(1, BUSY)], 1),
            ("nobody stays", STOPPING, vec![(1, STOPPING)], 5),
            ("what it has told of itself is old", STOPPING, vec![(5, FREE), (9, BUSY)], 9),
        ];
        for (what, own, others, expected) in table {
            let others = others.into_iter().map(|(number, says)| (id(number), says));
            assert_eq!(choose((id(5), own), others), id(expected), "{what}");
        }
    }
}
