//! CSS, JavaScript, images: minified, and named by their content so that browsers may keep them for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use oxc_minifier::CompressOptions;
use registry::diagnostic::{Diagnostic, Reported};

use super::script::{self, INVALID_SCRIPT};
use super::theme::{Theme, ThemeFile, is_template};
use super::{imports, style};
use crate::digest::Digest;

/// The finished assets by their names below `templates/`.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    files: BTreeMap<String, Asset>,
}

/// A finished asset.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its path below the output folder.
    pub out: String,
    /// Its address.
    pub url: String,
    /// Its content.
    pub bytes: Arc<[u8]>,
    /// Its source, for diagnostics.
    pub path: Arc<str>,
}

impl Asset {
    /// A finished asset, named by its content; `path` is its source.
    pub fn named(name: &str, bytes: Arc<[u8]>, path: Arc<str>) -> Self {
        let digest = Digest::of(&bytes).short(10);
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let out = if ending.is_empty() { format!("assets/{stem}.{digest}") } else { format!("assets/{stem}.{digest}.{ending}") };
        Self { url: crate::site::file_address(&out), out, bytes, path }
    }
}

impl Assets {
    /// Makes the assets of a look: the site's own files, and those built-in ones that the look names.
    pub fn make(theme: &Theme, minify: bool) -> Reported<Self> {
        let mut diagnostics = Vec::new();
        let mut assets = Self::default();
        let is_asset = |name: &str| !is_template(name) && !name.starts_with("i18n/") && !name.starts_with("consent/");
        let names = |text: &[u8], name: &str| memchr::memmem::find(text, name.as_bytes()).is_some();
        let wanted = |name: &str, file: &ThemeFile| {
            let own = file.path.starts_with("templates/");
            own || theme.files.iter().any(|(n, f)| {
                (is_template(n) || n.ends_with(".css") || is_script(n)) && names(&f.bytes, name.rsplit('/').next().unwrap_or(name))
            })
        };
        let files: Vec<_> = theme.files.iter().filter(|(name, file)| is_asset(name) && wanted(name, file)).collect();
        // Style sheets name the others, so they come last; scripts name each other.
        let (sheets, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| name.ends_with(".css"));
        let (scripts, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|(name, _)| is_script(name));
        for (name, file) in others {
            assets.add(name, file, file.bytes.clone());
        }
        assets.add_scripts(&scripts, minify, &mut diagnostics);
        let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, file) in &sheets {
            if let Some(text) = text(file, &mut diagnostics) {
                texts.insert(name, text);
            }
            // A sheet that cannot be made is there as it is, so that nobody misses it beside.
            assets.add(name, file, file.bytes.clone());
        }
        let path = |name: &str| theme.files.get(name).map_or_else(|| name.into(), |file| file.path.clone());
        for name in style::ordered(&texts, &path, &mut diagnostics) {
            let find = |name: &str| assets.url(name).map(str::to_owned);
            if let (Some(text), Some(file)) = (texts.get(name), theme.files.get(name))
                && let Some(css) = style::process(name, &file.path, text, minify, find, &mut diagnostics)
            {
                assets.add(name, file, css.into_bytes().into());
            }
        }
        Reported { value: assets, diagnostics }
    }

    /// Makes scripts, each behind those that it imports. One that cannot be made is there as it is, so that nobody misses it beside.
    fn add_scripts(&mut self, scripts: &[(&String, &ThemeFile)], minify: bool, diagnostics: &mut Vec<Diagnostic>) {
        let imported: BTreeMap<&str, Vec<script::Import>> = scripts
            .iter()
            .filter_map(|(name, file)| Some((name.as_str(), script::imports(name, std::str::from_utf8(&file.bytes).ok()?))))
            .collect();
        let names = |imports: &Vec<script::Import>| imports.iter().filter_map(|import| import.name.clone()).collect();
        let order = imports::ordered(&imported.iter().map(|(name, imports)| (*name, names(imports))).collect());
        for circle in &order.circles {
            let found = scripts.iter().find(|(name, _)| circle.first().is_some_and(|first| first == name));
            let Some((name, file)) = found else { continue };
            diagnostics.push(
                Diagnostic::new(&INVALID_SCRIPT, format!("`{name}` imports itself: {}", imports::spoken(circle)))
                    .in_file(&file.path)
                    .why("the name of a script comes from its content, and so from the names of what it imports")
                    .help("take one of the imports out"),
            );
        }
        let place = |name: &str| order.files.iter().position(|file| *file == name).unwrap_or(usize::MAX);
        let mut scripts = scripts.to_vec();
        scripts.sort_by_key(|(name, _)| place(name));
        for (name, file) in scripts {
            let compress = minify.then(CompressOptions::safest);
            let made = text(file, diagnostics).and_then(|text| {
                let imports = imported.get(name.as_str()).filter(|_| order.files.contains(&name.as_str())).map_or(&[][..], Vec::as_slice);
                let linked = script::linked(&file.path, text, imports, |name| self.url(name).map(str::to_owned), diagnostics);
                script::process(&file.path, name, &linked, compress, diagnostics)
            });
            let bytes = made.map_or_else(|| file.bytes.clone(), |code| code.into_bytes().into());
            self.add(name, file, bytes);
        }
    }

    fn add(&mut self, name: &str, file: &ThemeFile, bytes: Arc<[u8]>) {
        self.files.insert(name.to_owned(), Asset::named(name, bytes, file.path.clone()));
    }

    /// The address of an asset.
    pub fn url(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(|asset| asset.url.as_str())
    }

    /// Every asset's name.
    pub fn names(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    /// Every asset.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.files.iter().map(|(name, asset)| (name.as_str(), asset))
    }
}

