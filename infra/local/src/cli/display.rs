//! Where it is shown: a terminal, a pipe, or nowhere until the end.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::events::Line;
use super::live::Picture;
use super::plain::Layout;

/// Between two pictures at least.
const BETWEEN_PICTURES: Duration = Duration::from_millis(80);
/// And at least so many times as long as the last one took to make: a hundred tenants are a lot to look at.
const REST: u32 = 8;

/// Shows a run while it goes on.
pub(crate) enum Display {
    /// Log lines above, a moving picture below.
    Live { bar: ProgressBar, layout: Layout, next_picture: Duration },
    /// Log lines only, without control codes.
    Plain { layout: Layout },
    /// Nothing: the document at the end is all there is.
    Silent,
}

/// Whether standard output is a terminal that can move its cursor.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal() && console::user_attended() && !console::is_dumb()
}

/// The terminal's columns; the last one stays free, since some terminals wrap there.
pub(crate) fn columns() -> usize {
    usize::from(Term::stdout().size().1).max(21) - 1
}

impl Display {
    pub(crate) fn live(layout: Layout) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Live { bar, layout, next_picture: Duration::ZERO }
    }

    pub(crate) fn plain(layout: Layout) -> Self {
        console::set_colors_enabled(false);
        Self::Plain { layout }
    }

    pub(crate) fn silent() -> Self {
        console::set_colors_enabled(false);
        Self::Silent
    }

    /// A paragraph before the run.
    pub(crate) fn intro(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Live { layout, .. } | Self::Plain { layout } => {
                writeln!(io::stdout(), "{}", layout.paragraph(text))
            }
            Self::Silent => Ok(()),
        }
    }

    /// One line of the log.
    pub(crate) fn tell(&self, line: &Line) -> io::Result<()> {
        match self {
            Self::Live { bar, layout, .. } => {
                bar.println(layout.text(line));
                Ok(())
            }
            Self::Plain { layout } => writeln!(io::stdout(), "{}", layout.text(line)),
            Self::Silent => Ok(()),
        }
    }

    /// Whether it is time for a picture; `elapsed` is real time.
    pub(crate) fn wants_picture(&self, elapsed: Duration) -> bool {
        match self {
            Self::Live { next_picture, .. } => elapsed >= *next_picture,
            Self::Plain { .. } | Self::Silent => false,
        }
    }

    /// Draws the moving part.
    pub(crate) fn draw(&self, picture: &Picture) {
        if let Self::Live { bar, .. } = self {
            bar.set_message(picture.lines(columns()).join("\n"));
            bar.tick();
        }
    }

    /// Notes that a picture was made between these real times.
    pub(crate) fn note_picture(&mut self, from: Duration, until: Duration) {
        if let Self::Live { next_picture, .. } = self {
            *next_picture = until + (until.saturating_sub(from) * REST).max(BETWEEN_PICTURES);
        }
    }

    /// Takes the moving part away.
    pub(crate) fn finish(&self) {
        if let Self::Live { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}
