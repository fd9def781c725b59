//! Which kills there are to be, drawn from a seed.

use std::collections::BTreeMap;

/// Where a process is when it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Before the first thing that it asks of Graph or the login service is done.
    FirstRequest,
    /// Before a request to Graph is done.
    Request,
    /// A read was answered; nothing was made of it yet.
    Read,
    /// A write to Graph is done, its answer not read.
    Write,
    /// The queue of another function has taken a command that follows; its answer is not read.
    Post,
    /// The own queue has taken the command again; its answer is not read, the message in hand not deleted.
    Hop,
    /// The same, and the answer was read: the request to delete is not done.
    Delete,
    /// The message in hand is deleted, the answer not read, the invocation not answered.
    Deleted,
    /// The queue of outcomes has taken one; its answer is not read, the invocation not answered.
    Outcome,
}

/// The kills that are still to come, and what has come so far.
pub(super) struct Plan {
    dice: fastrand::Rng,
    /// By point, the occasions, counted from when they were planned.
    open: BTreeMap<Point, Vec<usize>>,
    reached: BTreeMap<Point, usize>,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: fastrand::Rng::with_seed(seed), open: BTreeMap::new(), reached: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, point: Point, kills: usize, among: usize) {
        assert!(kills <= among, "{kills} kills at {among} occasions of {point:?}");
        let since = self.reached.get(&point).copied().unwrap_or(0);
        let drawn = self.dice.choose_multiple(1..=among, kills);
        self.open.entry(point).or_default().extend(drawn.into_iter().map(|occasion| since + occasion));
    }

    /// One more occasion; what was planned for it, or for an earlier one that could not be taken.
    pub(super) fn claim(&mut self, point: Point) -> Option<usize> {
        let reached = self.reached.entry(point).or_default();
        *reached += 1;
        let open = self.open.get_mut(&point)?;
        let due = open.iter().position(|occasion| occasion <= reached)?;
        Some(open.swap_remove(due))
    }

    pub(super) fn put_back(&mut self, point: Point, occasion: usize) {
        self.open.entry(point).or_default().push(occasion);
    }

    pub(super) fn left(&self) -> Vec<(Point, usize)> {
        let all = self.open.iter().flat_map(|(point, open)| open.iter().map(|occasion| (*point, *occasion)));
        all.collect()
    }

    pub(super) fn reached(&self) -> BTreeMap<Point, usize> {
        self.reached.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(seed: u64) -> Vec<usize> {
        let mut plan = Plan::new(seed);
        plan.add(Point::Write, 4, 30);
        (1..=30).filter(|_| plan.claim(Point::Write).is_some()).collect()
    }

    #[test]
    fn the_same_seed_takes_the_same_occasions_and_another_one_others() {
        assert_eq!(taken(1).len(), 4);
        assert_eq!(taken(1), taken(1));
        assert_ne!(taken(1), taken(2));
    }

    #[test]
    fn what_could_not_be_taken_is_taken_at_the_next_occasion() {
        let mut plan = Plan::new(1);
        plan.add(Point::Hop, 1, 1);
        let occasion = plan.claim(Point::Hop).unwrap();
        plan.put_back(Point::Hop, occasion);
        assert_eq!(plan.left(), [(Point::Hop, 1)]);
        assert_eq!(plan.claim(Point::Hop), Some(1));
        assert_eq!((plan.claim(Point::Hop), plan.left()), (None, Vec::new()));
    }

    #[test]
    fn what_is_planned_later_counts_from_then() {
        let mut plan = Plan::new(1);
        assert_eq!([(); 5].map(|()| plan.claim(Point::Read)), [None; 5]);
        plan.add(Point::Read, 1, 1);
        assert_eq!(plan.claim(Point::Read), Some(6));
    }
}
