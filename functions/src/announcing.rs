//! Telling people of a change of a policy: who is told, each once, no faster than the service takes letters, and going on where it stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use registry::contract::Contract;
use registry::derive::notices;
use registry::model::FormId;
use serde::Serialize;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

use crate::announcement::Announcement;
use crate::guard::Keys;
use crate::lead::{Failure, Lead, LeadId, Outcome};
use crate::personal::Personal;
use crate::ports::{Addressee, Announcer, Attempt, Clock, Noted, Notices, PersonHash, StoreError, Telling};

/// The time between two letters: two a second. Resend takes five from a team, and those who send a form meanwhile wait for their confirmation.
pub const PACE: Duration = Duration::from_millis(500);

/// How long an address stays with whoever took it: longer than an attempt may take.
const LEASE: Duration = Duration::from_secs(60);

/// The longest wait that a service can ask for before somebody is told to come back later.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a service may put one letter off.
const PUT_OFF: u32 = 5;

/// How many attempts in a row may be left without an answer.
const UNANSWERED: u32 = 3;

/// Who is told of a version, and who is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Each address once, sorted by its keyed hash, which says nothing about whose it is.
    pub addressees: Vec<Addressee>,
    /// Addresses of nothing but suspected spam.
    pub suspected: u64,
    /// Other addresses of leads that are held back since their person asked for it.
    pub held_back: u64,
    /// Leads without an address, or with one that may not be used for it.
    pub without: u64,
}

/// Whom an announcement goes to: the addresses of the leads, in letters of either case, as the registry lets them be used.
///
/// Nobody wrote what is suspected spam, or somebody wrote it with another's address. Data that is held back is processed for nothing that could
/// change: a person decides whether its owner is written to.
pub fn audience(contract: &Contract, keys: &Keys, announcement: &Announcement, leads: &[Lead], held_back: &BTreeSet<LeadId>) -> Audience {
    let registry = &contract.registry;
    let fields = registry.forms.iter().filter_map(|form| Some((&form.id, notices::reach(registry, form)?.field.name.as_str())));
    let fields: BTreeMap<&FormId, &str> = fields.collect();
    let typed = |lead: &Lead| {
        let value = lead.values.reveal().get(*fields.get(&lead.form)?)?;
        Some(value.as_str()?.trim().to_owned()).filter(|address| !address.is_empty())
    };
    let mut audience = Audience::default();
    let mut told: BTreeMap<PersonHash, Addressee> = BTreeMap::new();
    let (mut suspected, mut restricted) = (BTreeSet::new(), BTreeSet::new());
    for lead in leads {
        let Some(address) = typed(lead) else {
            audience.without += 1;
            continue;
        };
        let address = Personal::new(address);
        let in_log = keys.person(&address);
        let person = in_log.in_version(&announcement.seal);
        if held_back.contains(&lead.id) {
            restricted.insert(person);
        } else if !lead.held.is_empty() {
            suspected.insert(person);
        } else if told.get(&person).is_none_or(|known| known.wrote < lead.received) {
            let (language, form, wrote) = (lead.language.clone(), lead.form.clone(), lead.received);
            told.insert(person.clone(), Addressee { address, language, form, wrote, in_log, person });
        }
    }
    let count = |left_out: usize| u64::try_from(left_out).unwrap_or(u64::MAX);
    audience.held_back = count(restricted.iter().filter(|person| !told.contains_key(person)).count());
    audience.suspected = count(suspected.iter().filter(|person| !told.contains_key(person) && !restricted.contains(person)).count());
    audience.addressees = told.into_values().collect();
    audience
}

/// What a run has done, in addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Told now.
    pub sent: u64,
    /// Told by an earlier run.
    pub already: u64,
    /// Given up, now or by an earlier run.
    pub failed: u64,
    /// Not told yet: an attempt had no answer, or the run ended before.
    pub left: u64,
    /// Taken by another run at this moment, or by one that was killed within the last minute; or erased since this one began.
    pub taken: u64,
    /// Why it ended before everybody was told.
    pub stopped: Option<Stopped>,
}

/// Why a run ended before everybody was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stopped {
    /// As many letters as were asked for.
    Limit,
    /// The service lets us in no more, or a template does not render: somebody has to mend it.
    Refused(Failure),
    /// The service takes no more for so many seconds.
    Later(u64),
    /// Several attempts in a row had no answer.
    OutOfReach(Failure),
}

/// The way of an announcement to its audience.
#[derive(Debug)]
pub struct Announcing {
    /// Where it is noted who was told.
    pub notices: Arc<dyn Notices>,
    /// How letters go out.
    pub announcer: Arc<dyn Announcer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The time between two letters.
    pub pace: Duration,
}

