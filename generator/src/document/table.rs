//! The alignment of a table's columns: as a class, since the Content-Security-Policy lets no `style` through.

use pulldown_cmark::{Alignment, Event, Tag};

/// The columns of the table that is being read, and how far its row has come.
#[derive(Debug, Default)]
pub(super) struct Columns {
    alignments: Vec<Alignment>,
    is_head: bool,
    cells: usize,
}

impl Columns {
    /// Begins a table: the tag for it tells the writer of no alignment.
    pub(super) fn table<'a>(&mut self, alignments: Vec<Alignment>) -> Tag<'a> {
        let plain = vec![Alignment::None; alignments.len()];
        self.alignments = alignments;
        Tag::Table(plain)
    }

    /// Begins a row.
    pub(super) fn row(&mut self, tag: &Tag<'_>) {
        (self.is_head, self.cells) = (matches!(tag, Tag::TableHead), 0);
    }

    /// Begins a cell.
    pub(super) fn cell<'a>(&mut self) -> Event<'a> {
        let alignment = self.alignments.get(self.cells).copied().unwrap_or(Alignment::None);
        self.cells += 1;
        let html = match (alignment, self.is_head) {
            (Alignment::None, _) => return Event::Start(Tag::TableCell),
            (Alignment::Left, true) => "<th class=\"align-left\">",
            (Alignment::Left, false) => "<td class=\"align-left\">",
            (Alignment::Center, true) => "<th class=\"align-center\">",
            (Alignment::Center, false) => "<td class=\"align-center\">",
            (Alignment::Right, true) => "<th class=\"align-right\">",
            (Alignment::Right, false) => "<td class=\"align-right\">",
        };
        Event::Html(html.into())
    }
}
