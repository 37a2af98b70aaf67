//! The registry's model: who processes personal data, as typed values.

/// Everything that a site declares in `privacy.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// Who decides why and how personal data is processed (GDPR Art. 4(7)).
    pub controller: Option<Controller>,
}

/// The controller: the organisation that the site belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// Its legal name.
    pub name: String,
    /// The person who represents it.
    pub representative: Option<String>,
    /// Its postal address, on one line.
    pub address: Option<String>,
    /// The address for questions and for exercising rights.
    pub email: Option<String>,
}
