//! The pages beside a policy: one for each published version, and one that tells what changed.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Address, Kind, Page, PageId, Site, names};
use crate::document::Outline;
use crate::document::version::FOLDER;

/// The name of the document that tells what changed.
const CHANGES: &str = "changes";

/// The pages beside a policy.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Its published versions, the newest first.
    pub versions: Vec<PageId>,
    /// The page that tells what changed.
    pub changes: Option<PageId>,
}

/// Makes the pages beside every policy, from the documents below `content/_policies/`.
pub(super) fn plant(site: &mut Site, outlines: &[Arc<Outline>]) {
    let written: Vec<(usize, Kept<'_>)> = outlines.iter().enumerate().filter_map(|(n, outline)| Some((n, kept(outline)?))).collect();
    if written.is_empty() {
        return;
    }
    let is_policy = |page: &Page| page.outline.as_ref().and_then(|outline| outline.front.policy.clone()).map(|(name, _)| name);
    let policies: Vec<(PageId, String)> = site.pages.iter().enumerate().filter_map(|(id, page)| Some((id, is_policy(page)?))).collect();
    for (policy, name) in policies {
        let language = site.pages[policy].language;
        let mut beside = Beside::default();
        for (document, kept) in &written {
            let outline = &outlines[*document];
            if kept.policy != name || names::language(&site.config, &outline.path) != language {
                continue;
            }
            let above = site.pages[policy].url.trim_matches('/').to_owned();
            let path = if kept.name == CHANGES { format!("{above}/{CHANGES}") } else { format!("{above}/versions/{}", kept.name) };
            let address = Address::of(site.config.urls, &path);
            let title = outline.title.clone().unwrap_or_default();
            let new = Page {
                document: Some(*document),
                outline: Some(outline.clone()),
                parent: Some(policy),
                ..Page::new(Kind::Page, language, &title, &address)
            };
            let id = site.add(new);
            match kept.name == CHANGES {
                true => beside.changes = Some(id),
                false => beside.versions.push(id),
            }
        }
        let effective = |id: &PageId| site.pages[*id].outline.as_ref().and_then(|outline| outline.front.effective);
        beside.versions.sort_by_key(|id| std::cmp::Reverse(effective(id)));
        if !beside.versions.is_empty() {
            site.beside.insert(policy, beside);
        }
    }
}

/// What the path of such a document says.
struct Kept<'a> {
    policy: &'a str,
    name: &'a str,
}

fn kept(outline: &Outline) -> Option<Kept<'_>> {
    let (policy, file) = outline.path.strip_prefix(FOLDER)?.split_once('/')?;
    // The version's own dots stay: the language and the ending go.
    let name = file.strip_suffix(".md")?.rsplit_once('.')?.0;
    Some(Kept { policy, name })
}

/// What a page beside a policy tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// A published version, as it was.
    Version,
    /// What changed from each version to the next.
    Changes,
}

impl Site {
    /// What a page beside a policy tells; none for any other page.
    pub fn beside(&self, id: PageId) -> Option<Told> {
        let kept = kept(self.pages[id].outline.as_ref()?)?;
        Some(if kept.name == CHANGES { Told::Changes } else { Told::Version })
    }

    /// The published version of a policy page that is in force on a day.
    pub fn in_force(&self, policy: PageId, today: Date) -> Option<PageId> {
        let effective = |id: &PageId| self.pages[*id].outline.as_ref().and_then(|outline| outline.front.effective);
        self.beside.get(&policy)?.versions.iter().copied().find(|id| effective(id).is_some_and(|day| day <= today))
    }
}
