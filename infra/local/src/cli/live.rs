//! The moving part of the terminal display: a picture of the moment, as lines.

use console::{Alignment, pad_str, style, truncate_str};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::members::Member;
use super::words;

/// Up to so many tenants have a line each.
const APART: usize = 6;
/// From this width on a command and what it waits for fit into one line.
const WIDE: usize = 130;
/// Cells of a bar.
const BAR: usize = 20;
const SHORT_BAR: usize = 8;
/// The longest usual state and role.
const STATE: usize = "pending member".len();
const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// A command that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) verb: String,
    pub(crate) label: String,
    /// Source and target, where it is about the users of a pair.
    pub(crate) pair: Option<(Uuid, Uuid)>,
    pub(crate) reason: String,
    /// Since the first look.
    pub(crate) age: Duration,
    pub(crate) looks: u32,
    /// When the wait in hand began.
    pub(crate) since: OffsetDateTime,
    pub(crate) next_look: OffsetDateTime,
}

/// The users of one tenant on their way to another.
#[derive(Debug, Clone)]
pub(crate) struct Sharing {
    pub(crate) source: String,
    pub(crate) target: String,
    pub(crate) users: u64,
    pub(crate) is_in_quarantine: bool,
}

/// All that is shown.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) now: OffsetDateTime,
    pub(crate) start: OffsetDateTime,
    pub(crate) owner: String,
    /// Tenants that take part, by name.
    pub(crate) tenants: Vec<String>,
    pub(crate) members: Vec<Member>,
    pub(crate) sharing: Vec<Sharing>,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) label_width: usize,
    pub(crate) frame: usize,
}

impl Picture {
    /// The lines, none wider than `width`.
    pub(crate) fn lines(&self, width: usize) -> Vec<String> {
        let mut lines = vec![String::new(), self.clock()];
        if self.tenants.len() <= APART {
            lines.extend(self.tenants.iter().map(|name| self.tenant(name)));
            let (pairs, others): (Vec<&Waiting>, Vec<&Waiting>) =
                self.waiting.iter().partition(|waiting| waiting.pair.is_some());
            lines.extend(others.iter().flat_map(|waiting| self.command(waiting, width)));
            lines.extend(self.pairs(&pairs));
        } else {
            lines.extend(self.counted_commands());
            lines.extend(self.shared_counted());
        }
        lines.iter().map(|line| truncate_str(line, width, "…").into_owned()).collect()
    }

    fn clock(&self) -> String {
        let active = self.members.iter().filter(|member| member.is_active()).count();
        let all = self.tenants.len();
        format!(
            "{} {}  {}  {} {active} of {all} tenants active",
            style(SPINNER[self.frame % SPINNER.len()]).cyan(),
            style(words::clock(self.now)).bold(),
            pad(&format!("+{}", words::stopwatch(self.now - self.start)), 9),
            style(bar(active, all, BAR)).green(),
        )
    }

    /// A tenant as the owner's list shows it.
    fn tenant(&self, name: &str) -> String {
        let row = self.members.iter().find(|member| member.display_name == name);
        let (mark, state) = match row {
            Some(row) if row.is_active() => (style("●").green(), format!("{} {}", row.state, row.role)),
            Some(row) => (style("◐").yellow(), format!("{} {}", row.state, row.role)),
            None => (style("○").dim(), format!("not in the list of {}", self.owner)),
        };
        let shares = self.shares(name).map(|shares| format!("  {shares}")).unwrap_or_default();
        format!("  {mark} {}  {}{shares}", pad(name, self.label_width), pad(&state, STATE))
    }

    /// `users → Fabrikam 1, Tailspin waiting`.
    fn shares(&self, name: &str) -> Option<String> {
        let own = self.sharing.iter().filter(|one| one.source == name);
        let one = |one: &Sharing| match (one.is_in_quarantine, one.users) {
            (true, _) => format!("{} {}", one.target, style("quarantine").red()),
            (false, 0) => format!("{} {}", one.target, style("waiting").yellow()),
            (false, users) => format!("{} {}", one.target, style(users).green()),
        };
        let to: Vec<String> = own.map(one).collect();
        (!to.is_empty()).then(|| format!("users → {}", to.join(", ")))
    }

    /// The commands for the users of pairs, in one line.
    fn pairs(&self, pairs: &[&Waiting]) -> Option<String> {
        let next = pairs.iter().map(|waiting| waiting.next_look).min()?;
        let oldest = pairs.iter().map(|waiting| waiting.age).max()?;
        Some(format!(
            "  {} {}  next look in {}  oldest {}  users are on their way",
            style("…").cyan(),
            style(pad(&format!("sync × {}", pairs.len()), self.label_width)).bold(),
            pad(&words::stopwatch(next - self.now), 7),
            pad(&words::duration(oldest), 10),
        ))
    }

    /// How far the users of all pairs are.
    fn shared_counted(&self) -> Option<String> {
        let waiting = self.sharing.iter().filter(|one| one.users == 0).count();
        let users: u64 = self.sharing.iter().map(|one| one.users).sum();
        let there = format!("users there: {users}, by {} synchronizations", self.sharing.len());
        (!self.sharing.is_empty()).then(|| format!("  {there}, {waiting} of them waiting"))
    }

