//! Lists on a terminal: columns below headings, or a line each for programs that read lines.

use crate::report::Format;

/// A list with a cell for each heading in every row.
pub(super) struct Listing<const N: usize> {
    pub(super) headings: [&'static str; N],
    pub(super) rows: Vec<[String; N]>,
}

impl<const N: usize> Listing<N> {
    /// The list as text: `short` has one space between cells, and no headings.
    pub(super) fn text(&self, format: Format) -> String {
        if format == Format::Short {
            return self.rows.iter().map(|row| row.join(" ") + "\n").collect();
        }
        let mut widths = self.headings.map(|heading| heading.chars().count());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let line = |cells: &[String; N]| {
            let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        std::iter::once(&self.headings.map(str::to_owned)).chain(&self.rows).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_their_headings() {
        let rows = vec![["é".to_owned(), "1".to_owned()], ["longer".to_owned(), String::new()]];
        let listing = Listing { headings: ["name", "n"], rows };
        assert_eq!(listing.text(Format::Human), "name    n\né       1\nlonger\n");
        assert_eq!(listing.text(Format::Short), "é 1\nlonger \n");
    }
}
