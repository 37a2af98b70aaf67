//! The pipeline: from a site's files to its output. One function serves the command line, the dev server and the tests.
//!
//! Only this module remembers anything between builds, and what it remembers is keyed by digests of all that it was made
//! from. The law: any series of edits rebuilt here equals a build from nothing.

mod announced;
mod archive;
mod banner;
mod contract;
mod declarations;
mod inputs;
mod look;
mod order;
mod others;
mod pages;
mod policies;
mod thanks;
mod versions;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use registry::diagnostic::{Diagnostic, has_errors};
use registry::model::Registry;
use registry::resolve::Declared;

use crate::check::{self, prose_contradicts_registry, silence};
use crate::digest::{Digest, Hasher};
use crate::document::shown::Shown;
use crate::document::{Document, Outline};
use crate::output::{Finish, Output};
use crate::render::context::Shared;
use crate::render::data;
use crate::render::page::Look;
use crate::render::theme::Theme;
use crate::site::config::{self, Config, Minify};
use crate::site::{Drafts, Site, assemble};
use crate::source::Source;
pub use announced::{Announced, Pages, Unannounced};
use archive::ArchiveMemory;
use banner::BannerMemory;
use declarations::DeclarationsMemory;
use inputs::Inputs;
use look::LookMemory;
use others::{OthersMemory, Subject};
use pages::{Basis, PagesMemory};
pub use policies::Unpublishable;
use versions::VersionsMemory;

/// Which files to look at again.
#[derive(Clone, Copy, Debug)]
pub enum Changes<'a> {
    /// All of them.
    Everything,
    /// These paths below the site's root, and whatever lies in them.
    Paths(&'a [String]),
}

/// What came of a build.
#[derive(Clone, Debug)]
pub struct Build {
    /// What to write; none where an error was found.
    pub output: Option<Arc<Output>>,
    /// What is wrong, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The silenced checks: rule, reason, and how many diagnostics each hides.
    pub silenced: Vec<(String, String, usize)>,
    /// The site.
    pub site: Arc<Site>,
    /// What it declares about personal data.
    pub declared: Arc<Declared>,
    /// What its pages share, the words of each language among it.
    pub shared: Arc<Shared>,
    /// The files of its look.
    pub theme: Arc<Theme>,
    /// The addresses of its style sheets, by name.
    pub styles: BTreeMap<String, String>,
    /// The consent banner as it is shown now, in each language; none where no proof of choices is kept.
    pub shown: Vec<Shown>,
    /// The archived banners, sorted by digest.
    pub archived: Vec<Shown>,
    /// The files that are other ones than at the build before, or gone.
    pub changed: Vec<Arc<str>>,
}

/// Builds a site, again and again.
#[derive(Debug)]
pub struct Builder {
    drafts: Drafts,
    today: Date,
    inputs: Inputs,
    declarations: DeclarationsMemory,
    versions: VersionsMemory,
    look: LookMemory,
    archive: ArchiveMemory,
    banner: BannerMemory,
    site: Option<SiteMemory>,
    shared: Option<(Digest, Arc<Shared>)>,
    pages: PagesMemory,
    others: OthersMemory,
}

/// The site as it was put together last.
#[derive(Clone, Debug)]
struct SiteMemory {
    /// The digest of all that it is made from.
    key: Digest,
    site: Arc<Site>,
    /// What is wrong with its structure.
    diagnostics: Vec<Diagnostic>,
}

/// What a site's structure is made from.
struct Structure<'a> {
    config: &'a Arc<Config>,
    documents: &'a [Arc<Document>],
    inputs: &'a Inputs,
    drafts: Drafts,
    today: Date,
}

impl Structure<'_> {
    /// The site's structure, and what is wrong with it; the same as the one `known` as long as nothing that it is made from changed.
    fn site(&self, known: &mut Option<SiteMemory>) -> SiteMemory {
        let mut hasher = Hasher::default();
        hasher.add(format!("{:?} {:?} {}", self.config, self.drafts, self.today)).add_digest(self.inputs.copied_names());
        for document in self.documents {
            hasher.add_digest(document.outline.digest);
        }
        let key = hasher.finish();
        if let Some(known) = known.as_ref().filter(|known| known.key == key) {
            return known.clone();
        }
        let outlines: Vec<Arc<Outline>> = self.documents.iter().map(|d| d.outline.clone()).collect();
        let files: Vec<Arc<str>> = self.inputs.copies().cloned().collect();
        let site = Arc::new(assemble(self.config.clone(), &outlines, &files, self.drafts, self.today));
        let made = SiteMemory { key, diagnostics: check::site(&site), site };
        *known = Some(made.clone());
        made
    }
}

impl Builder {
    /// A builder that remembers nothing yet. `today` decides what is overdue, and which version of a policy is in force.
    pub fn new(drafts: Drafts, today: Date) -> Self {
        Self {
            drafts,
            today,
            inputs: Inputs::default(),
            declarations: DeclarationsMemory::default(),
            versions: VersionsMemory::default(),
            look: LookMemory::default(),
            archive: ArchiveMemory::default(),
            banner: BannerMemory::default(),
            site: None,
            shared: None,
            pages: PagesMemory::default(),
            others: OthersMemory::default(),
        }
    }

