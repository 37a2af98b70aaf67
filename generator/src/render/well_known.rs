//! What the site publishes under `/.well-known/`: `gpc.json` and `security.txt`, from what it declares.

use jiff::ToSpan;
use jiff::civil::Date;
use registry::derive::well_known::{GPC, SECURITY_TXT, gpc, security_txt};
use registry::model::Registry;

use crate::document::front_matter::FrontMatter;
use crate::site::{Page, Site};

/// The policy that the registry stands behind, as front matter names it.
const PRIVACY: &str = "privacy";

/// The files, by path below the output folder; none where nothing is declared but a controller.
pub fn files(site: &Site, registry: &Registry, today: Date) -> Vec<(&'static str, String)> {
    if !registry.has_policy() {
        return Vec::new();
    }
    let config = &site.config;
    let gpc = stated(site, today).and_then(|day| gpc(registry, &day.to_string()));
    let security = security_txt(registry, config.base_url.as_deref(), &config.languages, &expires(today).to_string());
    [(GPC, gpc), (SECURITY_TXT, security)].into_iter().filter_map(|(path, text)| Some((path, text?))).collect()
}

/// The pages of the privacy policy, in every language, with their front matter.
pub fn policy_pages(site: &Site) -> impl Iterator<Item = (&Page, &FrontMatter)> {
    let authored = site.pages.iter().filter_map(|page| Some((page, &page.outline.as_ref()?.front)));
    authored.filter(|(_, front)| front.policy.as_ref().is_some_and(|(policy, _)| policy == PRIVACY))
}

/// The day when the policy was last stated: the latest on which a version of it was changed or took effect, none of the future.
fn stated(site: &Site, today: Date) -> Option<Date> {
    policy_pages(site).flat_map(|(_, front)| [front.updated, front.effective]).flatten().filter(|day| *day <= today).max()
}

/// The first day of the same month a year later: within the year that RFC 9116 recommends, and the same for all builds of a month.
fn expires(today: Date) -> Date {
    today.first_of_month().saturating_add(12.months())
}
