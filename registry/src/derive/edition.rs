//! The published policy that a machine-readable document stands for: where people read it, since when, in which version.

/// The published policy that a machine-readable document stands for. Days are written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug)]
pub struct Edition<'a> {
    /// Its address: a whole one where the site's own is known; empty where the policy has no page.
    pub url: &'a str,
    /// The day when it was first published.
    pub created: &'a str,
    /// The day when it was last changed.
    pub updated: &'a str,
    /// Its version, from 1.
    pub version: u32,
    /// Whether it applies already.
    pub in_force: bool,
}
