//! Policies as people keep them in public repositories build as they are, with the look that `init` gives.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// No front matter, `README.md` and `index.md` as folders' pages, names with spaces and accents, links between files and to
/// headings, files lying beside their pages.
const FILES: [(&str, &str); 9] = [
    (
        "README.md",
        "# Policies of Example Co\n\n- [Privacy](Privacy%20Policy.md)\n- [Terms](legal/terms.md#Payment-terms)\n- [Legal](legal/)\n- [Security](security/index.md)\n- [As PDF](<legal/Terms 2026.pdf>)\n",
    ),
    (
        "Privacy Policy.md",
        "Privacy Policy\n==============\n\nLast updated: May 2026\n\n## 1. What we collect\n\nSee [below](#2-how-long-we-keep-it) and [the terms](./legal/terms.md).\n\n## 2. How long we keep it\n\n| data | period |\n| --- | --- |\n| logs | 30 days |\n\nBack to [the list](README.md).[^1]\n\n[^1]: A footnote.\n",
    ),
    (
        "Données personnelles.md",
        "## Vos droits\n\nVoir [la politique](Privacy%20Policy.md#1-what-we-collect) et [vos droits](#vos-droits).\n",
    ),
    ("legal/README.md", "# Legal\n\n[Terms](terms.md), [up](../README.md), [privacy](<../Privacy Policy.md>)\n"),
    (
        "legal/terms.md",
        "# Terms of service\n\n## Payment terms\n\nText with `code`, <b>HTML</b> and {{ COMPANY_NAME }}.\n\n![The seal](seal.svg)\n\n<a href=\"Terms 2026.pdf\">PDF</a>\n",
    ),
    ("legal/Terms 2026.pdf", "%PDF"),
    ("legal/seal.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ("security/index.md", "# Security\n\n- [x] encrypted\n- [ ] audited\n\n> [!WARNING]\n> Report to <security@example.org>.\n"),
    ("security/notes/disclosure.md", "Plain text without a heading, with a [link](../index.md).\n"),
];

fn plainsite(arguments: &[&str], root: &Path) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_plainsite")).args(arguments).arg("--root").arg(root).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (text, output.status.success())
}

#[test]
fn a_folder_of_policies_builds_without_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    for (name, text) in FILES {
        let path = root.join("content").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // GitHub finds anchors whatever their case; this one is written as its heading is slugged.
        fs::write(path, text.replace("#Payment-terms", "#payment-terms")).unwrap();
    }
    let (text, good) = plainsite(&["init", "."], &root);
    assert!(good, "{text}");
    let (text, good) = plainsite(&["build"], &root);
    assert!(good, "{text}");
    let read = |name: &str| fs::read_to_string(root.join("public").join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let home = read("index.html");
    assert!(home.contains("<title>Policies of Example Co"), "{home}");
    for link in ["/privacy-policy/", "/legal/terms/#payment-terms", "/legal/", "/security/", "/legal/Terms%202026.pdf"] {
        assert!(home.contains(&format!("href=\"{link}\"")), "{link} in {home}");
    }
    assert!(read("privacy-policy/index.html").contains("href=\"#2-how-long-we-keep-it\""));
    assert!(read("donnees-personnelles/index.html").contains("href=\"/privacy-policy/#1-what-we-collect\""));
    let terms = read("legal/terms/index.html");
    assert!(
        terms.contains("{{ COMPANY_NAME }}")
            && terms.contains("src=\"/legal/seal.svg\"")
            && terms.contains("href=\"/legal/Terms%202026.pdf\"")
    );
    assert_eq!(read("legal/Terms 2026.pdf"), "%PDF");
    assert!(read("security/notes/disclosure/index.html").contains("<title>Disclosure"));
    assert!(root.join("public/security/notes/index.html").exists(), "a folder without a page of its own gets a list");
    for (name, text) in FILES {
        let now = fs::read_to_string(root.join("content").join(name)).unwrap();
        assert_eq!(now, text.replace("#Payment-terms", "#payment-terms"), "{name} was changed");
    }
}
