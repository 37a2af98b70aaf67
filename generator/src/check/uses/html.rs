//! What HTML makes a browser do, tag by tag.

use registry::model::Directive;

use super::{At, Form, Gate, Inline, InlineForm, Load, Uses, css, has_prefix, names_host, place, read, script};
use crate::html::scan::{Tag, Token, decode, tokens};

/// The site's own folder of finished assets: what is in it, the build has made and judged.
const ASSETS: &str = "/assets/";

/// What Cloudflare puts in the place of an address: a link and a text that its script turns back.
const PROTECTED: [&str; 2] = ["/cdn-cgi/l/email-protection", "[email"];

/// What a whole text of HTML makes a browser do.
pub(super) fn of(html: &str) -> Uses {
    let mut gathering = Gathering::new(html);
    for token in tokens(html) {
        match token {
            Token::Start(tag) => {
                gathering.start(&tag);
                tag.attributes().for_each(|(name, value)| gathering.attribute(&tag, name, value));
            }
            Token::End(tag) => gathering.end(&tag),
            Token::Raw(text) => gathering.raw(text),
            Token::Text(_) | Token::Comment(_) => {}
        }
    }
    gathering.finish()
}

/// What is found as the tags of a page pass by.
#[derive(Default)]
pub(in crate::check) struct Gathering<'a> {
    html: &'a str,
    loads: Vec<Load>,
    forms: Vec<Form>,
    /// The `id` of each form.
    ids: Vec<&'a str>,
    /// The form that is open.
    open: Option<usize>,
    /// Controls that name their form: it may come after them.
    tied: Vec<(&'a str, Box<str>, At)>,
    inline: Vec<Inline>,
    hidden: Vec<At>,
    /// The service that each open `<template>` names.
    templates: Vec<Option<&'a str>>,
    /// What the content that comes next is, where it is not markup.
    next: Option<InlineForm>,
}

impl<'a> Gathering<'a> {
    pub(in crate::check) fn new(html: &'a str) -> Self {
        Self { html, ..Self::default() }
    }

    /// Takes in what any element may have: handlers, styles, addresses that run, contacts that are hidden.
    pub(in crate::check) fn attribute(&mut self, tag: &Tag<'a>, name: &'a str, value: &'a str) {
        match name.len() {
            4 if name.eq_ignore_ascii_case("href") && (tag.is("a") || tag.is("area")) => {
                if value.starts_with(PROTECTED[0]) {
                    self.hidden.push(place(self.html, value));
                } else if value.starts_with(|c: char| matches!(c, 'j' | 'J' | '&') || c <= ' ') {
                    self.if_it_runs(&read(&decode(value)), value);
                }
            }
            4 if name.eq_ignore_ascii_case("ping") => {
                value.split_ascii_whitespace().for_each(|url| self.load(Some(Directive::Connect), url));
            }
            5 if name.eq_ignore_ascii_case("style") => {
                let at = self.whole(name, value);
                self.inline.push(Inline { form: InlineForm::StyleAttribute, at });
                self.loads.extend(css::loads_at(&decode(value), at));
            }
            10 if name.eq_ignore_ascii_case("background") => self.load(Some(Directive::Img), value),
            12 if name.eq_ignore_ascii_case("data-cfemail") => self.hidden.push(self.whole(name, value)),
            5.. if has_prefix(name, "on") && name.bytes().all(|b| b.is_ascii_alphabetic()) => {
                self.inline.push(Inline { form: InlineForm::Handler, at: self.whole(name, value) });
            }
            _ => {}
        }
    }

    /// Takes in a start tag, if it is that of an element that loads, sends or runs something.
    pub(in crate::check) fn start(&mut self, tag: &Tag<'a>) {
        self.next = None;
        let mut letters = [0; 8];
        // Most tags have a shorter name than any of these.
        if !matches!(tag.name.len(), 3..=8) {
            return;
        }
        let name = &mut letters[..tag.name.len()];
        name.copy_from_slice(tag.name.as_bytes());
        name.make_ascii_lowercase();
        match &*name {
            b"img" => self.pictures(tag),
            b"image" | b"feimage" | b"use" => self.all(tag, Some(Directive::Img), &["href", "xlink:href"]),
            b"link" => self.link(tag),
            b"meta" => self.refresh(tag),
            b"base" => self.all(tag, None, &["href"]),
            b"form" => self.form(tag),
            b"script" => self.script(tag),
            b"style" => self.next = Some(InlineForm::Style),
            b"source" => {
                self.all(tag, Some(Directive::Media), &["src"]);
                self.candidates(tag, "srcset");
            }
            b"video" | b"audio" | b"track" => {
                self.all(tag, Some(Directive::Media), &["src"]);
                self.all(tag, Some(Directive::Img), &["poster"]);
            }
            b"frame" | b"embed" => self.all(tag, Some(Directive::Frame), &["src"]),
            b"object" => self.all(tag, Some(Directive::Frame), &["data"]),
            b"iframe" => self.frame(tag),
            b"input" => {
                self.all(tag, Some(Directive::Img), &["src"]);
                self.control(tag);
            }
            b"button" | b"select" | b"textarea" => self.control(tag),
            b"template" => {
                // A shadow root is shown at once.
                let closed = raw(tag, "shadowrootmode").is_none();
                self.templates.push(raw(tag, "data-service").filter(|_| closed));
            }
            _ => {}
        }
    }

