//! The retention rules as a job carries them out.

use serde::Serialize;

use crate::model::{DataId, Enforcer, Keep, Period, Registry, RetentionId, Stated, Then};

/// What the retention job does with some data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The declaration's key.
    pub id: RetentionId,
    /// The data.
    pub data: Vec<DataId>,
    /// How long it is kept.
    pub keep: Period,
    /// What becomes of it then.
    pub then: Then,
}

/// The rules that fall to the retention job; those that a person, a browser, a recipient or a product carries out are not its own.
/// What becomes of the data is never guessed.
pub fn rules(registry: &Registry) -> Vec<Rule> {
    let rule = |retention: &crate::model::Retention| {
        let by_job = matches!(retention.by, Some(Stated::Known(Enforcer::Job)));
        match (&retention.keep, retention.then) {
            (Some(Stated::Known(Keep::For(keep))), Some(then)) if by_job => {
                Some(Rule { id: retention.id.clone(), data: retention.data.clone(), keep: *keep, then })
            }
            _ => None,
        }
    };
    registry.retention.iter().filter_map(rule).collect()
}
