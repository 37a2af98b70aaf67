//! Writes a project's file, such that reading it gives the same project.

use functions::project::{Progress, Project};
use jiff::civil::Date;

use super::STATUSES;

/// The file's text.
pub fn write(project: &Project) -> String {
    let mut file = File::default();
    file.text("id", &project.id.0);
    file.text("name", &project.name);
    file.optional("language", project.language.as_deref());
    file.status(project.status);
    file.day("start", project.start);
    file.day("end", project.end);
    file.day("closed", project.closed);
    file.optional("customer", project.customer.as_deref());
    file.list("phases", &project.phases, |file, phase| {
        file.text("name", &phase.name);
        file.status(phase.status);
        file.day("start", phase.start);
        file.day("end", phase.end);
        file.list("milestones", &phase.milestones, |file, milestone| {
            file.text("name", &milestone.name);
            file.status(milestone.status);
            file.day("due", milestone.due);
        });
        file.list("deliverables", &phase.deliverables, |file, deliverable| {
            file.text("name", &deliverable.name);
            file.status(deliverable.status);
            file.optional("link", deliverable.link.as_deref());
        });
    });
    file.list("updates", &project.updates, |file, update| {
        file.day("day", Some(update.day));
        file.text("title", &update.title);
        if !update.text.is_empty() {
            file.text("text", &update.text);
        }
    });
    file.text
}

/// YAML that grows line by line.
#[derive(Default)]
struct File {
    text: String,
    /// How far the present map is indented.
    depth: usize,
    /// Whether the next key begins an item of a list.
    is_first: bool,
}

impl File {
    fn line(&mut self, key: &str, value: &str) {
        let indent = if self.is_first { format!("{}- ", " ".repeat(self.depth - 2)) } else { " ".repeat(self.depth) };
        self.is_first = false;
        self.text.push_str(&format!("{indent}{key}:{}{value}\n", if value.is_empty() { "" } else { " " }));
    }

    fn text(&mut self, key: &str, text: &str) {
        match lines(text) {
            // A text of several lines is written as it reads.
            Some(lines) => {
                let indent = " ".repeat(self.depth + 2);
                self.line(key, "|-");
                for line in lines {
                    self.text.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") });
                }
            }
            None => self.line(key, &quoted(text)),
        }
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn status(&mut self, status: Progress) {
        let name = STATUSES.iter().find(|(_, known)| *known == status).map_or("", |(name, _)| name);
        self.line("status", name);
    }

    fn day(&mut self, key: &str, day: Option<Date>) {
        if let Some(day) = day {
            self.line(key, &day.to_string());
        }
    }

    fn list<T>(&mut self, key: &str, items: &[T], write: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.line(key, "");
        self.depth += 4;
        for item in items {
            self.is_first = true;
            write(self, item);
        }
        self.depth -= 4;
    }
}

/// The lines of a text that can stand as a block: several, the first of which begins with a letter, and the last of which is not blank.
fn lines(text: &str) -> Option<Vec<&str>> {
    let lines: Vec<&str> = text.split('\n').collect();
    let begins = |line: &str| line.starts_with(|c: char| !c.is_whitespace());
    let plain = text.chars().all(|c| c == '\n' || is_plain(c));
    (lines.len() > 1 && plain && begins(lines[0]) && lines.last().is_some_and(|last| begins(last))).then_some(lines)
}

/// A text in quotes. Whether it could stand without them is a question that nobody has to answer.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_plain(c) => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a character stands for itself in YAML: nothing that cannot be seen, and no line break of any language.
fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}
