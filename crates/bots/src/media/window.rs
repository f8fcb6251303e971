//! Which numbers of a sequence arrived: losses, duplicates, reordering, in constant space.

/// Numbers that are remembered. More than any retransmission is late: 4,096 packets are 20 s of the largest layer.
const SPAN: u64 = 4096;

/// What an arrival was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The next one.
    InOrder,
    /// One further on: this many are missing before it, so far.
    Ahead(u64),
    /// One that had been missing.
    Late,
    /// One that had arrived.
    Duplicate,
}

/// Numbers from the first that arrived on.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    first: u64,
    highest: u64,
    unique: u64,
    seen: Box<[u64]>,
}

impl Window {
    pub(crate) fn starting_with(number: u64) -> Self {
        let seen = vec![0; (SPAN / 64) as usize].into_boxed_slice();
        let mut window = Self { first: number, highest: number, unique: 1, seen };
        window.mark(number);
        window
    }

    pub(crate) fn insert(&mut self, number: u64) -> Arrival {
        if number > self.highest {
            let skipped = number - self.highest - 1;
            // What the ring held of a span ago is forgotten: those stay lost if they were.
            for forgotten in (self.highest + 1..=number).rev().take(SPAN as usize) {
                self.unmark(forgotten);
            }
            self.highest = number;
            self.unique += 1;
            self.mark(number);
            return if skipped == 0 { Arrival::InOrder } else { Arrival::Ahead(skipped) };
        }
        if number < self.first {
            // Overtaken by the very first one.
            if self.highest - number >= SPAN {
                return Arrival::Duplicate;
            }
            for missing in number..self.first {
                self.unmark(missing);
            }
            self.first = number;
        } else if self.highest - number >= SPAN || self.is_marked(number) {
            return Arrival::Duplicate;
        }
        self.mark(number);
        self.unique += 1;
        Arrival::Late
    }

    /// Whether it lies between the first and the last that arrived.
    pub(crate) fn spans(&self, number: u64) -> bool {
        (self.first..=self.highest).contains(&number)
    }

    pub(crate) fn highest(&self) -> u64 {
        self.highest
    }

    /// Those between first and last that have not arrived.
    pub(crate) fn missing(&self) -> u64 {
        self.highest + 1 - self.first - self.unique
    }

    fn place(number: u64) -> (usize, u64) {
        let bit = number % SPAN;
        ((bit / 64) as usize, 1 << (bit % 64))
    }

    fn mark(&mut self, number: u64) {
        let (word, bit) = Self::place(number);
        self.seen[word] |= bit;
    }

    fn unmark(&mut self, number: u64) {
        let (word, bit) = Self::place(number);
        self.seen[word] &= !bit;
    }

    fn is_marked(&self, number: u64) -> bool {
        let (word, bit) = Self::place(number);
        self.seen[word] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, SPAN, Window};
    use Arrival::{Ahead, Duplicate, InOrder, Late};

    #[test]
    fn arrivals_are_told_apart() {
        let table: &[(&str, &[u64], &[Arrival], u64)] = &[
            ("in order", &[5, 6, 7], &[InOrder, InOrder], 0),
            ("one lost", &[5, 7, 8], &[Ahead(1), InOrder], 1),
            ("three lost", &[5, 9], &[Ahead(3)], 3),
            ("swapped", &[5, 7, 6, 8], &[Ahead(1), Late, InOrder], 0),
            ("twice", &[5, 6, 6, 5], &[InOrder, Duplicate, Duplicate], 0),
            ("late, then twice", &[5, 8, 6, 6], &[Ahead(2), Late, Duplicate], 1),
            ("before the first", &[5, 3, 4, 4], &[Late, Late, Duplicate], 0),
            ("first overtaken, one lost", &[5, 3], &[Late], 1),
        ];
        for (name, numbers, expected, missing) in table {
            let mut window = Window::starting_with(numbers[0]);
            let arrivals: Vec<_> = numbers[1..].iter().map(|number| window.insert(*number)).collect();
            assert_eq!(arrivals, *expected, "{name}");
            assert_eq!(window.missing(), *missing, "{name}");
        }
    }

    #[test]
    fn what_is_older_than_the_span_stays_lost() {
        let mut window = Window::starting_with(0);
        window.insert(2);
        for number in 3..SPAN * 3 {
            assert_eq!(window.insert(number), InOrder);
        }
        assert_eq!(window.insert(1), Duplicate);
        assert_eq!(window.missing(), 1);
    }

    #[test]
    fn a_jump_over_the_whole_span_forgets_all_of_it() {
        let mut window = Window::starting_with(10);
        assert_eq!(window.insert(10 + SPAN * 5), Ahead(SPAN * 5 - 1));
        assert_eq!(window.insert(9 + SPAN * 5), Late);
        assert_eq!(window.missing(), SPAN * 5 - 2);
    }
}