/// How an attempt ended.
enum Ended {
    Sent,
    Failed,
    Unknown(Failure),
    Taken,
    Stop(Stopped),
}

impl Announcing {
    /// Tells everybody who was not told yet, `most` of them at the most. `progress` is called after each letter.
    ///
    /// An address is taken before its letter goes out, and noted after. Whoever was killed in between leaves one of which nobody knows whether its
    /// letter arrived: the next run sends it again under the same key, which Resend recognises for a day; after that it counts as failed. A mail
    /// server recognises nothing, and readers know the letter by its id.
    ///
    /// # Errors
    /// The store fails. What was sent is noted by then, but for the last letter.
    pub async fn run(
        &self,
        announcement: &Announcement,
        audience: &Audience,
        most: Option<u64>,
        progress: impl Fn(&Done),
    ) -> Result<Done, StoreError> {
        let told = self.notices.told(&announcement.seal).await?;
        let mut pace = interval(self.pace.max(Duration::from_millis(1)));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut done, mut tried, mut unanswered) = (Done::default(), 0, 0);
        for addressee in &audience.addressees {
            match told.get(&addressee.person) {
                Some(Telling::Sent) => {
                    done.already += 1;
                    continue;
                }
                Some(Telling::Failed) => {
                    done.failed += 1;
                    continue;
                }
                Some(Telling::Pending) | None => {}
            }
            if done.stopped.is_none() && most.is_some_and(|most| tried >= most) {
                done.stopped = Some(Stopped::Limit);
            }
            if done.stopped.is_some() {
                done.left += 1;
                continue;
            }
            let ended = self.tell(announcement, addressee, &mut pace).await?;
            tried += u64::from(!matches!(ended, Ended::Taken));
            unanswered = if matches!(ended, Ended::Unknown(_)) { unanswered + 1 } else { 0 };
            match ended {
                Ended::Sent => done.sent += 1,
                Ended::Failed => done.failed += 1,
                Ended::Taken => done.taken += 1,
                Ended::Unknown(failure) => {
                    done.left += 1;
                    done.stopped = (unanswered == UNANSWERED).then_some(Stopped::OutOfReach(failure));
                }
                Ended::Stop(stopped) => {
                    done.left += 1;
                    done.stopped = Some(stopped);
                }
            }
            progress(&done);
        }
        Ok(done)
    }

    /// Tells one person, and waits where the service asks for it.
    async fn tell(&self, announcement: &Announcement, to: &Addressee, pace: &mut Interval) -> Result<Ended, StoreError> {
        let key = format!("notice/{}/{}", announcement.seal.get(..16).unwrap_or(&announcement.seal), to.person.0);
        let mut put_off = 0;
        loop {
            pace.tick().await;
            let now = self.clock.now();
            let Some(attempt) = self.notices.take(announcement, to, now, LEASE).await? else { return Ok(Ended::Taken) };
            let (noted, ended, wait) = match self.announcer.announce(announcement, to, &key, attempt, now).await {
                Outcome::Sent { .. } => (Noted::Sent(self.clock.now()), Some(Ended::Sent), None),
                Outcome::GiveUp { failure } => (Noted::Failed(failure), Some(Ended::Failed), None),
                Outcome::Park { failure } => (untaken(attempt, failure), Some(Ended::Stop(Stopped::Refused(failure))), None),
                Outcome::Pause { failure, wait } if wait > PATIENCE || put_off == PUT_OFF => {
                    (untaken(attempt, failure), Some(Ended::Stop(Stopped::Later(wait.as_secs()))), None)
                }
                Outcome::Pause { failure, wait } => (untaken(attempt, failure), None, Some(wait)),
                // What may have arrived is not sent again at once: whoever is out of reach needs time.
                Outcome::Retry { failure, after } => (Noted::Unknown(failure), Some(Ended::Unknown(failure)), after),
            };
            self.notices.note(&announcement.seal, &to.person, noted).await?;
            if let Some(wait) = wait {
                sleep(wait.min(PATIENCE)).await;
            }
            if let Some(ended) = ended {
                return Ok(ended);
            }
            put_off += 1;
        }
    }
}

/// What is noted of a letter that was turned away: nothing, unless an earlier attempt may have arrived.
fn untaken(attempt: Attempt, failure: Failure) -> Noted {
    match attempt {
        Attempt::First => Noted::NotTaken,
        Attempt::Again { .. } => Noted::Unknown(failure),
    }
}

#[cfg(test)]
mod tests;
