//! Names in addresses: of headings as GitHub makes them, of pages in plain letters.

use std::fmt::Write;

/// A heading's id, as GitHub makes it, and not among those `used` before; it joins them.
pub fn heading(text: &str, used: &mut Vec<String>) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' ' => slug.push('-'),
            '-' | '_' => slug.push(c),
            c if c.is_ascii() => slug.extend(c.is_ascii_alphanumeric().then_some(c.to_ascii_lowercase())),
            // Letters, figures and the marks that combine with them.
            c if c.is_alphanumeric() || ('\u{300}'..='\u{36F}').contains(&c) => slug.extend(c.to_lowercase()),
            _ => {}
        }
    }
    if slug.is_empty() {
        slug.push_str("section");
    }
    let base = slug.len();
    let mut n = 0;
    while used.contains(&slug) {
        n += 1;
        slug.truncate(base);
        let _ = write!(slug, "-{n}");
    }
    used.push(slug.clone());
    slug
}

/// A name for an address: lower case, plain letters, figures and dashes.
pub fn path_part(name: &str) -> String {
    let plain = if name.is_ascii() { name.to_owned() } else { deunicode::deunicode_with_tofu(name, "") };
    let mut slug = String::with_capacity(plain.len());
    for c in plain.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '~') {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() && c != '\'' && c != '\u{2019}' {
            slug.push('-');
        }
    }
    slug.trim_end_matches(['-', '.']).trim_start_matches('.').to_owned()
}

/// A file name as a title: `privacy-policy` as `Privacy policy`.
pub fn humanised(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let words = words.trim();
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_named_as_github_names_them() {
        let mut used = Vec::new();
        for (text, slug) in [
            ("What we collect", "what-we-collect"),
            ("Cookies & storage", "cookies--storage"),
            ("Données à caractère personnel", "données-à-caractère-personnel"),
            ("1. Who we are?", "1-who-we-are"),
            ("What we collect", "what-we-collect-1"),
            ("What we collect", "what-we-collect-2"),
            ("§", "section"),
            ("snake_case-kebab", "snake_case-kebab"),
        ] {
            assert_eq!(heading(text, &mut used), slug);
        }
    }

    #[test]
    fn file_names_become_addresses() {
        assert_eq!(path_part("Privacy Policy (2026)"), "privacy-policy-2026");
        assert_eq!(path_part("Données"), "donnees");
        assert_eq!(path_part("v1.2"), "v1.2");
        assert_eq!(path_part("..."), "");
        assert_eq!(humanised("privacy-policy"), "Privacy policy");
    }
}
