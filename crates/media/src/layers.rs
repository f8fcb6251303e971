//! Which layer of each picture a receiver gets: what fits the size it is shown at, and what their network carries.
//! Pure.

/// Bits per second.
pub(crate) type Bitrate = u64;

/// One encoding of a publication, as far as the choice is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encoding {
    /// Pixels of the larger side.
    pub(crate) size: u32,
    /// What it takes, or would.
    pub(crate) bitrate: Bitrate,
    /// Whether it arrives now.
    pub(crate) flowing: bool,
}

/// One picture that is looked at, most important first in a list of them.
#[derive(Debug, Clone)]
pub(crate) struct Wish<'a> {
    /// Smallest first, never empty.
    pub(crate) encodings: &'a [Encoding],
    /// Pixels of the larger side at which it is shown.
    pub(crate) shown: u32,
    /// The one that is sent now.
    pub(crate) present: Option<usize>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// For each wish the encoding to send; none where nothing fits.
    pub(crate) layers: Vec<Option<usize>>,
    /// What all would take at the size they are shown at.
    pub(crate) ideal: Bitrate,
    /// What the chosen and the next step up would take: the rate worth probing for first.
    pub(crate) next: Bitrate,
}

/// A picture may be enlarged by this much before the next layer is worth its bits.
const STRETCH: (u32, u32) = (5, 4);
/// Room that has to be there beyond what a better layer takes before it is taken, in percent: an estimate that
/// just reaches would fall short at the next moment.
const HEADROOM: Bitrate = 10;

/// The encoding that fits the size, whatever the network.
pub(crate) fn ideal(encodings: &[Encoding], shown: u32) -> usize {
    let enough =
        |encoding: &Encoding| encoding.size.saturating_mul(STRETCH.0) >= shown.saturating_mul(STRETCH.1);
    encodings.iter().position(enough).unwrap_or(encodings.len().saturating_sub(1))
}

/// Spends the budget: the smallest layer of each first, in order of importance, then steps up in the same order.
pub(crate) fn choose(wishes: &[Wish<'_>], budget: Option<Bitrate>) -> Choice {
    let ideals: Vec<_> = wishes.iter().map(|wish| ideal(wish.encodings, wish.shown)).collect();
    let rate = |wish: &Wish<'_>, layer: usize| wish.encodings.get(layer).map_or(0, |one| one.bitrate);
    let total = wishes.iter().zip(&ideals).map(|(wish, layer)| rate(wish, *layer)).sum();
    let mut left = budget.unwrap_or(Bitrate::MAX);
    let mut layers = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let cost = with_headroom(rate(wish, 0), wish.present.is_none());
        let fits = cost <= left;
        if fits {
            left -= rate(wish, 0).min(left);
        }
        layers.push(fits.then_some(0));
    }
    let mut next = 0;
    for ((wish, ideal), layer) in wishes.iter().zip(&ideals).zip(&mut layers) {
        let Some(layer) = layer else {
            next = if next == 0 { rate(wish, 0) } else { next };
            continue;
        };
        for better in 1..=*ideal {
            let more = rate(wish, better).saturating_sub(rate(wish, *layer));
            let is_new = wish.present.is_none_or(|present| present < better);
            if with_headroom(more, is_new) > left {
                next = if next == 0 { more } else { next };
                break;
            }
            left -= more;
            *layer = better;
        }
    }
    let spent: Bitrate = wishes.iter().zip(&layers).filter_map(|(w, l)| l.map(|l| rate(w, l))).sum();
    Choice { layers, ideal: total, next: spent + next }
}

/// The one to send of those that arrive: the best up to the wanted one, else the smallest there is.
pub(crate) fn best_flowing(encodings: &[Encoding], wanted: usize) -> Option<usize> {
    let flowing = |index: &usize| encodings[*index].flowing;
    let up_to = (0..=wanted.min(encodings.len().saturating_sub(1))).rev().find(flowing);
    up_to.or_else(|| (0..encodings.len()).find(flowing))
}

fn with_headroom(bitrate: Bitrate, is_new: bool) -> Bitrate {
    if is_new { bitrate + bitrate * HEADROOM / 100 } else { bitrate }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CAMERA: [Encoding; 3] = [
        Encoding { size: 320, bitrate: 150_000, flowing: true },
        Encoding { size: 640, bitrate: 500_000, flowing: true },
        Encoding { size: 1280, bitrate: 1_500_000, flowing: true },
    ];

    fn wish(shown: u32) -> Wish<'static> {
        Wish { encodings: &CAMERA, shown, present: None }
    }

    #[test]
    fn the_size_shown_decides_where_the_network_carries_all() {
        for (shown, layer) in
            [(100, 0), (320, 0), (400, 0), (401, 1), (640, 1), (801, 2), (1280, 2), (4000, 2)]
        {
            assert_eq!(choose(&[wish(shown)], None).layers, [Some(layer)], "{shown}");
        }
    }

    #[test]
    fn everybody_is_seen_small_before_anybody_large() {
        let wishes = [wish(1280), wish(640), wish(320)];
        for (budget, layers) in [
            (100_000, [None, None, None]),
            (200_000, [Some(0), None, None]),
            (495_000, [Some(0), Some(0), Some(0)]),
            (900_000, [Some(1), Some(0), Some(0)]),
            (2_000_000, [Some(2), Some(0), Some(0)]),
            (2_400_000, [Some(2), Some(1), Some(0)]),
        ] {
            assert_eq!(choose(&wishes, Some(budget)).layers, layers, "{budget}");
        }
        assert_eq!(choose(&wishes, Some(900_000)).ideal, 2_150_000);
        assert_eq!(choose(&wishes, Some(900_000)).next, 800_000 + 1_000_000);
    }

    #[test]
    fn what_is_sent_already_needs_no_headroom() {
        let budget = Some(510_000);
        assert_eq!(choose(&[wish(640)], budget).layers, [Some(0)]);
        let present = Wish { present: Some(1), ..wish(640) };
        assert_eq!(choose(&[present], budget).layers, [Some(1)]);
    }

    #[test]
    fn only_what_arrives_is_sent() {
        let mut some = CAMERA;
        some[2].flowing = false;
        assert_eq!(best_flowing(&some, 2), Some(1));
        some[0].flowing = false;
        assert_eq!(best_flowing(&some, 0), Some(1));
        some[1].flowing = false;
        assert_eq!(best_flowing(&some, 2), None);
    }

    proptest! {
        #[test]
        fn the_budget_holds(
            shown in prop::collection::vec(1_u32..3000, 0..20), budget in 0_u64..20_000_000
        ) {
            let wishes: Vec<_> = shown.iter().map(|shown| wish(*shown)).collect();
            let choice = choose(&wishes, Some(budget));
            let spent: u64 = choice.layers.iter().flatten().map(|layer| CAMERA[*layer].bitrate).sum();
            prop_assert!(spent <= budget);
            for (wish, layer) in wishes.iter().zip(&choice.layers) {
                prop_assert!(layer.is_none_or(|layer| layer <= ideal(wish.encodings, wish.shown)));
            }
        }
    }
}
