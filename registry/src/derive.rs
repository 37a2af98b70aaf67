//! What follows from the registry: the policy's contents, the browser's rules, the functions' rules, the machine-readable
//! forms. Each derivation is a function from `&Registry` to a value.

pub mod authority;
pub mod consent;
pub mod deliveries;
pub mod dpv;
pub mod edition;
pub mod egress;
pub mod headers;
pub mod notices;
pub mod policy;
pub mod record;
pub mod retention;
pub mod rights;
pub mod schema;
pub mod tilt;
pub mod unknowns;
mod uses;
pub mod well_known;
pub mod words;
