//! Tables for people.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use mto_messages::{OutcomeData, PlannedWrite};

use crate::seen::{Organization, Synchronization};
use crate::tenants::Tenants;

/// Writes that are shown before the rest is counted.
const WRITES_SHOWN: usize = 50;

/// A table without lines at its sides; ends in a line break.
pub(crate) fn table<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(heads);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// Everything about an organization.
pub(crate) fn status(
    organization: &Organization,
    synchronizations: &[Synchronization],
    differing: &[PlannedWrite],
    status: &OutcomeData,
    tenants: &Tenants,
) -> String {
    let name = organization.display_name.as_deref().unwrap_or("the organization");
    let rows = organization
        .members
        .iter()
        .map(|row| [tenants.name(row.tenant), row.tenant.to_string(), row.role(), row.state(), row.change()]);
    let mut text = format!("{name}: {}\n\n", tenants.shorten(&status.summary));
    text += &table(["TENANT", "ID", "ROLE", "STATE", "CHANGE"], rows);
    if !synchronizations.is_empty() {
        let rows = synchronizations.iter().map(|one| {
            let (source, target) = (tenants.name(one.source), tenants.name(one.target));
            [source, target, one.state.clone(), one.users.to_string()]
        });
        text = text + "\n" + &table(["USERS OF", "IN", "STATE", "USERS"], rows);
    }
    if !differing.is_empty() {
        text += "\nSettings that differ; mto send sync settings --owner OWNER writes:\n";
        text += &writes(differing, tenants);
    }
    for note in &status.notes {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\nnote: {}", tenants.shorten(note));
    }
    text
}

/// One line a write: where, and what.
pub(crate) fn writes(writes: &[PlannedWrite], tenants: &Tenants) -> String {
    let mut text = String::new();
    for write in writes.iter().take(WRITES_SHOWN) {
        let place = write.tenant.map(|tenant| format!("in {}: ", tenants.name(tenant))).unwrap_or_default();
        let _ = writeln!(text, "    {place}{}", tenants.shorten(&write.text));
    }
    if writes.len() > WRITES_SHOWN {
        let _ = writeln!(text, "    and {} more; --output json shows all", writes.len() - WRITES_SHOWN);
    }
    text
}
