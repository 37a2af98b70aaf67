//! A site's look as files: its own over the built-in ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use registry::diagnostic::{Rule, Severity, Silence};

use crate::source::Source;

/// A style sheet or the site's configuration names a file that is not there.
pub static MISSING_ASSET: Rule =
    Rule { name: "missing-asset", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/missing-asset.md") };

/// The built-in templates, words and assets.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The prefix under which a built-in template stays within reach of a site's own one.
pub const PREFIX: &str = "builtin/";

/// A site's look, as files: name below `templates/` to path and content.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// Every file by its name, the site's own before the built-in one.
    pub files: BTreeMap<String, ThemeFile>,
}

/// A file of a site's look.
#[derive(Clone, Debug)]
pub struct ThemeFile {
    /// Its path for diagnostics: `templates/base.html`, or `builtin/base.html` in the tool itself.
    pub path: Arc<str>,
    /// Its content.
    pub bytes: Arc<[u8]>,
}

impl Theme {
    /// The built-in files with the site's own over them; `own` has paths below the site's root.
    pub fn new(own: impl IntoIterator<Item = (Arc<str>, Arc<[u8]>)>) -> Self {
        let mut files = BTreeMap::new();
        for (name, bytes) in built_in() {
            let file = ThemeFile { path: format!("{PREFIX}{name}").into(), bytes: bytes.into() };
            if is_template(&name) {
                files.insert(format!("{PREFIX}{name}"), file.clone());
            }
            files.insert(name, file);
        }
        for (path, bytes) in own {
            if let Some(name) = path.strip_prefix("templates/") {
                files.insert(name.to_owned(), ThemeFile { path: path.clone(), bytes });
            }
        }
        Self { files }
    }

    /// The text of a file of the tool's own, by its path in diagnostics.
    pub fn built_in_text(path: &str) -> Option<&'static str> {
        BUILT_IN.get_file(path.strip_prefix(PREFIX)?)?.contents_utf8()
    }

    /// The text that diagnostics point into: a file of the tool's own, or one of the site's, whatever its bytes.
    pub fn text(source: &dyn Source, path: &str) -> Option<String> {
        let own = || Some(String::from_utf8_lossy(&source.read(path).ok()?).into_owned());
        Self::built_in_text(path).map(str::to_owned).or_else(own)
    }

    /// The names of the shortcodes.
    pub fn shortcodes(&self) -> impl Iterator<Item = &str> {
        self.files.keys().filter_map(|name| name.strip_prefix("shortcodes/")?.strip_suffix(".html"))
    }
}

fn built_in() -> Vec<(String, &'static [u8])> {
    fn gather(dir: &'static Dir<'static>, out: &mut Vec<(String, &'static [u8])>) {
        for file in dir.files() {
            if let Some(name) = file.path().to_str() {
                out.push((name.to_owned(), file.contents()));
            }
        }
        for dir in dir.dirs() {
            gather(dir, out);
        }
    }
    let mut files = Vec::new();
    gather(&BUILT_IN, &mut files);
    files
}

/// Whether a file of a look is a template, by its name.
pub fn is_template(name: &str) -> bool {
    name.ends_with(".html")
}
