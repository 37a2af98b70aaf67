//! How files become a site: languages, addresses, order.

use super::*;
use crate::digest::Digest;
use crate::document;

fn site(config: Config, files: &[(&str, &str)]) -> Site {
    let mut files: Vec<_> = files.to_vec();
    files.sort_unstable();
    let outlines = files.iter().filter(|(path, _)| path.ends_with(".md")).map(|(path, text)| {
        let read = document::parse(&Arc::from(*path), text.as_bytes(), Digest::of(text.as_bytes()));
        read.value.unwrap().outline
    });
    let outlines: Vec<_> = outlines.collect();
    let names: Vec<Arc<str>> = files.iter().map(|(path, _)| Arc::from(*path)).collect();
    assemble(Arc::new(config), &outlines, &names, Drafts::Left, jiff::civil::date(2026, 6, 1))
}

fn languages(codes: &[&str]) -> Config {
    Config { languages: codes.iter().map(|code| (*code).to_owned()).collect(), ..Config::default() }
}

#[test]
fn translations_live_below_their_language_under_their_own_names() {
    let site = site(
        languages(&["en", "fr"]),
        &[
            ("content/legal/_index.md", "# Legal"),
            ("content/legal/_index.fr.md", "---\nslug: droit\n---\n# Droit"),
            ("content/legal/privacy.md", "# Privacy"),
            ("content/legal/privacy.fr.md", "---\nslug: Confidentialité\n---\n# Confidentialité"),
            ("content/legal/notes.de.md", "# No language of this site"),
        ],
    );
    let page = |path: &str| site.page_of(path).unwrap();
    assert_eq!(&*site.pages[page("content/legal/privacy.fr.md")].url, "/fr/droit/confidentialite/");
    assert_eq!(site.pages[page("content/legal/privacy.md")].translations.len(), 2);
    assert_eq!(&*site.pages[page("content/legal/notes.de.md")].url, "/legal/notes.de/");
    let target = |from: &str, language, link: &str| site.target(from, language, link).map(|t| t.url(&site));
    assert_eq!(target("content/legal/_index.fr.md", 1, "privacy.md#x").as_deref(), Some("/fr/droit/confidentialite/#x"));
    assert_eq!(target("content/legal/_index.md", 0, "privacy.fr.md").as_deref(), Some("/fr/droit/confidentialite/"));
    assert_eq!(target("content/legal/_index.md", 0, "@/legal/").as_deref(), Some("/legal/"));
    assert_eq!(target("content/legal/_index.md", 0, "../../../etc/passwd"), None);
}

#[test]
fn sections_are_sorted_as_their_authors_say() {
    let pages = [
        ("content/s/2026-01-01-old.md", "# B"),
        ("content/s/2026-02-01-new.md", "# C"),
        ("content/s/heavy.md", "---\nweight: 1\n---\n# D"),
        ("content/s/undated.md", "# A"),
    ];
    let order = |index: &'static str| {
        let site = site(Config::default(), &[&pages[..], &[("content/s/_index.md", index)]].concat());
        let section = site.page_of("content/s/_index.md").unwrap();
        site.pages[section].list.items.iter().map(|id| site.pages[*id].title.to_string()).collect::<String>()
    };
    assert_eq!(order("# S"), "DCBA", "weights, then the newest, then the alphabet");
    assert_eq!(order("---\nsort_by: title\n---\n# S"), "ABCD");
    assert_eq!(order("---\nsort_by: date\n---\n# S"), "CBAD");
}

#[test]
fn the_folders_page_is_the_one_that_was_meant() {
    let files = [("content/README.md", "# R"), ("content/index.md", "# I"), ("content/_index.md", "# U")];
    let home = |files: &[(&str, &str)]| {
        let site = site(Config::default(), files);
        site.pages[site.homes[0].unwrap()].title.to_string()
    };
    assert_eq!((home(&files).as_str(), home(&files[..2]).as_str(), home(&files[..1]).as_str()), ("U", "I", "R"));
}