    /// Takes in an end tag.
    pub(in crate::check) fn end(&mut self, tag: &Tag<'a>) {
        match tag.name.len() {
            4 if tag.is("form") => self.open = None,
            8 if tag.is("template") => drop(self.templates.pop()),
            _ => {}
        }
    }

    /// Takes in content that is no markup.
    pub(in crate::check) fn raw(&mut self, text: &'a str) {
        let Some(form) = self.next.take().filter(|_| !text.trim().is_empty()) else { return };
        let at = place(self.html, text);
        self.inline.push(Inline { form, at });
        let found = if form == InlineForm::Style { css::loads(text) } else { script::loads(text, false) };
        let found = Vec::from(found).into_iter().map(|load| Load { at: (at.0 + load.at.0, load.at.1), ..load });
        self.loads.extend(found);
    }

    pub(in crate::check) fn finish(mut self) -> Uses {
        for (id, name, at) in std::mem::take(&mut self.tied) {
            if let Some(form) = self.ids.iter().position(|known| *known == id) {
                self.forms[form].controls.push((name, at));
            }
        }
        if let Some(start) = memchr::memmem::find(self.html.as_bytes(), PROTECTED[1].as_bytes()) {
            self.protected_texts(start);
        }
        self.forms.retain(|form| !form.controls.is_empty());
        Uses { loads: self.loads.into(), forms: self.forms.into(), inline: self.inline.into(), hidden: self.hidden.into() }
    }

    /// Cloudflare's words for an address that it took out, from a place on.
    fn protected_texts(&mut self, from: usize) {
        for (start, _) in self.html[from..].match_indices(PROTECTED[1]) {
            let rest = &self.html[from + start..];
            let text = rest.find(']').map_or("", |end| &rest[..=end]);
            if decode(text).replace('\u{a0}', " ") == "[email protected]" {
                self.hidden.push(place(self.html, text));
            }
        }
    }

    /// Takes an address in: one of another host, or one of the site's own that is no asset.
    fn load(&mut self, way: Option<Directive>, written: &'a str) {
        let url = read(&decode(written));
        self.if_it_runs(&url, written);
        let own = url.starts_with('/') && !url.starts_with(ASSETS) && way != Some(Directive::Form);
        if own || names_host(&url) {
            let gate = self.templates.iter().rev().flatten().next().map_or(Gate::Open, |service| Gate::Service(decode(service).into()));
            self.loads.push(Load { way, url: url.into(), gate, at: place(self.html, written) });
        }
    }

    /// Where an attribute stands, from its name to the end of its value.
    fn whole(&self, name: &str, value: &str) -> At {
        let ((start, _), (from, length)) = (place(self.html, name), place(self.html, value));
        let quote = self.html.as_bytes().get((from + length) as usize).is_some_and(|byte| matches!(byte, b'"' | b'\''));
        (start, (from + length).saturating_sub(start) + u32::from(quote))
    }

    fn if_it_runs(&mut self, url: &str, written: &'a str) {
        if has_prefix(url, "javascript:") {
            self.inline.push(Inline { form: InlineForm::Address, at: place(self.html, written) });
        }
    }

    fn all(&mut self, tag: &Tag<'a>, way: Option<Directive>, names: &[&str]) {
        names.iter().filter_map(|name| raw(tag, name)).for_each(|url| self.load(way, url));
    }

    fn pictures(&mut self, tag: &Tag<'a>) {
        self.all(tag, Some(Directive::Img), &["src"]);
        self.candidates(tag, "srcset");
    }

