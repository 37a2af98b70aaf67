//! JavaScript: checked, minified, its relative imports led to the files' fingerprinted names.

use std::sync::Arc;

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::{Parser, ParserReturn};
use oxc_span::SourceType;
use registry::diagnostic::{Diagnostic, Rule, Severity, Silence, Span};

use super::imports::resolve;
use super::theme::MISSING_ASSET;

/// JavaScript that cannot be parsed.
pub static INVALID_SCRIPT: Rule =
    Rule { name: "invalid-script", severity: Severity::Error, silence: Silence::Never, doc: include_str!("../../rules/invalid-script.md") };

/// A script, checked and, with options for that, minified; none where it is broken, which is told. What is a module says so by its ending,
/// `.mjs`, or by importing and exporting.
pub(super) fn process(
    path: &Arc<str>,
    name: &str,
    text: &str,
    compress: Option<CompressOptions>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<String> {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, name, text);
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

/// A file that a script imports by a relative address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The address as it is written.
    pub(super) url: String,
    /// The file's name below `templates/`; none where the address leads out of it.
    pub(super) name: Option<String>,
    /// The address with its quotes, in the script's text.
    span: Span,
}

/// What a script imports, in the order in which it is written; nothing where it is broken.
pub(super) fn imports(name: &str, text: &str) -> Vec<Import> {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, name, text);
    if !parsed.errors.is_empty() {
        return Vec::new();
    }
    let requested = parsed.module_record.requested_modules.iter();
    let relative = requested.filter(|(url, _)| url.starts_with("./") || url.starts_with("../"));
    let mut imports: Vec<Import> = relative
        .flat_map(|(url, places)| places.iter().map(|place| (url.as_str(), place.span)))
        .map(|(url, span)| {
            let span = Span { start: span.start as usize, end: span.end as usize };
            Import { url: url.to_owned(), name: resolve(name, url), span }
        })
        .collect();
    imports.sort_by_key(|import| import.span.start);
    imports
}

/// A script's text with the addresses of what it imports: `find` knows a file's address by its name below `templates/`.
pub(super) fn linked(
    path: &Arc<str>,
    text: &str,
    imports: &[Import],
    find: impl Fn(&str) -> Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let mut linked = text.to_owned();
    // From the end, so that the places before stay where they are.
    for import in imports.iter().rev() {
        match import.name.as_deref().and_then(&find) {
            Some(address) => linked.replace_range(import.span.start..import.span.end, &format!("\"{address}\"")),
            None => diagnostics.push(
                Diagnostic::new(&MISSING_ASSET, format!("`{}` is not in `templates/`", import.url))
                    .at(path, import.span, "")
                    .help("paths in a script are relative to it"),
            ),
        }
    }
    linked
}

fn parse<'a>(allocator: &'a Allocator, name: &str, text: &'a str) -> ParserReturn<'a> {
    let source = if name.ends_with(".mjs") { SourceType::mjs() } else { SourceType::unambiguous() };
    Parser::new(allocator, text, source).parse()
}
