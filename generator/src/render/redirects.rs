//! Addresses that pages had before: a page at each that leads on, for hosts that cannot redirect.

use registry::diagnostic::{Diagnostic, Reported};
use tera::Value;

use super::page::{Look, of_fault};
use super::view::permalink;
use crate::output::Artifact;
use crate::site::{Redirect, Site};

/// The template of such a page.
const TEMPLATE: &str = "redirect.html";

/// The output path of an old address.
pub fn out(from: &str) -> String {
    let path = from.trim_matches('/');
    match path.rsplit('/').next() {
        Some(last) if last.contains('.') => path.to_owned(),
        _ if path.is_empty() => "index.html".to_owned(),
        _ => format!("{path}/index.html"),
    }
}

/// The page at an old address.
pub fn render(site: &Site, redirect: &Redirect, look: Look<'_>) -> Reported<Option<Artifact>> {
    if look.templates.is_left_out(TEMPLATE) {
        return Reported::clean(None);
    }
    let page = &site.pages[redirect.to];
    let mut context = look.shared.context(page.language);
    context.insert_value("target", Value::from(page.url.as_ref()));
    context.insert_value("permalink", Value::from(permalink(site, redirect.to)));
    let mut html = Vec::new();
    match look.templates.render(TEMPLATE, &context, &mut html) {
        Ok(()) => Reported::clean(Some(Artifact::made(html, look.finish, site.path(redirect.to).cloned()))),
        Err(fault) => {
            let diagnostic: Diagnostic = of_fault(&fault, look.theme);
            Reported { value: None, diagnostics: vec![diagnostic] }
        }
    }
}
