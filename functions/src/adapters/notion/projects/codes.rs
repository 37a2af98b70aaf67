//! The codes of a project, as its column `Codes` holds them: a line each, such as `k3v9x2aq 5f…e1 2026-06-01T10:20:30Z`, and where it was
//! revoked, ` revoked 2026-07-01T08:00:00Z` behind that. `5f…e1` is the keyed hash: the codes themselves are not in Notion.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::columns::ColumnType;
use super::super::properties;
use crate::project::{CodeHash, Issued, ProjectId};

/// The lines of one piece of text: no hash stands in two pieces, between which Notion might not find it.
const LINES: usize = 10;

/// The codes of a project.
pub(super) struct Codes(Vec<Line>);

struct Line {
    id: String,
    hash: CodeHash,
    made: Timestamp,
    revoked: Option<Timestamp>,
}

impl Codes {
    /// From a project's row. A line that is none of ours is dropped when the codes are written next.
    pub(super) fn read(row: &Value) -> Self {
        let text = properties::text(ColumnType::RichText, &row["properties"]["Codes"]).unwrap_or_default();
        Self(text.lines().filter_map(Line::read).collect())
    }

    pub(super) fn write(&self) -> Value {
        let piece = |lines: &[Line]| properties::piece(&lines.iter().map(Line::write).collect::<String>());
        json!({ "rich_text": self.0.chunks(LINES).map(piece).collect::<Value>() })
    }

    /// Whether a code of this hash is among them and was not revoked.
    pub(super) fn opens(&self, hash: &CodeHash) -> bool {
        self.0.iter().any(|line| line.hash == *hash && line.revoked.is_none())
    }

    pub(super) fn add(&mut self, hash: &CodeHash, issued: &Issued) {
        self.0.push(Line { id: issued.id.clone(), hash: hash.clone(), made: issued.made, revoked: issued.revoked });
    }

    /// Revokes a code. Whether that changed it; none where it is not among them.
    pub(super) fn revoke(&mut self, id: &str, now: Timestamp) -> Option<bool> {
        let line = self.0.iter_mut().find(|line| line.id == id)?;
        let is_changed = line.revoked.is_none();
        line.revoked.get_or_insert(now);
        Some(is_changed)
    }

    pub(super) fn issued(self, project: &ProjectId) -> Vec<(CodeHash, Issued)> {
        let issued = |line: Line| (line.hash, Issued { id: line.id, project: project.clone(), made: line.made, revoked: line.revoked });
        self.0.into_iter().map(issued).collect()
    }
}

impl Line {
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (id, hash, made) = (words.next()?.to_owned(), CodeHash(words.next()?.to_owned()), words.next()?.parse().ok()?);
        // Whatever stands there, it says that the code is to open nothing any more.
        let revoked = words.next().map(|_| words.next().and_then(|day| day.parse().ok()).unwrap_or(made));
        Some(Self { id, hash, made, revoked })
    }

    fn write(&self) -> String {
        let revoked = self.revoked.map(|revoked| format!(" revoked {revoked}")).unwrap_or_default();
        format!("{} {} {}{revoked}\n", self.id, self.hash.0, self.made)
    }
}
