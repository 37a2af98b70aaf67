//! Answers to guesses do not tell what a code is: not by their bytes, and not by their time.

use std::time::{Duration, Instant};

use functions::ports::Projects;

use crate::world::{Running, home, most, run};

/// What can be guessed. The number makes each guess another one.
fn guess(kind: usize, n: usize, revoked: &[String]) -> String {
    match kind {
        0 => format!("CM-{:04}-{:04}", n / 10_000, n % 10_000),
        1 => format!("not a code {n}"),
        _ => revoked[n % revoked.len()].clone(),
    }
}

const KINDS: [&str; 3] = ["unknown", "malformed", "revoked"];

async fn revoked(running: &Running, number: usize) -> Vec<String> {
    let mut codes = Vec::new();
    for _ in 0..number {
        let (code, issued) = running.code().await;
        running.store.revoke(&issued.id, running.now()).await.unwrap();
        codes.push(code.grouped());
    }
    codes
}

#[tokio::test]
async fn every_refusal_has_the_same_bytes() {
    let running = run().await;
    let mut codes = revoked(&running, 1).await;
    codes.extend(["", " ", "CM-0000-0000", "CM-0000-000", "\u{0}", "CM-ÉÉÉÉ-0000", "' OR 1=1 --", "CM-UUUU-UUUU"].map(str::to_owned));
    codes.push("x".repeat(10_000));
    let mut seen = Vec::new();
    for code in &codes {
        seen.push(running.validate(home(), code, &running.cheap(most())).await.seen());
    }
    assert!(seen.iter().all(|answer| *answer == seen[0] && answer.0 == 403 && answer.2.contains("refused")), "{seen:?}");
    // Far over the budget, it is still the same, whatever the code.
    for n in 0..200 {
        running.validate(home(), &format!("CM-1111-{n:04}"), &running.cheap(most())).await;
    }
    for code in &codes {
        assert_eq!(running.validate(home(), code, &running.cheap(most())).await.seen(), seen[0]);
        assert_eq!(
            running.validate(home(), code, &running.cheap(100)).await.problem(),
            "proof",
            "and too little work is told before any look"
        );
    }
}

/// The times of answers to each kind of guess, asked in turn so that whatever else the machine does falls on all alike.
async fn times(running: &Running, rounds: usize, revoked: &[String]) -> [Vec<Duration>; 3] {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for n in 0..rounds {
        for turn in 0..KINDS.len() {
            let kind = (turn + n) % KINDS.len();
            let (code, proof) = (guess(kind, n, revoked), running.cheap(most()));
            let begun = Instant::now();
            let answer = running.validate(home(), &code, &proof).await;
            times[kind].push(begun.elapsed());
            assert_eq!(answer.problem(), "refused");
        }
    }
    times
}

/// The share of pairs in which the first is slower: one half where they are alike (the statistic of Mann and Whitney), and how far from one
/// half, in its standard deviations.
fn apart(a: &[Duration], b: &[Duration]) -> f64 {
    let wins: f64 = a
        .iter()
        .flat_map(|a| {
            b.iter().map(move |b| {
                if a > b {
                    1.0
                } else if a == b {
                    0.5
                } else {
                    0.0
                }
            })
        })
        .sum();
    let (a, b) = (a.len() as f64, b.len() as f64);
    (wins - a * b / 2.0) / (a * b * (a + b + 1.0) / 12.0).sqrt()
}

#[tokio::test]
async fn the_time_of_a_refusal_tells_nothing() {
    let running = run().await;
    let revoked = revoked(&running, 20).await;
    // A machine that is busy with something else may blur one run; what really differs shows in every one. Four deviations are a chance of
    // one in ten thousand, before and after the budget is used up.
    let mut found = Vec::new();
    for _ in 0..3 {
        let times = times(&running, 60, &revoked).await;
        found = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| (KINDS[a], KINDS[b], apart(&times[a], &times[b]))).to_vec();
        if found.iter().all(|(_, _, apart)| apart.abs() < 4.0) {
            return;
        }
        running.later(1);
    }
    panic!("answers can be told apart by their time: {found:?}");
}

#[test]
fn times_that_differ_are_told_apart() {
    let times = |least: u64| (0..60).map(|n| Duration::from_micros(least + n * 7 % 50)).collect::<Vec<_>>();
    assert!(apart(&times(100), &times(100)).abs() < 1.0);
    assert!(apart(&times(120), &times(100)) > 4.0);
}
