//! Proofs of work in ALTCHA's PBKDF2 scheme, through its own crate: a browser derives keys until one has the beginning that is asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use altcha::{CreateChallengeOptions, Payload, VerifySolutionOptions, create_challenge, verify_solution};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Keys;
use super::guesses::{BUDGET, BUDGET_OF_NETWORK};
use crate::ports::Spent;

/// A challenge, as clients get it.
pub type Challenge = altcha::Challenge;

/// Iterations of one derivation. A slow phone takes about 2 ms for one, call of the browser's interface included.
const ITERATIONS: u32 = 1000;

/// The most derivations that anybody is asked for: about 4 s on a slow phone, and the bound is 5.
const MOST: u32 = 2000;

/// How much work a challenge takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difficulty {
    /// By the number of submissions of the last minute, which all instances share: hardly any work at first, more with each above twenty.
    Load(u32),
    /// By the failures to open a project of the last minute, which all instances share, and by those of a network: hardly any work within both
    /// budgets, and soon the most beyond.
    Guesses {
        /// Those of everybody.
        overall: u32,
        /// Those of the network that asks, within ten minutes.
        network: u32,
    },
    /// The same for all. Without a database, instances do not know of each other.
    Fixed,
}

impl Difficulty {
    /// The most derivations that it takes. The least is half of that.
    pub fn most(self) -> u32 {
        match self {
            Self::Load(level) => level.saturating_sub(20).saturating_mul(10).saturating_add(100).min(MOST),
            Self::Guesses { overall, network } => {
                let beyond = overall.saturating_sub(BUDGET).saturating_mul(50);
                let of_network = network.saturating_sub(BUDGET_OF_NETWORK).saturating_mul(100);
                beyond.saturating_add(of_network).saturating_add(100).min(MOST)
            }
            Self::Fixed => 600,
        }
    }
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be read, is none of ours, is of another form, or solves nothing.
    Wrong,
    /// Its time is over, or much more work is asked for by now.
    Late,
}

