//! When a failed delivery is attempted again.

use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The waits in seconds after each failed attempt: short at first, then daily for a week.
const WAITS: [u64; 13] = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, DAY, DAY, DAY, DAY, DAY, DAY, DAY];

/// How long to wait after the given number of failed attempts; none when all have failed. `chance`, from 0 to 1, spreads the wait by up to
/// a tenth either way, so that what failed together does not come back together.
pub fn wait(attempts: u32, chance: f64) -> Option<Duration> {
    let seconds = *WAITS.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let spread = 0.9 + 0.2 * chance.clamp(0.0, 1.0);
    Some(Duration::from_secs_f64(seconds as f64 * spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_a_day_and_ends_after_a_week_of_days() {
        let seconds = |attempts| wait(attempts, 0.5).map(|wait| wait.as_secs());
        assert_eq!([1, 2, 3, 4, 5, 6].map(seconds), [5, 300, 1800, 7200, 18_000, 36_000].map(Some));
        assert_eq!((7..=13).filter_map(seconds).collect::<Vec<_>>(), [86_400; 7]);
        assert_eq!([seconds(0), seconds(14), seconds(u32::MAX)], [None; 3]);
    }

    #[test]
    fn chance_spreads_it_by_a_tenth() {
        assert_eq!(wait(2, 0.0), Some(Duration::from_secs(270)));
        assert_eq!(wait(2, 1.0), Some(Duration::from_secs(330)));
    }
}