    /// One line if there is room, else the reason on a line of its own.
    fn command(&self, waiting: &Waiting, width: usize) -> Vec<String> {
        let (passed, whole) = (self.now - waiting.since, waiting.next_look - waiting.since);
        let done = usize::try_from(passed.whole_seconds()).unwrap_or(0);
        let whole = usize::try_from(whole.whole_seconds()).unwrap_or(0);
        let line = format!(
            "  {} {}  {} look {:>2} in {}  age {}",
            style("…").cyan(),
            style(pad(&waiting.label, self.label_width)).bold(),
            style(bar(done, whole.max(1), SHORT_BAR)).cyan(),
            waiting.looks + 1,
            pad(&words::stopwatch(waiting.next_look - self.now), 7),
            pad(&words::duration(waiting.age), 10),
        );
        if width >= WIDE {
            return vec![format!("{line}  {}", waiting.reason)];
        }
        let indent = " ".repeat(4 + self.label_width + 2);
        vec![line, format!("{indent}{}", style(&waiting.reason).dim())]
    }

    /// Commands that wait for the same, together.
    fn counted_commands(&self) -> Vec<String> {
        let mut groups: Vec<(&str, &str, Vec<&Waiting>)> = Vec::new();
        for waiting in &self.waiting {
            match groups
                .iter_mut()
                .find(|(verb, reason, _)| *verb == waiting.verb && *reason == waiting.reason)
            {
                Some((_, _, group)) => group.push(waiting),
                None => groups.push((&waiting.verb, &waiting.reason, vec![waiting])),
            }
        }
        let line = |(verb, reason, group): &(&str, &str, Vec<&Waiting>)| {
            let oldest = group.iter().map(|waiting| waiting.age).max().unwrap_or_default();
            let next = group.iter().map(|waiting| waiting.next_look).min().unwrap_or(self.now);
            let label = match group.as_slice() {
                [one] => one.label.clone(),
                group => format!("{verb} × {}", group.len()),
            };
            format!(
                "  {} {}  next look in {}  oldest {}  {reason}",
                style("…").cyan(),
                style(pad(&label, self.label_width)).bold(),
                pad(&words::stopwatch(next - self.now), 7),
                pad(&words::duration(oldest), 10),
            )
        };
        groups.iter().map(line).collect()
    }
}

fn pad(text: &str, width: usize) -> String {
    pad_str(text, width, Alignment::Left, None).into_owned()
}

/// `━━━━────`.
fn bar(done: usize, all: usize, cells: usize) -> String {
    let filled = (done.min(all) * cells).checked_div(all).unwrap_or(0);
    format!("{}{}", "━".repeat(filled), "─".repeat(cells - filled))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn picture(tenants: usize) -> Picture {
        let start = datetime!(2026-11-21 09:00 UTC);
        let names: Vec<String> = (0..tenants).map(|index| format!("Tenant {index}")).collect();
        let wait = |name: &String| Waiting {
            verb: "join".to_owned(),
            label: format!("join {name}"),
            pair: None,
            reason: "the join to the organization of Contoso is being processed".to_owned(),
            age: Duration::minutes(30),
            looks: 5,
            since: start + Duration::minutes(20),
            next_look: start + Duration::minutes(40),
        };
        Picture {
            now: start + Duration::minutes(30),
            start,
            owner: "Tenant 0".to_owned(),
            waiting: names.iter().map(wait).collect(),
            tenants: names,
            members: Vec::new(),
            sharing: Vec::new(),
            label_width: 14,
            frame: 0,
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [20, 40, 80, 200] {
            for line in picture(3).lines(width).iter().chain(&picture(50).lines(width)) {
                assert!(console::measure_text_width(line) <= width, "{line}");
            }
        }
    }

    #[test]
    fn few_tenants_have_a_line_each_and_many_share() {
        assert_eq!(picture(3).lines(80).len(), 2 + 3 + 2 * 3);
        assert_eq!(picture(3).lines(200).len(), 2 + 3 + 3);
        assert_eq!(picture(100).lines(80).len(), 2 + 1);
    }

    #[test]
    fn users_on_their_way_stand_beside_their_tenant_and_their_commands_share_a_line() {
        let mut picture = picture(3);
        for waiting in &mut picture.waiting {
            waiting.pair = Some((Uuid::nil(), Uuid::nil()));
        }
        let to = |target: usize, users| Sharing {
            source: "Tenant 1".to_owned(),
            target: format!("Tenant {target}"),
            users,
            is_in_quarantine: false,
        };
        picture.sharing = vec![to(0, 2), to(2, 0)];
        let lines = picture.lines(200);
        let lines: Vec<_> = lines.iter().map(|line| console::strip_ansi_codes(line)).collect();
        assert_eq!(lines.len(), 2 + 3 + 1);
        assert!(lines[3].ends_with("users → Tenant 0 2, Tenant 2 waiting"), "{}", lines[3]);
        assert!(
            lines[5].contains("sync × 3") && lines[5].ends_with("users are on their way"),
            "{}",
            lines[5]
        );
        picture.tenants = (0..50).map(|index| format!("Tenant {index}")).collect();
        let last = picture.lines(200).pop().unwrap();
        assert_eq!(last.trim(), "users there: 2, by 2 synchronizations, 1 of them waiting");
    }

    #[test]
    fn a_bar_is_as_full_as_things_are_done() {
        assert_eq!(bar(1, 2, 4), "━━──");
        assert_eq!(bar(9, 2, 4), "━━━━");
        assert_eq!(bar(0, 0, 4), "────");
    }
}
