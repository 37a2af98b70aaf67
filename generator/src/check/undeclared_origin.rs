//! The check `undeclared-origin`: see its doc in `rules/undeclared-origin.md`.

use registry::diagnostic::{Diagnostic, Rule, Severity, Silence};
use registry::model::Directive;

use super::Built;
use super::origins::{Address, Place, declaring, place};
use super::uses::{Gate, Load, Uses};
use super::written::Told;

/// Something is loaded from a host that no service declares.
pub static UNDECLARED_ORIGIN: Rule = Rule {
    name: "undeclared-origin",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/undeclared-origin.md"),
};

pub(super) fn check(built: Built<'_>, uses: &Uses, told: &mut Vec<Told>) {
    for load in &uses.loads {
        let Place::Elsewhere(address) = place(&load.url, built.site.config.base_url.as_deref()) else { continue };
        if declaring(built.registry, load.way, address).is_empty() {
            let words = vec![load.url.to_string(), format!("//{}", address.host), address.host.to_owned()];
            told.push(Told { diagnostic: diagnostic(built, load, address), at: load.at, words });
        }
    }
}

fn diagnostic(built: Built<'_>, load: &Load, address: Address<'_>) -> Diagnostic {
    let (host, what, origin) = (address.host, what(load), address.origin());
    let otherwise = declaring(built.registry, None, address);
    let way = load.way.unwrap_or(Directive::Connect).name();
    let found = match otherwise.first() {
        Some(service) => {
            let id = &service.id;
            Diagnostic::new(&UNDECLARED_ORIGIN, format!("{what} `{host}`, which the service `{id}` declares for other things only"))
                .help(format!("add `{way}: [{origin}]` to the `origins` of `{id}` in `content/privacy.yaml`, or take it out"))
        }
        None => {
            let instead = match load.way {
                Some(Directive::Img | Directive::Media) => "put the file beside the page",
                Some(Directive::Script | Directive::Style | Directive::Font) => "put the file into `templates/`",
                _ => "take it out",
            };
            Diagnostic::new(&UNDECLARED_ORIGIN, format!("{what} `{host}`, which no service declares"))
                .help(format!("{instead}, or declare a service with `origins: {{ {way}: [{origin}] }}` in `content/privacy.yaml`"))
        }
    };
    found.why("that host would learn who visits, which nobody was told; the Content-Security-Policy refuses it")
}

/// What is done with the host, up to its name.
fn what(load: &Load) -> &'static str {
    match load.way {
        Some(Directive::Connect) => "requests are sent to",
        Some(Directive::Font) => "a font is loaded from",
        Some(Directive::Form) => "a form is sent to",
        Some(Directive::Frame) => "a frame is loaded from",
        Some(Directive::Img) => "an image is loaded from",
        Some(Directive::Media) => "sound or video is loaded from",
        Some(Directive::Script) => "a script is loaded from",
        Some(Directive::Style) => "a style sheet is loaded from",
        Some(Directive::Worker) => "a worker is loaded from",
        None if load.gate == Gate::Script => "a script names",
        None => "browsers turn to",
    }
}

#[cfg(test)]
mod tests;
