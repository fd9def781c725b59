//! A log line as text. Colours are `console`'s, which knows whether they are wanted.

use console::{Alignment, pad_str, style};
use time::OffsetDateTime;

use super::events::{Line, Tone};
use super::words;

/// Columns before the text: the clock, the time passed, and their gaps.
const BEFORE_LABEL: usize = 8 + 1 + 9 + 1;
/// A text narrower than this is not worth breaking.
const NARROWEST: usize = 30;

/// Lays out log lines.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) start: OffsetDateTime,
    pub(crate) label_width: usize,
    /// Where lines are broken; none: nowhere, as it should be in a file.
    pub(crate) columns: Option<usize>,
}

impl Layout {
    /// `09:02:20 +0:02:20 join Fabrikam  waiting: …`, and what belongs under it, indented.
    pub(crate) fn text(&self, line: &Line) -> String {
        let clock = words::clock(line.time);
        let passed = format!("+{}", words::stopwatch(line.time - self.start));
        let passed = pad_str(&passed, 9, Alignment::Left, None);
        let label = pad_str(&line.label, self.label_width, Alignment::Left, None);
        let start = format!("{} {} {}  ", style(clock).dim(), style(passed).dim(), style(label).bold());
        let indent = " ".repeat(BEFORE_LABEL + self.label_width + 2);
        let body = self.broken(&line.text, indent.len()).into_iter().map(|text| match line.tone {
            Tone::Plain => style(text).to_string(),
            Tone::Good => style(text).green().to_string(),
            Tone::Bad => style(text).red().to_string(),
        });
        let under = line.under.iter().flat_map(|text| self.broken(text, indent.len()));
        start + &body.chain(under).collect::<Vec<_>>().join(&format!("\n{indent}"))
    }

    /// Text from the left edge.
    pub(crate) fn paragraph(&self, text: &str) -> String {
        self.broken(text, 0).join("\n")
    }

    fn broken(&self, text: &str, indent: usize) -> Vec<String> {
        match self.columns.map(|columns| columns.saturating_sub(indent)) {
            Some(width) if width >= NARROWEST => words::wrap(text, width),
            Some(_) | None => vec![text.to_owned()],
        }
    }
}