impl Keys {
    /// A new challenge for a form, which holds for a time. It takes one derivation of ours, some tenths of a millisecond.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn challenge(&self, form: &str, difficulty: Difficulty, holds: Duration, now: Timestamp) -> Result<Challenge, altcha::Error> {
        let most = difficulty.most();
        let mut random = [0; 4];
        getrandom::fill(&mut random).map_err(|error| altcha::Error::InvalidParameters(error.to_string()))?;
        let counter = most / 2 + u32::from_be_bytes(random) % (most / 2 + 1);
        // The crate would hold our time against the machine's clock. What is signed with the challenge is ours to judge.
        let until = now.as_second().saturating_add(holds.as_secs().cast_signed());
        create_challenge(CreateChallengeOptions {
            algorithm: "PBKDF2/SHA-256".to_owned(),
            cost: ITERATIONS,
            counter: Some(counter),
            data: Some(BTreeMap::from([
                ("form".to_owned(), json!(form)),
                ("until".to_owned(), json!(until)),
                ("work".to_owned(), json!(most)),
            ])),
            hmac_signature_secret: Some(self.text_of("challenge")),
            hmac_key_signature_secret: Some(self.text_of("challenge key")),
            ..CreateChallengeOptions::default()
        })
    }

    /// Judges a solved challenge: base64 of JSON, as ALTCHA's clients send it, of a challenge that asked for up to `least` derivations or
    /// more. What comes back is to be spent once.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check_proof(&self, form: &str, proof: &str, least: u32, now: Timestamp) -> Result<Spent, Refused> {
        let json = STANDARD.decode(proof).map_err(|_| Refused::Wrong)?;
        let Payload { challenge, solution } = serde_json::from_slice(&json).map_err(|_| Refused::Wrong)?;
        let options = VerifySolutionOptions {
            hmac_key_signature_secret: Some(self.text_of("challenge key")),
            ..VerifySolutionOptions::new(&challenge, &solution, self.text_of("challenge"))
        };
        // Without a signed key, the crate would take any key that begins as the challenge says: ours all have one.
        if challenge.parameters.key_signature.is_none() || !verify_solution(options).is_ok_and(|result| result.verified) {
            return Err(Refused::Wrong);
        }
        let data = challenge.parameters.data.unwrap_or_default();
        if data.get("form").and_then(Value::as_str) != Some(form) {
            return Err(Refused::Wrong);
        }
        let until = data.get("until").and_then(Value::as_i64).and_then(|until| Timestamp::from_second(until).ok());
        let work = data.get("work").and_then(Value::as_u64).unwrap_or(0);
        match until {
            Some(until) if now <= until && work >= u64::from(least) => Ok(Spent { nonce: challenge.parameters.nonce, until }),
            Some(_) => Err(Refused::Late),
            None => Err(Refused::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use altcha::{SolveChallengeOptions, solve_challenge};

    use super::*;

    const HOLDS: Duration = crate::token::MOST_AGE;

    fn keys() -> Keys {
        Keys::new("0123456789abcdef0123456789abcdef".into())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn solved(challenge: Challenge) -> Payload {
        let solution = solve_challenge(SolveChallengeOptions::new(&challenge)).unwrap().unwrap();
        Payload { challenge, solution }
    }

    fn text(payload: &Payload) -> String {
        STANDARD.encode(serde_json::to_vec(payload).unwrap())
    }

    #[test]
    fn a_solved_challenge_holds_for_its_form_and_its_time() {
        let payload = solved(keys().challenge("contact", Difficulty::Load(0), HOLDS, at(0)).unwrap());
        let proof = text(&payload);
        let spent = keys().check_proof("contact", &proof, 0, at(7200)).unwrap();
        assert_eq!(spent, Spent { nonce: payload.challenge.parameters.nonce.clone(), until: at(7200) });
        assert_eq!(keys().check_proof("contact", &proof, 0, at(7201)), Err(Refused::Late));
        assert_eq!(keys().check_proof("lead", &proof, 0, at(1)), Err(Refused::Wrong));
        let other = Keys::new("another secret of thirty-two characters".into());
        assert_eq!(other.check_proof("contact", &proof, 0, at(1)), Err(Refused::Wrong));
    }

    #[test]
    fn a_proof_of_too_little_work_is_late() {
        let proof = text(&solved(keys().challenge("portal", Difficulty::Load(0), HOLDS, at(0)).unwrap()));
        let checked = |least| keys().check_proof("portal", &proof, least, at(1)).map(drop);
        assert_eq!([0, 100, 101].map(checked), [Ok(()), Ok(()), Err(Refused::Late)]);
    }

    #[test]
    fn what_is_altered_or_unsolved_is_wrong() {
        let payload = solved(keys().challenge("contact", Difficulty::Load(0), HOLDS, at(0)).unwrap());
        let altered: [fn(&mut Payload); 5] = [
            |payload| payload.solution.derived_key = "00".repeat(32),
            |payload| payload.challenge.parameters.cost = 1,
            |payload| payload.challenge.parameters.key_signature = None,
            |payload| payload.challenge.signature = None,
            |payload| _ = payload.challenge.parameters.data.as_mut().unwrap().insert("until".to_owned(), json!(i64::MAX)),
        ];
        for (n, alter) in altered.iter().enumerate() {
            let mut payload = payload.clone();
            alter(&mut payload);
            assert_eq!(keys().check_proof("contact", &text(&payload), 0, at(1)), Err(Refused::Wrong), "{n}");
        }
        for nonsense in ["", "%", "e30=", "bnVsbA==", "W10="] {
            assert_eq!(keys().check_proof("contact", nonsense, 0, at(1)), Err(Refused::Wrong), "{nonsense}");
        }
    }

    #[test]
    fn the_work_rises_with_load_and_has_an_end() {
        assert_eq!([0, 20, 21, 100].map(|level| Difficulty::Load(level).most()), [100, 100, 110, 900]);
        assert_eq!(Difficulty::Load(u32::MAX).most(), MOST);
        let guesses = |overall, network| Difficulty::Guesses { overall, network }.most();
        assert_eq!([guesses(0, 0), guesses(10, 3), guesses(11, 3), guesses(10, 4)], [100, 100, 150, 200]);
        assert_eq!([guesses(100, 0), guesses(0, 100), guesses(u32::MAX, u32::MAX)], [MOST; 3]);
        assert!(Difficulty::Fixed.most() > Difficulty::Load(20).most() && Difficulty::Fixed.most() < MOST);
    }
}
