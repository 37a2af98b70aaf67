//! `plainsite export`: what the site declares, in a form for machines and records.

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::Context;
use clap::ValueEnum;
use jiff::civil::Date;
use registry::derive::edition::Edition;
use registry::derive::record::{Record, record};
use registry::derive::words::Words;
use registry::derive::{dpv, tilt, well_known};
use registry::diagnostic::{has_errors, suggest};
use registry::model::FILE;
use serde_json::Value as Json;

use super::{Outcome, Shell, build, counted};
use crate::build::Build;
use crate::render::well_known::{files, policy_pages};

/// Arguments of `plainsite export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// What to export
    #[arg(value_enum, value_name = "FORMAT")]
    what: What,
    /// The language of its texts; the site's first one when absent
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// The file to write; standard output when absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How `record` is written
    #[arg(long = "as", value_enum, value_name = "FORM", default_value_t)]
    form: Form,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// The policy in TILT 1.0, as JSON
    Tilt,
    /// The policy in the W3C group's Data Privacy Vocabulary, as JSON-LD
    Dpv,
    /// The record of processing activities (GDPR Art. 30)
    Record,
    /// `/.well-known/gpc.json`, as `build` publishes it
    Gpc,
    /// `/.well-known/security.txt`, as `build` publishes it
    SecurityTxt,
    /// The registry as the functions load it, sealed with its digest
    Contract,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// For spreadsheets
    #[default]
    Csv,
    /// For people
    Markdown,
}

pub(super) fn export(shell: &Shell, arguments: &ExportArguments) -> anyhow::Result<Outcome> {
    let source = shell.disk()?;
    let built = build::once(false, shell.today, &source);
    if has_errors(&built.diagnostics) {
        shell.show(&built.diagnostics, &source, false);
        shell.say(&format!("{}; nothing is exported", counted(&built.diagnostics)));
        return Ok(Outcome::Faulty);
    }
    match made(&built, shell.today, arguments) {
        Ok(text) => {
            match &arguments.out {
                Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
                None => shell.print(&text),
            }
            Ok(Outcome::Clean)
        }
        Err(problem) => {
            shell.say(&format!("error: {}\nhelp: {}", problem.what, problem.help));
            Ok(Outcome::Faulty)
        }
    }
}

/// Why a site has no such export, and what its author can do.
struct Problem {
    what: String,
    help: String,
}

fn problem<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { what: what.into(), help: help.into() })
}

fn made(built: &Build, today: Date, arguments: &ExportArguments) -> Result<String, Problem> {
    let (registry, languages) = (&built.declared.registry, &built.site.config.languages);
    if !registry.has_policy() {
        let help = format!("declare `recipients`, `data` and `purposes` in `{FILE}`; a controller alone makes no policy");
        return problem("the site declares nothing to export", help);
    }
    let code = arguments.lang.as_ref().unwrap_or(&languages[0]);
    let Some(language) = languages.iter().position(|known| known == code) else {
        let known: Vec<&str> = languages.iter().map(String::as_str).collect();
        return problem(format!("the site has no language `{code}`"), suggest(code, &known));
    };
    let get = |key: &str| Some(built.shared.word(language, key)).filter(|word| !word.is_empty()).map(str::to_owned);
    let words = Words { language: code, get: &get };
    let file = |wanted: &str| files(&built.site, registry, today).into_iter().find(|(path, _)| *path == wanted).map(|(_, text)| text);
    let published = Published::of(built, language, today);
    match arguments.what {
        What::Tilt => Ok(json(&tilt::document(registry, words, &published.edition()))),
        What::Dpv => Ok(json(&dpv::document(registry, words, &published.edition()))),
        What::Record => {
            let record = record(registry, words);
            Ok(match arguments.form {
                Form::Csv => csv(&record),
                Form::Markdown => markdown(&record),
            })
        }
        What::Gpc => file(well_known::GPC).map_or_else(
            || {
                problem(
                    "the site makes no `gpc.json`",
                    "declare `sale: none`, and give a page `policy: privacy` and `updated:` or `effective:`",
                )
            },
            Ok,
        ),
        What::SecurityTxt => file(well_known::SECURITY_TXT)
            .map_or_else(|| problem("the site makes no `security.txt`", format!("give the controller an `email` in `{FILE}`")), Ok),
        What::Contract => Ok(built.contract().to_json()),
    }
}

