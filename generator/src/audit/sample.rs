//! Which pages are visited where there are too many for all.

use std::sync::Arc;

/// How many pages are visited, unless something else is asked for.
pub const PAGES: usize = 200;

/// At most so many of the addresses: the first, and others at even distances, so that the same list gives the same sample.
pub fn sample(addresses: &[Arc<str>], most: usize) -> Vec<Arc<str>> {
    let most = most.clamp(1, addresses.len().max(1));
    if addresses.len() <= most {
        return addresses.to_vec();
    }
    (0..most).map(|n| addresses[n * addresses.len() / most].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(n: usize) -> Vec<Arc<str>> {
        (0..n).map(|n| Arc::from(format!("/{n}/"))).collect()
    }

    #[test]
    fn few_pages_are_all_visited() {
        assert_eq!(sample(&addresses(3), 200), addresses(3));
        assert_eq!(sample(&[], 200), [] as [Arc<str>; 0]);
    }

    #[test]
    fn of_many_pages_the_first_and_others_at_even_distances_are() {
        let sampled = sample(&addresses(10), 4);
        assert_eq!(sampled.iter().map(|a| &**a).collect::<Vec<_>>(), ["/0/", "/2/", "/5/", "/7/"]);
        assert_eq!(sample(&addresses(1000), 200).len(), 200);
        assert_eq!(sample(&addresses(5), 0).len(), 1);
    }
}
