//! From a site's files to its contract, as `plainsite export contract` makes it from a build.
//!
//! Mistakes are those that keep the declarations from being read. What a declaration lacks by law is judged by `plainsite build`, which
//! makes the site beside these functions.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use registry::contract::{BANNERS, Contract, Site, TEMPLATES};
use registry::diagnostic::{Diagnostic, Severity};
use registry::model::{FILE, FORMS};
use registry::{resolve, yaml};
use serde_json::{Map, Value};

/// The site's own settings.
const SETTINGS: &str = "content/site.yaml";

/// The language that is complete, and stands in for others.
const COMPLETE: &str = "en";

/// A site's contract, and what it came from.
pub(crate) struct Gathered {
    /// The contract, or the mistakes of the site's authors, a line each.
    pub(crate) contract: Result<Contract, Vec<String>>,
    /// The files that were read, and the folders in which a new one would be read.
    pub(crate) watched: Vec<PathBuf>,
}

/// Reads the contract of the site at `root`; the templates of `built_in` stand in for those that it does not have.
///
/// # Errors
/// A file that is there and cannot be read, or is not UTF-8.
pub(crate) fn gather(root: &Path, built_in: &Path) -> io::Result<Gathered> {
    let mut files = Files { root, built_in, texts: BTreeMap::new(), watched: Vec::new() };
    let mut diagnostics = Vec::new();
    let mut site = settings(&mut files, &mut diagnostics)?;
    for language in site.languages.clone() {
        let mut words = words(&mut files, COMPLETE, &mut diagnostics)?;
        if language != COMPLETE {
            words.extend(self::words(&mut files, &language, &mut diagnostics)?);
        }
        site.words.insert(language, words);
    }
    for folder in TEMPLATES {
        let [built_in, own] = files.looks().map(|look| look.join(folder));
        for look in [built_in, own] {
            for path in files.below(&look)? {
                let name = path.strip_prefix(&look).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
                site.templates.insert(format!("{folder}{name}"), String::from_utf8_lossy(&fs::read(&path)?).into_owned());
            }
        }
    }
    // Their names are all that the functions need of them: a banner is archived under its digest.
    for path in files.below(&root.join(BANNERS))? {
        let name = path.file_name().and_then(|name| name.to_str());
        site.banners.extend(name.and_then(|name| name.strip_suffix(".json")).map(str::to_owned));
    }
    let privacy = files.read(FILE)?;
    let mut forms = Vec::new();
    for path in files.below(&root.join(FORMS))? {
        if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str).filter(|name| name.ends_with(".yaml")) {
            forms.extend(files.read(name)?);
        }
    }
    let forms: Vec<_> = forms.iter().map(|(path, text)| (path, text.as_str())).collect();
    let privacy = privacy.as_ref().map(|(path, text)| (path, text.as_str()));
    let declared = resolve::registry(privacy, &forms).into_value(&mut diagnostics);
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    let mistakes: Vec<String> = diagnostics.iter().map(|d| d.short(|file| files.texts.get(file).map(String::as_str))).collect();
    let contract = if mistakes.is_empty() { Ok(Contract::of(&declared.registry, site)) } else { Err(mistakes) };
    Ok(Gathered { contract, watched: files.watched })
}

/// What the functions need of `site.yaml`; the rest of it is the build's affair.
fn settings(files: &mut Files<'_>, diagnostics: &mut Vec<Diagnostic>) -> io::Result<Site> {
    let read = files.read(SETTINGS)?;
    let root = read.and_then(|(path, text)| yaml::parse(&path, &text, 0).into_value(diagnostics));
    let root = root.map_or(Value::Null, |root| root.to_json());
    let languages: Vec<String> = serde_json::from_value(root["languages"].clone()).unwrap_or_default();
    Ok(Site {
        base_url: root["base_url"].as_str().unwrap_or_default().trim_end_matches('/').to_owned(),
        languages: if languages.is_empty() { vec![COMPLETE.to_owned()] } else { languages },
        folders: root["urls"] != "clean",
        ..Site::default()
    })
}

/// The interface's words in a language: built in, and changed or added by the site.
fn words(files: &mut Files<'_>, language: &str, diagnostics: &mut Vec<Diagnostic>) -> io::Result<Map<String, Value>> {
    let mut words = Map::new();
    for look in files.looks() {
        let Some((path, text)) = files.text(&look.join(format!("i18n/{language}.yaml")))? else { continue };
        if let Some(Value::Object(map)) = yaml::parse(&path, &text, 0).into_value(diagnostics).map(|root| root.to_json()) {
            words.extend(map);
        }
    }
    Ok(words)
}

/// The files of a site and of the built-in look, and what was asked for of them.
struct Files<'a> {
    root: &'a Path,
    built_in: &'a Path,
    texts: BTreeMap<Arc<str>, String>,
    watched: Vec<PathBuf>,
}

impl Files<'_> {
    /// The folders of templates, those of the site last.
    fn looks(&self) -> [PathBuf; 2] {
        [self.built_in.to_owned(), self.root.join("templates")]
    }

    /// A file of the site by its path from the root.
    fn read(&mut self, name: &str) -> io::Result<Option<(Arc<str>, String)>> {
        self.text(&self.root.join(name))
    }

    /// A text with its path for diagnostics; none where there is no such file.
    fn text(&mut self, path: &Path) -> io::Result<Option<(Arc<str>, String)>> {
        if !path.is_file() {
            self.watch_for(path);
            return Ok(None);
        }
        self.watched.push(path.to_owned());
        let text = fs::read_to_string(path).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        let name: Arc<str> = path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/").into();
        self.texts.insert(name.clone(), text.clone());
        Ok(Some((name, text)))
    }

    /// The files below a folder, sorted; what editors hide or keep is passed over, as the build does.
    fn below(&mut self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        if !folder.is_dir() {
            self.watch_for(folder);
            return Ok(Vec::new());
        }
        self.watched.push(folder.to_owned());
        let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(next) = folders.pop() {
            for entry in fs::read_dir(&next)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                match entry.path() {
                    _ if name.starts_with('.') || name.ends_with('~') => {}
                    path if path.is_dir() => folders.push(path),
                    path => found.push(path),
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Watches the nearest folder that is there: cargo takes a path that is missing for one that has changed, every time.
    fn watch_for(&mut self, path: &Path) {
        self.watched.extend(path.ancestors().find(|folder| folder.is_dir()).map(Path::to_owned));
    }
}
