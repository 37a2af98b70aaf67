//! The addresses of other hosts in JavaScript: whole texts that are one, wherever they stand in the code.
//!
//! What a script does with a text cannot be known without running it; that it needs another host's address can.

use oxc_allocator::Allocator;
use oxc_ast::ast::{StringLiteral, TemplateLiteral};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};

use super::{Gate, Load, names_host, read};

/// Hosts whose addresses are names of vocabularies, which nothing loads.
const VOCABULARIES: [&str; 5] = ["www.w3.org", "schema.org", "ns.adobe.com", "purl.org", "ogp.me"];

/// The addresses of other hosts in a script; none where it is no JavaScript, since nobody runs it then.
pub(super) fn loads(script: &str, is_module: bool) -> Box<[Load]> {
    if !script.contains("//") && !script.contains('\\') {
        return Box::default();
    }
    let allocator = Allocator::default();
    let source = if is_module { SourceType::mjs() } else { SourceType::unambiguous() };
    let parsed = Parser::new(&allocator, script, source).parse();
    let mut literals = Literals::default();
    literals.visit_program(&parsed.program);
    literals.found.into()
}

#[derive(Default)]
struct Literals {
    found: Vec<Load>,
}

impl Literals {
    fn text(&mut self, text: &str, span: Span) {
        let url = read(text);
        if is_address(&url) {
            self.found.push(Load { way: None, url: url.into(), gate: Gate::Script, at: (span.start, span.size()) });
        }
    }
}

impl<'a> Visit<'a> for Literals {
    fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
        self.text(&literal.value, literal.span);
    }

    fn visit_template_literal(&mut self, template: &TemplateLiteral<'a>) {
        if let Some(first) = template.quasis.first() {
            self.text(first.value.cooked.as_deref().unwrap_or(""), first.span());
        }
        walk::walk_template_literal(self, template);
    }
}

/// Whether a text is the address of another host, or its beginning: `// a remark` is none.
fn is_address(url: &str) -> bool {
    let host = url.split_once("//").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    let is_host = host.contains(|c: char| c.is_alphanumeric()) && host.chars().all(|c| c.is_alphanumeric() || "-.:[]@".contains(c));
    let is_named = !url.starts_with("//") || (host.contains('.') && !host.ends_with('.'));
    names_host(url) && is_host && is_named && !VOCABULARIES.contains(&host)
}
