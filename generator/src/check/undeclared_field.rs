//! The check `undeclared-field`: see its doc in `rules/undeclared-field.md`.

use registry::derive::policy;
use registry::derive::rights;
use registry::derive::schema::TECHNICAL;
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, suggest};
use registry::model::{self, Form as Declared};

use super::Built;
use super::origins::{Place, place};
use super::uses::{Form, Uses};
use super::written::Told;

/// A form sends a field that nobody declared, or sends it elsewhere than declared.
pub static UNDECLARED_FIELD: Rule = Rule {
    name: "undeclared-field",
    severity: Severity::Error,
    silence: Silence::Allowed,
    doc: include_str!("../../rules/undeclared-field.md"),
};

/// Where declared forms are sent, up to their names.
const ENDPOINT: &str = "/api/forms/";

pub(super) fn check(built: Built<'_>, uses: &Uses, told: &mut Vec<Told>) {
    let known: Vec<Declared> = built.registry.forms.iter().cloned().chain(rights::form(built.registry, &[])).collect();
    for form in &uses.forms {
        let of_form = |diagnostic| Told { diagnostic, at: form.at, words: vec!["<form".to_owned()] };
        let declared: Vec<Option<&Declared>> = form.actions.iter().map(|action| declared(built, &known, action)).collect();
        if let Some(at) = declared.iter().position(Option::is_none) {
            told.push(of_form(elsewhere(built, form, &form.actions[at])));
            continue;
        }
        let Some(Some(known)) = declared.first() else { continue };
        if !form.is_post {
            let message = format!("the form `{}` is sent by GET", known.id);
            let found = Diagnostic::new(&UNDECLARED_FIELD, message).why("what people write would be in addresses, which are logged");
            told.push(of_form(found.help("add `method=\"post\"` to the `<form>`")));
        }
        for (name, at) in &form.controls {
            // What every form sends beside its fields is the functions' own.
            let is_technical = TECHNICAL.iter().any(|(technical, _)| *technical == name.as_ref());
            if is_technical || declared.iter().flatten().all(|form| form.fields.iter().any(|field| field.name == name.as_ref())) {
                continue;
            }
            let names: Vec<&str> = known.fields.iter().map(|field| field.name.as_str()).collect();
            let found = Diagnostic::new(&UNDECLARED_FIELD, format!("the form `{}` declares no field `{name}`", known.id))
                .why("the policy lists what is collected from the form's declaration, and the functions refuse the rest")
                .help(remedy(name, &names, known));
            told.push(Told { diagnostic: found, at: *at, words: vec![format!("name=\"{name}\"")] });
        }
    }
}

fn remedy(name: &str, known: &[&str], form: &Declared) -> String {
    let near = suggest(name, known);
    let then = if near.ends_with('?') { "" } else { ";" };
    format!("{near}{then} otherwise declare it in `{}{}.yaml`", model::FORMS, form.id)
}

/// The form that is sent to an address.
fn declared<'k>(built: Built<'_>, known: &'k [Declared], action: &str) -> Option<&'k Declared> {
    let path = match place(action, built.site.config.base_url.as_deref()) {
        Place::Own(path) => path,
        Place::Elsewhere(_) => return None,
    };
    let path = path.split(['?', '#']).next()?;
    // A request is confirmed by a form of its own, which sends nothing but what every form sends.
    let confirms = |form: &&Declared| form.id.as_str() == rights::FORM && path == rights::CONFIRM;
    let is_it = |form: &&Declared| path == policy::action(form.id.as_str()) || path.strip_prefix(ENDPOINT) == Some(form.id.as_str());
    known.iter().find(|form| is_it(form) || confirms(form))
}

/// A form that is sent where no declared one is.
fn elsewhere(built: Built<'_>, form: &Form, action: &str) -> Diagnostic {
    let names = form.controls.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let to = if action.is_empty() { "its own page".to_owned() } else { format!("`{action}`") };
    let forms: Vec<String> = built.registry.forms.iter().map(|form| format!("`{ENDPOINT}{}`", form.id)).collect();
    let known = if forms.is_empty() { String::new() } else { format!("; declared forms are sent to {}", forms.join(", ")) };
    Diagnostic::new(&UNDECLARED_FIELD, format!("a form sends {names} to {to}, which is no declared form's address"))
        .why("the policy would not say that this is collected, nor what for")
        .help(format!("declare the form in `{}NAME.yaml`, and send it to `{ENDPOINT}NAME`{known}", model::FORMS))
}

#[cfg(test)]
mod tests {
    use crate::check::fixture::pages;

    const FORMS: &str = "=== content/forms/contact.yaml
label: Contact
submit: Send
fields:
  email: { label: E-mail, type: email }
  trap: { label: Leave this empty, type: hidden }
";

    fn found(html: &str) -> Vec<String> {
        let found = pages(&format!("{FORMS}=== content/site.yaml\nbase_url: https://a.example\n=== content/a.md\n<div>{html}</div>\n"));
        found.into_iter().filter(|d| d.rule.name == "undeclared-field").map(|d| d.message).collect()
    }

    #[test]
    fn a_form_as_it_is_declared() {
        for html in [
            "<form action=\"/api/forms/contact\" method=\"post\"><input name=email><input type=hidden name=\"trap\"><button>Send</button></form>",
            "<FORM action=\"https://a.example/api/forms/contact?lang=fr\" method=POST><input name=\"&#101;mail\"></FORM>",
            "<form method=dialog><button name=close>x</button></form>",
            "<form><input type=button name=x><input aria-label=unnamed></form>",
            "<input name=loose>",
        ] {
            assert_eq!(found(html), [] as [&str; 0], "{html}");
        }
    }

    // Promises: cresco/form-exactly-these-fields, qualify-crm/lead-fields
    #[test]
    fn a_field_or_an_address_that_is_not_declared() {
        let form = |inner: &str| format!("<form id=f action=\"/api/forms/contact\" method=\"post\">{inner}</form>");
        let unknown = |name: &str| format!("the form `contact` declares no field `{name}`");
        for (html, message) in [
            (form("<input name=\"phone\">"), unknown("phone")),
            (form("<select name=size></select>"), unknown("size")),
            (form("<textarea name=story></textarea>"), unknown("story")),
            (form("<button name=how value=a>"), unknown("how")),
            (form("") + "<input form=f name=far>", unknown("far")),
            (
                "<form action=\"/search/\"><input name=q></form>".to_owned(),
                "a form sends `q` to `/search/`, which is no declared form's address".to_owned(),
            ),
            (
                "<form method=post><input name=q></form>".to_owned(),
                "a form sends `q` to its own page, which is no declared form's address".to_owned(),
            ),
            (
                form("<input name=email><button formaction=\"/api/other\">x</button>"),
                "a form sends `email` to `/api/other`, which is no declared form's address".to_owned(),
            ),
            ("<form action=\"/api/forms/contact\"><input name=email></form>".to_owned(), "the form `contact` is sent by GET".to_owned()),
        ] {
            assert_eq!(found(&html), [message], "{html}");
        }
    }
}
