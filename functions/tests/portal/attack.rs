//! Somebody tries very many codes from very many addresses. They find none, learn nothing, and lock nobody out.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use functions::ports::Projects;

use crate::world::{home, most, run};

/// The attack: so many codes, from so many networks.
const CODES: u32 = 10_000;
const NETWORKS: u32 = 500;

/// Attempts in one second of the clock.
const IN_A_SECOND: u32 = 200;

#[tokio::test]
async fn ten_thousand_codes_from_five_hundred_networks() {
    let running = run().await;
    let (code, _) = running.code().await;
    let (revoked, issued) = running.code().await;
    running.store.revoke(&issued.id, running.now()).await.unwrap();
    let mut seen = BTreeSet::new();
    let (mut looked_up, mut hardest) = (0, 0);
    for n in 0..CODES {
        let [high, low] = u16::try_from(n % NETWORKS).unwrap().to_be_bytes();
        let from = IpAddr::V4(Ipv4Addr::new(10, high, low, 9));
        let guess = match n % 100 {
            0 => revoked.grouped(),
            1 => format!("nonsense {n}"),
            _ => format!("CM-0{:03}-{:04}", n / 10_000, n % 10_000),
        };
        // The attacker has solved challenges of each price, and brings a cheap one first.
        let cheap = running.validate(from, &guess, &running.cheap(100)).await;
        let answer = if cheap.problem() == "proof" { running.validate(from, &guess, &running.cheap(most())).await } else { cheap };
        assert_eq!(answer.problem(), "refused");
        looked_up += 1;
        seen.insert(format!("{:?}", answer.seen()));
        if n % IN_A_SECOND == 0 {
            running.later(1);
        }
        if n % 1000 == 999 {
            // In the midst of it, a client comes with what is asked for, and enters.
            hardest = hardest.max(running.work(home()).await);
            let asked = running.work(home()).await.try_into().unwrap();
            let answer = running.validate(home(), &code.grouped(), &running.cheap(asked)).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }
    assert_eq!((looked_up, seen.len()), (CODES, 1), "all answers are one");
    assert_eq!(hardest, u64::from(most()), "and the work was the most that there is");
    let log = running.log.lock().unwrap().clone();
    assert!(log.lines().count() as u32 > CODES);
    let plain = log.to_uppercase().replace('-', "");
    for code in [code, revoked] {
        assert!(!plain.contains(&code.grouped().replace('-', "")), "a code is in the log");
    }
    assert!(!plain.contains("NONSENSE") && !plain.contains("CM0") && !plain.contains("CANARY"), "what was tried is in the log");
}
