//! The consent model: what visitors are asked, by category and service, and the revision of each, so that only what changed
//! is asked again.

use serde::Serialize;

use crate::model::{Category, Registry, Service, ServiceId};

/// What visitors are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// The categories with at least one service, in the order in which they are told.
    pub categories: Vec<CategoryConsent>,
    /// The revision of the whole.
    pub revision: String,
}

/// A category of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryConsent {
    /// Which.
    pub category: Category,
    /// Its services that wait for consent.
    pub services: Vec<ServiceConsent>,
}

/// A service that waits for consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceConsent {
    /// Its key.
    pub id: ServiceId,
    /// Changes when what people agree to does: what it does, for whom, what it stores, what it serves.
    pub revision: String,
}

/// The consent model; no category where no service needs consent, so that no banner is shown.
pub fn model(registry: &Registry) -> Consent {
    let of = |category: &Category| {
        let services = registry.services.iter().filter(|service| service.category == *category && service.needs_consent());
        let services: Vec<ServiceConsent> =
            services.map(|service| ServiceConsent { id: service.id.clone(), revision: revision(registry, service) }).collect();
        (!services.is_empty()).then_some(CategoryConsent { category: *category, services })
    };
    let categories: Vec<CategoryConsent> = Category::ALL.iter().filter_map(of).collect();
    let revision = digest(&categories);
    Consent { categories, revision }
}

/// The categories that visitors are asked about.
pub fn categories(registry: &Registry) -> Vec<Category> {
    model(registry).categories.into_iter().map(|category| category.category).collect()
}

fn revision(registry: &Registry, service: &Service) -> String {
    let purpose = service.purpose.as_ref().and_then(|id| registry.purpose(id));
    let recipient = service.recipient.as_ref().and_then(|id| registry.recipient(id));
    let agreed = (
        (&service.label, &service.does, &service.receives, &service.cookies, &service.storage, &service.origins),
        purpose.map(|purpose| (&purpose.label, &purpose.data, &purpose.recipients)),
        recipient.map(|recipient| (&recipient.name, &recipient.country)),
    );
    digest(&agreed)
}

/// Twelve hexadecimal digits of a value's SHA-256.
fn digest(value: &impl Serialize) -> String {
    crate::digest::of(value).chars().take(12).collect()
}

/// The cookie that keeps a visitor's choices. Its value begins with the categories that were agreed to, joined by `.` in the
/// order in which they are told; what follows a `~` is the banner's own.
pub const COOKIE: &str = "plainsite-consent";

/// The categories that a cookie's value says were agreed to. What is no category counts for nothing.
pub fn accepted(value: &str) -> Vec<Category> {
    let agreed = value.split('~').next().unwrap_or("");
    let named = |category: &Category| agreed.split('.').any(|name| name == category.name());
    Category::ALL.iter().filter(|category| named(category)).copied().collect()
}

/// A regular expression for the whole value of the cookie of visitors who agreed to just these categories.
pub fn pattern(accepted: &[Category]) -> String {
    let names: Vec<&str> = accepted.iter().map(|category| category.name()).collect();
    format!("{}(~.*)?", names.join("\\."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_says_what_was_agreed_to() {
        assert_eq!(accepted("analytics.media~2026"), [Category::Analytics, Category::Media]);
        assert_eq!(accepted("media.analytics"), [Category::Analytics, Category::Media]);
        assert_eq!(accepted(""), []);
        assert_eq!(accepted("analytics-or-not~media"), []);
        assert_eq!(pattern(&[Category::Analytics, Category::Media]), "analytics\\.media(~.*)?");
    }
}
