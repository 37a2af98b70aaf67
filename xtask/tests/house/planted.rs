//! Faults planted on purpose: a rule that finds none of them could not find a real one either.

use crate::paths::paths;
use crate::rules::{HOUSES, House, LINES, shape};
use crate::tracked;

fn house(folder: &str) -> &'static House {
    HOUSES.iter().find(|house| house.folder == folder).expect("the table has it")
}

/// The only fault of a file of the generator.
fn fault(file: &str, source: &str) -> String {
    let mut faults = house("generator").imports(file, source);
    assert_eq!(faults.len(), 1, "{source}: {faults:?}");
    faults.remove(0)
}

fn assert_clean(folder: &str, file: &str, source: &str) {
    assert_eq!(house(folder).imports(file, source), Vec::<String>::new(), "{source}");
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    for source in [
        "use crate::build::Pipeline;",
        "use crate::{digest::Digest, build::{self, Pipeline}};",
        "use crate::{\n    digest::Digest,\n    site::{Page, routes::{Route}},\n};",
        "pub(crate) use crate::build as pipeline;",
        "fn run() { crate::build::run(); }",
        "fn run(with: &dyn Fn(crate::render::View)) {}",
        "mod inner { use super::super::super::build::run; }",
        "use super::super::write;",
        "const X: u8 = b'\\''; use crate::check::Rule;",
        "const X: &str = r#\"a \" b\"#; use crate::check::Rule;",
        "fn a<'a>(x: &'a str) -> crate::write::Plan<'a> {}",
        "use ::plainsite::write::Plan;",
    ] {
        let fault = fault("document/links.rs", source);
        assert!(fault.contains("which is above it"), "{fault}");
    }
}

#[test]
fn an_import_on_the_same_floor_is_found() {
    let fault = fault("output.rs", "//! x\nuse crate::site::Site;");
    assert_eq!(fault, "generator/src/output.rs:2: `output` imports `site`, which is on its own floor");
}

#[test]
fn what_goes_down_or_stays_inside_is_allowed() {
    assert_clean("generator", "document/links.rs", "use super::markdown::Event;\nuse crate::source::{self, Source};");
    assert_clean("generator", "document/mod.rs", "use self::links::Link;\nmod tests { use super::*; }");
    assert_clean("generator", "document.rs", "use crate::document::links::Link;\npub(crate) struct X;");
    assert_clean(
        "generator",
        "build/mod.rs",
        "use crate::{check, render::View, write::{self, Plan}};\nfn f() -> impl Sized + use<> { g(|a| { b; }) }",
    );
    assert_clean("generator", "lib.rs", "pub use crate::build::build;\npub mod serve;\npub use document::Page;");
    assert_clean("generator", "main.rs", "use plainsite::cli;\nfn main() { plainsite::cli::run() }");
}

#[test]
fn comments_and_texts_import_nothing() {
    let source = "// use crate::build::x;\n/* /* crate::build::x */ crate::build::y */\nconst X: &str = \"crate::build::x \\\" crate::build\";\nconst Y: &str = r##\"crate::build::z\"# \"##;";
    assert_clean("generator", "document/links.rs", source);
}

#[test]
fn a_module_without_a_floor_is_named_with_the_remedy() {
    let fault = fault("images/mod.rs", "//! x");
    assert!(fault.contains("`images`") && fault.contains("add it to the table"), "{fault}");
}

#[test]
fn an_item_of_the_root_or_of_an_unknown_module_is_found() {
    assert!(fault("render/page.rs", "use crate::Output;").contains("name the module that it is in"));
    assert!(fault("render/page.rs", "use crate::images::resize;").contains("`crate::images`"));
}

#[test]
fn other_crates_are_imported_only_where_they_may_be() {
    assert_clean("generator", "render/policy.rs", "use registry::model::Purpose;");
    assert_clean("generator", "serve/mod.rs", "use functions::app::router;");
    assert_clean("functions", "routes/forms.rs", "use registry::contract::Contract;");
    assert!(fault("render/page.rs", "use functions::app;").contains("only `projects`, `serve`, `cli` may"));
    let functions = |source| house("functions").imports("app.rs", source);
    assert!(functions("use plainsite::build::build;")[0].contains("never does"));
    assert!(functions("fn a() { registry::yaml::read(); }")[0].contains("does without"));
    let registry = |file, source| house("registry").imports(file, source);
    assert_eq!(registry("model/ids.rs", "use functions::app;").len(), 1);
    assert_eq!(registry("resolve.rs", "use granit_parser::Parser;").len(), 1);
    assert_eq!(registry("yaml.rs", "use granit_parser::Parser;").len(), 0);
}

#[test]
fn every_name_of_a_tree_is_read_with_its_line() {
    let found = paths("use a::{b, c::{self, d as e}, f::*};\nlet x = g::h(1);", &[]);
    let shown: Vec<String> = found.iter().map(|named| format!("{} {}", named.parts.join("::"), named.line)).collect();
    assert_eq!(shown, ["a::b 1", "a::c 1", "a::c::d 1", "a::f::* 1", "g::h 2"]);
}

#[test]
fn a_file_without_a_first_line_or_with_too_many_is_found() {
    let long = |lines: usize| format!("//! x\n{}", "\n".repeat(lines - 1));
    assert!(shape("generator/src/site.rs", "use std::fs;\n//! late\n")[0].contains("begin it with"));
    assert!(shape("generator/src/site.rs", &long(LINES + 1))[0].contains("401 lines"));
    assert!(shape("generator/src/site.rs", &long(LINES)).is_empty());
    assert_eq!(shape("generator/src/site.rs", &"\n".repeat(401)).len(), 2);
}

#[test]
fn a_machine_and_a_registry_host_are_found() {
    let folder = concat!("/", "home/");
    for line in [format!("cd {folder}anna/site"), format!("\"{folder}a\""), format!("file://{folder}a")] {
        assert_eq!(tracked::faults("README.md", &line).len(), 1, "{line}");
    }
    for line in [format!("[Home]({folder})"), format!("https://example.org{folder}page"), format!("x{folder}y")] {
        assert_eq!(tracked::faults("README.md", &line).len(), 0, "{line}");
    }
    let host = concat!("https://registry.", "npmjs.org/x");
    assert_eq!(tracked::faults("e2e/notes.md", host).len(), 1);
    assert_eq!(tracked::faults("e2e/package-lock.json", host).len(), 0);
}
