//! A log line as text. Colours are `console`'s, which knows whether they are wanted.

use console::{Alignment, pad_str, style};
use time::OffsetDateTime;

use super::events::{Line, Tone};
use super::words;

/// Lays out log lines.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) start: OffsetDateTime,
    pub(crate) label_width: usize,
}

impl Layout {
    /// `09:02:20 +0:02:20 join Fabrikam  waiting: …`, and what belongs under it, indented.
    pub(crate) fn text(&self, line: &Line) -> String {
        let clock = words::clock(line.time);
        let passed = format!("+{}", words::stopwatch(line.time - self.start));
        let passed = pad_str(&passed, 9, Alignment::Left, None);
        let label = pad_str(&line.label, self.label_width, Alignment::Left, None);
        let body = match line.tone {
            Tone::Plain => style(line.text.as_str()),
            Tone::Good => style(line.text.as_str()).green(),
            Tone::Bad => style(line.text.as_str()).red(),
        };
        let indent = " ".repeat(8 + 1 + 9 + 1 + self.label_width + 2);
        let first = format!("{} {} {}  {body}", style(clock).dim(), style(passed).dim(), style(label).bold());
        line.under.iter().fold(first, |text, under| text + "\n" + &indent + under)
    }
}
