//! Where it is shown: a terminal, a pipe, or nowhere until the end.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::events::Line;
use super::live::Picture;
use super::plain::Layout;

/// A picture takes some work: not more often than this.
const BETWEEN_PICTURES: Duration = Duration::from_millis(80);

/// Shows a run while it goes on.
pub(crate) enum Display {
    /// Log lines above, a moving picture below.
    Live { bar: ProgressBar, layout: Layout, drawn: Duration },
    /// Log lines only, without control codes.
    Plain { layout: Layout },
    /// Nothing: the document at the end is all there is.
    Silent,
}

/// Whether standard output is a terminal that can move its cursor.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal() && console::user_attended() && !console::is_dumb()
}

impl Display {
    pub(crate) fn live(layout: Layout) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout());
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self::Live { bar, layout, drawn: Duration::ZERO }
    }

    pub(crate) fn plain(layout: Layout) -> Self {
        console::set_colors_enabled(false);
        Self::Plain { layout }
    }

    pub(crate) fn silent() -> Self {
        console::set_colors_enabled(false);
        Self::Silent
    }

    /// Text before the run.
    pub(crate) fn intro(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Live { .. } | Self::Plain { .. } => writeln!(io::stdout(), "{text}"),
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
            Self::Live { drawn, .. } => drawn.is_zero() || elapsed >= *drawn + BETWEEN_PICTURES,
            Self::Plain { .. } | Self::Silent => false,
        }
    }

    /// Draws the moving part.
    pub(crate) fn draw(&mut self, picture: &Picture, elapsed: Duration) {
        if let Self::Live { bar, drawn, .. } = self {
            let (_, columns) = Term::stdout().size();
            bar.set_message(picture.lines(usize::from(columns).max(20) - 1).join("\n"));
            bar.tick();
            *drawn = elapsed;
        }
    }

    /// Takes the moving part away.
    pub(crate) fn finish(&self) {
        if let Self::Live { bar, .. } = self {
            bar.finish_and_clear();
        }
    }
}