fn is_script(name: &str) -> bool {
    name.ends_with(".js") || name.ends_with(".mjs")
}

/// A file's text; none where it is none, which is told.
pub(super) fn text<'f>(file: &'f ThemeFile, diagnostics: &mut Vec<Diagnostic>) -> Option<&'f str> {
    match std::str::from_utf8(&file.bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            diagnostics.push(crate::document::not_utf8(&file.path, &file.bytes, error));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(files: &[(&str, &str)]) -> Reported<Assets> {
        let own = files.iter().map(|(name, text)| (Arc::from(format!("templates/{name}")), Arc::from(text.as_bytes())));
        Assets::make(&Theme::new(own), true)
    }

    fn text(assets: &Assets, name: &str) -> String {
        String::from_utf8(assets.files[name].bytes.to_vec()).unwrap()
    }

    #[test]
    fn a_sheet_may_import_one_that_comes_later_by_name() {
        let made =
            make(&[("css/a.css", "@import \"z.css\";"), ("css/z.css", "@import 'y.css'; b{color:red}"), ("css/y.css", "a{color:red}")]);
        assert_eq!(made.diagnostics, []);
        for (sheet, imported) in [("css/a.css", "css/z.css"), ("css/z.css", "css/y.css")] {
            let (css, url) = (text(&made.value, sheet), made.value.url(imported).unwrap());
            assert!(css.contains(url), "{url} in {css}");
        }
    }

    #[test]
    fn a_circle_of_imports_is_told_once() {
        let made = make(&[
            ("a.css", "@import 'b.css';"),
            ("b.css", "@import 'c.css';"),
            ("c.css", "@import 'b.css';"),
            ("d.css", "@import 'd.css';"),
        ]);
        let told: Vec<_> = made.diagnostics.iter().map(|d| (d.rule.name, d.message.as_str(), d.labels[0].file.as_ref())).collect();
        assert_eq!(
            told,
            [
                ("invalid-style", "`b.css` imports itself: `b.css` → `c.css` → `b.css`", "templates/b.css"),
                ("invalid-style", "`d.css` imports itself: `d.css` → `d.css`", "templates/d.css"),
            ]
        );
        assert!(made.value.url("a.css").is_some() && made.value.url("b.css").is_some());
    }

    #[test]
    fn a_broken_sheet_or_script_is_told_with_its_consequence_and_is_not_missing() {
        let made = make(&[("a.css", ".a { color: red } }"), ("b.js", "let x = (;")]);
        let told: Vec<_> = made.diagnostics.iter().map(|d| (d.rule.name, d.why.as_deref().unwrap(), d.help.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("invalid-script", "browsers would run none of this script", None),
                ("invalid-style", "browsers would ignore the rest", Some("look for a brace too many or too few before this place")),
            ]
        );
        assert!(made.value.url("a.css").is_some() && made.value.url("b.js").is_some());
    }

    #[test]
    fn a_script_imports_others_by_their_finished_names() {
        let files = [
            ("a.js", "import { b } from './deep/b.js';\nb();"),
            ("deep/b.js", "export { c as b } from \"../c.js\";"),
            ("c.js", "export const c = 1;"),
        ];
        let made = make(&files);
        assert_eq!(made.diagnostics, []);
        for (script, imported) in [("a.js", "deep/b.js"), ("deep/b.js", "c.js")] {
            let (code, url) = (text(&made.value, script), made.value.url(imported).unwrap());
            assert!(code.contains(&format!("\"{url}\"")), "{url} in {code}");
        }
    }

    #[test]
    fn what_a_script_imports_must_be_there_and_not_lead_back() {
        let made = make(&[("a.js", "import './gone.js';"), ("b.js", "import './c.js';"), ("c.js", "import './b.js';")]);
        let told: Vec<_> = made.diagnostics.iter().map(|d| (d.rule.name, d.message.as_str())).collect();
        let expected = [
            ("invalid-script", "`b.js` imports itself: `b.js` → `c.js` → `b.js`"),
            ("missing-asset", "`./gone.js` is not in `templates/`"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn own_files_are_published_and_built_in_ones_where_they_are_named() {
        let made = make(&[("images/nobody-names-me.png", "x")]);
        assert!(made.value.url("images/nobody-names-me.png").is_some() && made.value.url("css/site.css").is_some());
        assert!(made.value.url("i18n/en.yaml").is_none() && made.value.url("base.html").is_none());
    }
}