    /// A builder for a single build, which remembers nothing.
    pub fn once(drafts: Drafts, today: Date) -> Self {
        Self { pages: PagesMemory::once(), ..Self::new(drafts, today) }
    }

    /// Builds a site.
    pub fn build(&mut self, source: &dyn Source, changes: Changes<'_>) -> Build {
        self.inputs.refresh(source, changes);
        let mut diagnostics = self.inputs.diagnostics();
        let config = self.config(&mut diagnostics);
        let declared = self.declarations.refresh(&self.inputs, &config.languages, self.today);
        diagnostics.extend(self.declarations.diagnostics());
        let registry = &declared.registry;
        let mut documents = self.inputs.documents();
        self.versions.refresh(&self.inputs);
        diagnostics.extend(self.versions.diagnostics());
        policies::complete(&config, registry, &self.versions, &mut documents);
        thanks::complete(&config, registry, &mut documents);
        let (look, inputs) = (&mut self.look, &self.inputs);
        let basis = Structure { config: &config, documents: &documents, inputs, drafts: self.drafts, today: self.today };
        let (site, ()) = rayon::join(|| basis.site(&mut self.site), || look.refresh(inputs, &config));
        let SiteMemory { key: site_key, site, diagnostics: of_structure } = site;
        diagnostics.extend(of_structure);
        diagnostics.extend(check::change_without_notice::check(&site, registry, &self.versions.versions));
        diagnostics.extend(self.look.diagnostics());
        self.banner.refresh(self.declarations.key(), &site, registry, &self.look);
        diagnostics.extend(self.banner.diagnostics());
        self.archive.refresh(&self.inputs);
        diagnostics.extend(self.archive.diagnostics());
        diagnostics.extend(check::banner_not_archived::check(self.banner.shown(), &self.archive.archived));
        let shared = self.shared(site_key, &site, registry, &mut diagnostics);
        let finish = if config.minify == Minify::Full { Finish::MinifyHtml } else { Finish::Keep };
        let look = Look { theme: &self.look.theme, templates: &self.look.templates, shared: &shared, finish };
        let subject = Subject { site: &site, banner: self.banner.banner.as_ref(), registry, today: self.today };
        let (pages, others) = (&mut self.pages, &mut self.others);
        let (of_pages, ()) = rayon::join(
            || pages.render(&site, site_key, &documents, look),
            || others.refresh(site_key, subject, &self.inputs, &self.look.assets, look),
        );
        diagnostics.extend(of_pages);
        diagnostics.extend(self.others.diagnostics());
        if !diagnostics.iter().any(silence::ends_judging) {
            let text = |path: &str| Theme::text(source, path);
            let basis = Basis { site: &site, registry, registry_key: self.declarations.key(), theme: &self.look.theme };
            diagnostics.extend(self.pages.check(basis, &self.others, &text));
            diagnostics.extend(policies::check(&site, &declared, &shared, &self.pages));
            let word = |language: usize, key: &str| Some(shared.word(language, key)).filter(|word| !word.is_empty()).map(str::to_owned);
            diagnostics.extend(prose_contradicts_registry::check(&site, registry, &text, &word));
        }
        let mut diagnostics = order::sorted(diagnostics);
        let silenced = silence::apply(&config, &mut diagnostics);
        let silenced = silenced.into_iter().map(|(s, count)| (s.rule.clone(), s.reason.clone(), count)).collect();
        let output = (!has_errors(&diagnostics)).then(|| self.pages.output(&site, &self.others.output));
        let styles = self.look.assets.iter().filter(|(name, _)| name.ends_with(".css"));
        let styles = styles.map(|(name, asset)| (name.to_owned(), asset.url.clone())).collect();
        Build {
            output,
            diagnostics,
            silenced,
            site,
            declared,
            shared,
            theme: self.look.theme.clone(),
            styles,
            shown: self.banner.shown().to_vec(),
            archived: self.archive.archived.clone(),
            changed: self.inputs.changed(),
        }
    }

    fn config(&self, diagnostics: &mut Vec<Diagnostic>) -> Arc<Config> {
        Arc::new(match self.inputs.text(config::PATH, diagnostics) {
            Some((path, text)) => config::read(&path, &text).into_value(diagnostics),
            None => Config::default(),
        })
    }

    fn shared(&mut self, site_key: Digest, site: &Site, registry: &Registry, diagnostics: &mut Vec<Diagnostic>) -> Arc<Shared> {
        let files = self.inputs.kept_below(data::FOLDER);
        let data = data::read(&files, diagnostics);
        let mut hasher = Hasher::default();
        let key = hasher.add_digest(site_key).add_digest(self.look.key()).add(data.to_string()).add(format!("{registry:?}")).finish();
        if let Some((known, shared)) = &self.shared
            && *known == key
        {
            return shared.clone();
        }
        let shared = Arc::new(Shared::new(site, registry, self.banner.banner.as_ref(), self.look.words.clone(), &data, self.look.key()));
        self.shared = Some((key, shared.clone()));
        shared
    }
}

#[cfg(test)]
mod judging;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod tests;
