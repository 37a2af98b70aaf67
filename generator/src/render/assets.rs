//! CSS, JavaScript, images: minified, and named by their content so that browsers may keep them for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;
use registry::diagnostic::{Diagnostic, Reported, Rule, Severity, Silence, Span};

use super::style;
use super::theme::{Theme, ThemeFile, is_template};
use crate::digest::Digest;

/// JavaScript that cannot be parsed.
pub static INVALID_SCRIPT: Rule =
    Rule { name: "invalid-script", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/invalid-script.md") };

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
            own || theme
                .files
                .iter()
                .any(|(n, f)| (is_template(n) || n.ends_with(".css")) && names(&f.bytes, name.rsplit('/').next().unwrap_or(name)))
        };
        let files: Vec<_> = theme.files.iter().filter(|(name, file)| is_asset(name) && wanted(name, file)).collect();
        // Style sheets name the others, so they come last.
        let (sheets, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| name.ends_with(".css"));
        for (name, file) in others {
            let is_script = name.ends_with(".js") || name.ends_with(".mjs");
            let compress = || minify.then(CompressOptions::safest);
            let made = is_script.then(|| script(&file.path, name, text(file, &mut diagnostics)?, compress(), &mut diagnostics));
            let bytes = made.flatten().map_or_else(|| file.bytes.clone(), |code| code.into_bytes().into());
            assets.add(name, file, bytes);
        }
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

/// A script, checked and, with options for that, minified; none where it is broken, which is told. What is a module says so by its ending,
/// `.mjs`, or by importing and exporting.
pub(super) fn script(
    path: &Arc<str>,
    name: &str,
    text: &str,
    compress: Option<CompressOptions>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let allocator = Allocator::default();
    let source = if name.ends_with(".mjs") { SourceType::mjs() } else { SourceType::unambiguous() };
    let parsed = Parser::new(&allocator, text, source).parse();
    if let Some(error) = parsed.errors.first() {
        let label = error.labels.as_ref().and_then(|labels| labels.first());
        let span = label.map_or_else(Span::default, |l| Span { start: l.offset(), end: l.offset() + l.len() });
        diagnostics.push(
            Diagnostic::new(&INVALID_SCRIPT, format!("this is not JavaScript: {}", error.message))
                .at(path, span, "")
                .why("browsers would run none of this script"),
        );
        return None;
    }
    if compress.is_none() {
        return Some(text.to_owned());
    }
    let mut program = parsed.program;
    let options = MinifierOptions { mangle: Some(MangleOptions::default()), compress };
    let minified = Minifier::new(options).minify(&allocator, &mut program);
    // Licences stay; other comments are for the authors.
    let comments = CommentOptions { normal: false, jsdoc: false, annotation: false, legal: LegalComment::Inline };
    let options = CodegenOptions { minify: true, comments, ..CodegenOptions::default() };
    Some(Codegen::new().with_options(options).with_scoping(minified.scoping).build(&program).code)
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
    fn own_files_are_published_and_built_in_ones_where_they_are_named() {
        let made = make(&[("images/nobody-names-me.png", "x")]);
        assert!(made.value.url("images/nobody-names-me.png").is_some() && made.value.url("css/site.css").is_some());
        assert!(made.value.url("i18n/en.yaml").is_none() && made.value.url("base.html").is_none());
    }
}
