//! What this program knows of the site that it was built with.

use registry::contract::{Contract, ContractError};

/// The contract that the build script made from the site's content. Reading it takes the longest of all that is done at start-up, so it is
/// read once and passed on.
///
/// # Errors
/// None, as long as the build script and this program are of one version.
pub fn embedded() -> Result<Contract, ContractError> {
    Contract::from_json(include_str!(concat!(env!("OUT_DIR"), "/contract.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_whole() {
        let contract = embedded().unwrap();
        assert!(!contract.registry.forms.is_empty());
        assert!(contract.site.languages.iter().all(|language| contract.site.words.contains_key(language)));
    }
}
