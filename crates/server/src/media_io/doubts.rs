//! What looks wrong twice in a row is wrong. What is compared was not read in one moment: somebody may have come after
//! the one half was read and before the other. Pure.

use std::collections::HashSet;
use std::hash::Hash;

/// What looked wrong the last time.
#[derive(Debug)]
pub(super) struct Doubts<T> {
    before: HashSet<T>,
}

impl<T> Default for Doubts<T> {
    fn default() -> Self {
        Self { before: HashSet::new() }
    }
}

impl<T: Copy + Eq + Hash> Doubts<T> {
    /// Of what looks wrong now, what did the last time too. It is to be mended: it is forgotten here.
    pub(super) fn confirmed(&mut self, wrong: impl IntoIterator<Item = T>) -> Vec<T> {
        let before = std::mem::take(&mut self.before);
        let (confirmed, new) = wrong.into_iter().partition(|one| before.contains(one));
        self.before = new;
        Vec::from_iter::<HashSet<T>>(confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_twice_in_a_row_is() {
        let mut doubts = Doubts::default();
        for (wrong, confirmed) in [
            (vec![1, 2], vec![]),
            (vec![2, 3], vec![2]),
            (vec![2, 3], vec![3]),
            (vec![], vec![]),
            (vec![2], vec![]),
            (vec![2], vec![2]),
        ] {
            assert_eq!(doubts.confirmed(wrong.clone()), confirmed, "{wrong:?}");
        }
    }
}