    /// The addresses of a `srcset`.
    fn candidates(&mut self, tag: &Tag<'a>, name: &str) {
        let Some(mut rest) = raw(tag, name) else { return };
        // An address may have commas in it, but not at its end; what follows it up to a comma is its size.
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (url, sizes) = rest.split_at(end);
            if url.is_empty() {
                return;
            }
            self.load(Some(Directive::Img), url.trim_end_matches(','));
            rest = if url.ends_with(',') { sizes } else { sizes.split_once(',').map_or("", |(_, rest)| rest) };
        }
    }

    fn link(&mut self, tag: &Tag<'a>) {
        let rel = raw(tag, "rel").unwrap_or("").to_ascii_lowercase();
        for word in rel.split_ascii_whitespace() {
            let way = match word {
                "stylesheet" => Some(Directive::Style),
                "icon" | "apple-touch-icon" | "apple-touch-icon-precomposed" | "apple-touch-startup-image" | "mask-icon" => {
                    Some(Directive::Img)
                }
                "modulepreload" => Some(Directive::Script),
                "preload" => preloaded(&raw(tag, "as").unwrap_or("").to_ascii_lowercase()),
                "preconnect" | "dns-prefetch" | "prefetch" | "prerender" | "manifest" | "compression-dictionary" => None,
                _ => continue,
            };
            self.all(tag, way, &["href"]);
            self.candidates(tag, "imagesrcset");
            return;
        }
    }

    /// `<meta http-equiv="refresh" content="5; url=…">`.
    fn refresh(&mut self, tag: &Tag<'a>) {
        if !raw(tag, "http-equiv").is_some_and(|word| word.trim().eq_ignore_ascii_case("refresh")) {
            return;
        }
        let content = raw(tag, "content").unwrap_or("");
        let Some((_, url)) = content.split_once([';', ',']) else { return };
        let url = url.trim_start();
        let url = if has_prefix(url, "url") { url[3..].trim_start().strip_prefix('=').unwrap_or(url) } else { url };
        self.load(None, url.trim().trim_matches(['"', '\'']));
    }

    fn script(&mut self, tag: &Tag<'a>) {
        if !runs(raw(tag, "type").unwrap_or("")) {
            return;
        }
        let sources = ["src", "href", "xlink:href"];
        self.all(tag, Some(Directive::Script), &sources);
        self.next = sources.iter().all(|name| raw(tag, name).is_none()).then_some(InlineForm::Script);
    }

    fn frame(&mut self, tag: &Tag<'a>) {
        self.all(tag, Some(Directive::Frame), &["src"]);
        if let Some(written) = raw(tag, "srcdoc") {
            let Uses { loads, inline, .. } = of(&decode(written));
            let at = place(self.html, written);
            self.loads.extend(Vec::from(loads).into_iter().map(|load| Load { at, ..load }));
            self.inline.extend(inline.iter().map(|inline| Inline { at, ..*inline }));
        }
    }

    fn form(&mut self, tag: &Tag<'a>) {
        let method = raw(tag, "method").unwrap_or("").trim();
        self.all(tag, Some(Directive::Form), &["action"]);
        // A dialog's form closes it and sends nothing.
        if method.eq_ignore_ascii_case("dialog") {
            return self.open = None;
        }
        self.open = Some(self.forms.len());
        self.ids.push(raw(tag, "id").unwrap_or(""));
        let action = read(&decode(raw(tag, "action").unwrap_or("")));
        let is_post = method.eq_ignore_ascii_case("post");
        self.forms.push(Form { actions: vec![action.into()], is_post, controls: Vec::new(), at: place(self.html, tag.text) });
    }

    fn control(&mut self, tag: &Tag<'a>) {
        let kind = raw(tag, "type").unwrap_or("");
        if let Some(action) = raw(tag, "formaction") {
            self.load(Some(Directive::Form), action);
            if let Some(form) = self.open {
                self.forms[form].actions.push(read(&decode(action)).into());
            }
        }
        // These two are never sent.
        let is_silent =
            (tag.is("input") || tag.is("button")) && (kind.eq_ignore_ascii_case("button") || kind.eq_ignore_ascii_case("reset"));
        let named = tag.attributes().find(|(name, _)| name.eq_ignore_ascii_case("name"));
        let Some((attribute, name)) = named.filter(|(_, name)| !name.is_empty() && !is_silent) else { return };
        let control = (decode(name).into(), self.whole(attribute, name));
        match (raw(tag, "form"), self.open) {
            (Some(id), _) => self.tied.push((id, control.0, control.1)),
            (None, Some(form)) => self.forms[form].controls.push(control),
            (None, None) => {}
        }
    }
}

/// An attribute's value as it is written.
fn raw<'a>(tag: &Tag<'a>, name: &str) -> Option<&'a str> {
    tag.attributes().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// What `<link rel=preload as=…>` loads its file as.
fn preloaded(kind: &str) -> Option<Directive> {
    Some(match kind {
        "script" => Directive::Script,
        "style" => Directive::Style,
        "image" => Directive::Img,
        "font" => Directive::Font,
        "audio" | "video" | "track" => Directive::Media,
        "fetch" => Directive::Connect,
        "document" | "embed" | "object" => Directive::Frame,
        _ => return None,
    })
}

/// Whether a script of a type runs or changes what scripts load; others are data.
fn runs(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or("").trim_end();
    let name = kind.strip_prefix("text/").or_else(|| kind.strip_prefix("application/")).unwrap_or("");
    matches!(kind, "" | "module" | "importmap" | "speculationrules")
        || matches!(name.strip_prefix("x-").unwrap_or(name), "javascript" | "ecmascript" | "jscript" | "livescript")
        || name.starts_with("javascript1.")
}
