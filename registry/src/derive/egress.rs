//! The hosts that the functions may call. A host that no recipient declares is refused at run time.

use std::collections::BTreeMap;

use crate::model::{RecipientId, Registry};

/// Each host with the recipients that it belongs to.
pub fn hosts(registry: &Registry) -> BTreeMap<&str, Vec<&RecipientId>> {
    let mut hosts: BTreeMap<&str, Vec<&RecipientId>> = BTreeMap::new();
    for recipient in &registry.recipients {
        for host in &recipient.calls {
            hosts.entry(host).or_default().push(&recipient.id);
        }
    }
    hosts
}