/// The privacy policy's page in a language: the edition that an export stands for.
struct Published {
    url: String,
    created: String,
    updated: String,
    version: u32,
    in_force: bool,
}

impl Published {
    /// Of several versions, the one that changed last and applies already, else the one that is announced. A policy without a
    /// page or a date is dated today.
    fn of(built: &Build, language: usize, today: Date) -> Self {
        let applies = |effective: Option<Date>| effective.is_none_or(|day| day <= today);
        let pages = policy_pages(&built.site).filter(|(page, _)| page.language == language);
        let newest = pages.max_by_key(|(_, front)| (applies(front.effective), front.updated.or(front.effective).or(front.date)));
        let Some((page, front)) = newest else {
            let today = today.to_string();
            return Self { url: String::new(), created: today.clone(), updated: today, version: 1, in_force: true };
        };
        let updated = front.updated.or(front.effective).or(front.date).unwrap_or(today);
        let base = built.site.config.base_url.as_deref().unwrap_or("");
        let version = front.version.as_ref().map(|(version, _)| version.trim_start_matches('v'));
        let version = version.and_then(|version| version.split('.').next()?.parse().ok());
        Self {
            url: format!("{base}{}", page.url),
            created: front.date.unwrap_or(updated).to_string(),
            updated: updated.to_string(),
            version: version.filter(|version| *version > 0).unwrap_or(1),
            in_force: applies(front.effective),
        }
    }

    fn edition(&self) -> Edition<'_> {
        let Self { url, created, updated, version, in_force } = self;
        Edition { url, created, updated, version: *version, in_force: *in_force }
    }
}

fn json(value: &Json) -> String {
    format!("{value:#}\n")
}

/// A row for each activity. A spreadsheet has no place beside its rows, so that each tells the controller too.
fn csv(record: &Record) -> String {
    let (headings, controller): (Vec<String>, Vec<String>) = record.controller.iter().cloned().unzip();
    let rows = std::iter::once((&record.headings, headings)).chain(record.rows.iter().map(|row| (row, controller.clone())));
    csv_of(rows.map(|(row, beside)| row.iter().cloned().chain(beside).collect()))
}

/// Rows of one length as CSV, in which no cell is a formula.
pub(super) fn csv_of(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| plain_cell(cell).into_owned());
        writer.write_record(cells).expect("rows of one length are written to memory");
    }
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("only texts were written")
}

/// A cell that no spreadsheet takes for a formula.
fn plain_cell(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The controller as a list, and a section for each activity: a table of ten columns is wider than a page.
fn markdown(record: &Record) -> String {
    let item = |(heading, value): (&String, &String)| format!("- **{}**: {}\n", escaped(heading), escaped(value));
    let mut text: String = record.controller.iter().map(|(heading, value)| item((heading, value))).collect();
    for row in &record.rows {
        let mut cells = record.headings.iter().zip(row);
        if let Some((_, purpose)) = cells.next() {
            text.push_str(&format!("\n## {}\n\n", escaped(purpose)));
        }
        text.extend(cells.filter(|(_, value)| !value.is_empty()).map(item));
    }
    text
}

/// A text on one line, in which nothing is Markdown.
fn escaped(text: &str) -> String {
    text.replace('\n', " ").chars().flat_map(|c| "\\`*_[]<>#|".contains(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_markdown_or_for_another_cell() {
        let texts = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
        let controller = vec![("Controller".to_owned(), "A *new* \"name\"".to_owned())];
        let record = Record { controller, headings: texts(["Purpose", "Data"]), rows: vec![texts(["Pay #1, now", "<b>\n|"])] };
        assert_eq!(markdown(&record), "- **Controller**: A \\*new\\* \"name\"\n\n## Pay \\#1, now\n\n- **Data**: \\<b\\> \\|\n");
        assert_eq!(csv(&record), "Purpose,Data,Controller\n\"Pay #1, now\",\"<b>\n|\",\"A *new* \"\"name\"\"\"\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(plain_cell("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(plain_cell("2 = 2"), "2 = 2");
    }
}
