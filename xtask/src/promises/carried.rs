//! The tests that say which promises they prove: the line `// Promises: cresco/no-passwords, …` directly above a test, in Rust as in
//! JavaScript.

/// What begins such a line. There may be several, one below the other.
const MARK: &str = "// Promises:";

/// A test that carries the ids of promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carrier {
    /// The path in the workspace.
    pub(crate) file: String,
    /// In Rust the function's name, in JavaScript the text that names the test, as it is written.
    pub(crate) name: String,
    /// How it is known again among those that ran.
    pub(crate) test: Test,
    /// What stands in the marks.
    pub(crate) ids: Vec<String>,
}

/// Where a test is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// In a program of tests, named as nextest does: `functions::portal`, or `registry` for a library's own. A case of a suite, which a
    /// macro makes tests of, has no module: the macro chooses it.
    Rust {
        /// The program.
        binary: String,
        /// The path of the file's module, empty at the root.
        module: Option<String>,
    },
    /// On a line of its file, counted from 1.
    Node {
        /// The line.
        line: usize,
    },
}

/// The carriers of one file of tests, and what is wrong with its marks.
pub(crate) fn read(file: &str, text: &str) -> (Vec<Carrier>, Vec<String>) {
    let (mut carriers, mut faults) = (Vec::new(), Vec::new());
    let mut lines = text.lines().map(str::trim).zip(1..).peekable();
    while let Some((line, number)) = lines.next() {
        let Some(first) = line.strip_prefix(MARK) else { continue };
        let mut marks = vec![first];
        while let Some((more, _)) = lines.next_if(|(line, _)| line.starts_with(MARK)) {
            marks.push(&more[MARK.len()..]);
        }
        let mut is_test = false;
        // Attributes and docs stand between the mark and the function.
        while let Some((attribute, _)) = lines.next_if(|(line, _)| line.starts_with("#[") || line.starts_with("///")) {
            is_test |= attribute.starts_with("#[test") || attribute.starts_with("#[tokio::test");
        }
        let found = lines.peek().and_then(|(line, at)| if file.ends_with(".rs") { rust(file, line, is_test) } else { node(line, *at) });
        let ids = marks.iter().flat_map(|mark| mark.split(',')).map(|id| id.trim().to_owned()).collect();
        match found {
            Some((name, test)) => carriers.push(Carrier { file: file.to_owned(), name, test, ids }),
            None => faults.push(format!("{file}:{number}: the promises stand directly above no test")),
        }
    }
    (carriers, faults)
}

fn rust(file: &str, line: &str, is_test: bool) -> Option<(String, Test)> {
    let (before, after) = line.split_once("fn ")?;
    before.split_whitespace().all(|word| word.starts_with("pub") || word == "async").then_some(())?;
    let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let (binary, module) = place(file)?;
    Some((name, Test::Rust { binary, module: is_test.then_some(module) }))
}

/// The program of tests that a file belongs to, and the path of its module there.
fn place(file: &str) -> Option<(String, String)> {
    let (folder, below) = file.split_once('/')?;
    let package = if folder == "generator" { "plainsite" } else { folder };
    let steps: Vec<&str> = below.trim_end_matches(".rs").split('/').collect();
    let (binary, steps) = match *steps.first()? {
        "src" => (package.to_owned(), &steps[1..]),
        "tests" => (format!("{package}::{}", steps.get(1)?), &steps[2..]),
        _ => return None,
    };
    let module: Vec<&str> = steps.iter().copied().filter(|step| !["lib", "main", "mod"].contains(step)).collect();
    Some((binary, module.join("::")))
}

fn node(line: &str, number: usize) -> Option<(String, Test)> {
    let (before, after) = line.split_once("test(")?;
    ["", "await ", "t.", "await t."].contains(&before).then_some(())?;
    let quote = after.chars().next()?;
    let name = match quote {
        '"' | '\'' | '`' => after[1..].split(quote).next()?,
        _ => after.split(',').next()?,
    };
    Some((name.to_owned(), Test::Node { line: number }))
}
