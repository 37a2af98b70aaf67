//! What `vercel.json` says for a site: its headers and redirects, and the jobs of its functions. All else in that file is the author's.

use registry::derive::{consent, retention};
use registry::model::Registry;
use serde_json::{Map, Value, json};

use super::headers;
use crate::site::Site;
use crate::site::config::Urls;

/// The jobs of the functions, as paths and cron expressions in UTC. Daily is all that the host's free plan allows, and nothing relies on more.
pub const JOBS: [(&str, &str); 2] = [("/api/jobs/outbox", "17 4 * * *"), ("/api/jobs/retention", "47 4 * * *")];

/// A page's address without its slash. Not the functions' addresses, where a redirect would be lost on jobs, nor the host's own.
const WITHOUT_SLASH: &str = "/((?!api/|_vercel/|\\.well-known/)(?:[^/.]+/)*[^/.]+)";

/// Every key that the host's command line knows at the top of `vercel.json`: its schema's, and those that its documents tell of.
pub const KEYS: [&str; 40] = [
    "$schema",
    "alias",
    "build",
    "buildCommand",
    "builds",
    "bunVersion",
    "cleanUrls",
    "crons",
    "daemons",
    "devCommand",
    "env",
    "experimentalServiceGroups",
    "experimentalServices",
    "experimentalServicesV2",
    "fluid",
    "framework",
    "functionFailoverRegions",
    "functions",
    "git",
    "github",
    "headers",
    "ignoreCommand",
    "images",
    "installCommand",
    "name",
    "outputDirectory",
    "passiveRegions",
    "proxy",
    "public",
    "redirects",
    "regions",
    "relatedProjects",
    "rewrites",
    "routes",
    "schedules",
    "scope",
    "services",
    "trailingSlash",
    "version",
    "wildcard",
];

/// `vercel.json` with what the site derives, all else as it was; `None` where the text is no JSON map.
pub fn vercel_json(text: &str, site: &Site, registry: &Registry) -> Option<String> {
    let mut root: Map<String, Value> = serde_json::from_str(text).ok()?;
    root.insert("headers".into(), headers(site, registry).into());
    root.insert("redirects".into(), redirects(site).into());
    if has_jobs(registry) {
        root.insert("crons".into(), JOBS.iter().map(|(path, schedule)| json!({ "path": path, "schedule": schedule })).collect());
    }
    Some(format!("{:#}\n", Value::Object(root)))
}

/// Whether there is something to do for the jobs: forms leave deliveries, and what is kept goes one day.
pub fn has_jobs(registry: &Registry) -> bool {
    !registry.forms.is_empty() || !retention::limits(registry).is_empty()
}

fn headers(site: &Site, registry: &Registry) -> Vec<Value> {
    let base = site.config.base_url.as_deref();
    let rules = headers::rules(registry, base, site.portals()).into_iter().map(|rule| {
        let headers: Vec<Value> = rule.headers.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        let source = format!("{}(.*)", rule.prefix);
        match rule.accepted {
            None => json!({ "source": source, "headers": headers }),
            Some(accepted) => {
                let has = json!([{ "type": "cookie", "key": consent::COOKIE, "value": consent::pattern(&accepted) }]);
                json!({ "source": source, "has": has, "headers": headers })
            }
        }
    });
    // The host's own name of a deployment shows the same pages again, and a preview shows unfinished ones.
    let elsewhere = base.is_some_and(|base| !base.ends_with(".vercel.app")).then(|| {
        let has = json!([{ "type": "host", "value": ".*\\.vercel\\.app" }]);
        json!({ "source": "/(.*)", "has": has, "headers": [{ "key": "X-Robots-Tag", "value": "noindex" }] })
    });
    rules.chain(elsewhere).collect()
}

/// The addresses that pages had before, and the way to the slash. The host's `trailingSlash` would send the functions' addresses there too.
fn redirects(site: &Site) -> Vec<Value> {
    let permanent = |from: &str, to: &str| json!({ "source": from, "destination": to, "permanent": true });
    let moved = site.redirects.iter().map(|redirect| permanent(&redirect.from, site.pages[redirect.to].url.as_ref()));
    let slash = (site.config.urls == Urls::Folders).then(|| permanent(WITHOUT_SLASH, "/$1/"));
    moved.chain(slash).collect()
}
