//! The cookie that keeps a visitor's choice: the same whether the page's script or the functions write it.

use crate::model::{Category, Registry, ServiceId};

/// The cookie's name. Its value begins with the categories that were agreed to, joined by `.` in the order in which they are told; what
/// follows a `~` is of interest to `guard.js`, and to [`Choice`], which writes the same.
pub const COOKIE: &str = "plainsite-consent";

/// What stands behind the value, up to the seconds for which the cookie lasts.
pub const ATTRIBUTES: &str = ";Path=/;SameSite=Lax;Max-Age=";

/// What somebody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// When, in seconds since 1970.
    pub made: i64,
    /// Whether Global Privacy Control was on.
    pub signalled: bool,
    /// The services that were agreed to, in the order in which the script has them.
    pub accepted: &'a [ServiceId],
    /// The services that were refused, in the same way.
    pub refused: &'a [ServiceId],
}

impl Choice<'_> {
    /// The cookie as a header sets it: `plainsite-consent=VALUE;Path=/…`, to the byte as `guard.js` writes it at `now`, in seconds since
    /// 1970. `secure` is what stands at its end where the page came by HTTPS: `;Secure`. None where the choice has run out, or names
    /// services that are no longer asked about.
    pub fn cookie(&self, registry: &Registry, now: i64, secure: &str) -> Option<String> {
        let asked = super::model(registry).categories;
        let revised = |id: &ServiceId| {
            let service = asked.iter().flat_map(|category| &category.services).find(|service| service.id == *id)?;
            Some(format!("{id}:{}", service.revision))
        };
        let agreed = asked.iter().filter(|asked| asked.services.iter().any(|service| self.accepted.contains(&service.id)));
        let categories: Vec<&str> = agreed.map(|asked| asked.category.name()).collect();
        let accepted: Vec<String> = self.accepted.iter().map(revised).collect::<Option<_>>()?;
        let refused: Vec<&str> = self.refused.iter().map(ServiceId::as_str).collect();
        let keep = i64::try_from(super::keep(registry).seconds()).ok()?;
        // A clock that runs ahead makes no choice last longer.
        let left = self.made.checked_add(keep)?.checked_sub(now)?.min(keep);
        let mark = if self.signalled { "!" } else { "" };
        let lists = [categories.join("."), format!("{}{mark}", base_36(self.made)), accepted.join("."), refused.join("."), String::new()];
        (left > 0).then(|| format!("{COOKIE}={}{ATTRIBUTES}{left}{secure}", lists.join("~")))
    }
}

/// When the choice in a cookie's value was made, in seconds since 1970; none where it says none.
pub fn made(value: &str) -> Option<i64> {
    i64::from_str_radix(value.split('~').nth(1)?.trim_end_matches('!'), 36).ok()
}

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

/// A number as JavaScript writes it in base 36.
fn base_36(number: i64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = number.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(rest % 36) as usize]));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        digits.push('-');
    }
    digits.iter().rev().collect()
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

    #[test]
    fn a_cookie_says_when_it_was_made() {
        let all = ["", "media", "~~", "media~-1~", "~tro8w0!~~film~"].map(made);
        assert_eq!(all, [None, None, None, Some(-1), Some(1_800_000_000)]);
    }

    #[test]
    fn numbers_are_written_as_scripts_do() {
        assert_eq!([0, 35, 36, 1_800_000_000, -37].map(base_36), ["0", "z", "10", "tro8w0", "-11"]);
    }
}
