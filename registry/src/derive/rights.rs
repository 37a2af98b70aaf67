//! Which rights apply, what people can ask for by the form for privacy requests, and by when an answer is due.

mod request;

pub use request::{ACTION, Answering, Asked, CONFIRM, FORM, MESSAGE, RIGHT, answering, askable, form, remains};

use crate::model::{Basis, Registry, Right};

/// The rights that people have against this controller.
///
/// Access, rectification, erasure, restriction and complaint always; portability where a purpose rests on consent or contract
/// (GDPR Art. 20(1)(a)); objection where one rests on a legitimate interest or a public task (Art. 21(1)); withdrawal where one rests
/// on consent (Art. 7(3)).
pub fn applicable(registry: &Registry) -> Vec<Right> {
    let rests = |bases: &[Basis]| bases.iter().any(|basis| registry.rests_on(*basis));
    let applies = |right: &&Right| match right {
        Right::Portability => rests(&[Basis::Consent, Basis::Contract]),
        Right::Objection => rests(&[Basis::LegitimateInterest, Basis::PublicTask]),
        Right::Withdrawal => rests(&[Basis::Consent]),
        _ => true,
    };
    Right::ALL.iter().filter(applies).copied().collect()
}
