//! The table of people: who is represented where.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use uuid::Uuid;

use super::cast::Cast;
use super::people::Whereabouts;
use super::report::Report;
use super::tables::{lines, title};
use super::words;

/// Of more tenants than this that hold a user for a person, the rest is counted.
const TENANTS_LISTED: usize = 6;

/// Those who are shared, or are somewhere else; the others are counted. `by_tenant`: with a column for each tenant.
pub(super) fn text(report: &Report, cast: &Cast, by_tenant: bool) -> String {
    let mut text = title("People, as the tenants' lists of users show them");
    let (shown, others): (Vec<&Whereabouts>, Vec<&Whereabouts>) =
        report.people.iter().partition(|person| person.is_shared || !person.represented_in.is_empty());
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED.with_rounded_corners());
    if by_tenant {
        let tenants = cast.tenants.iter().map(|tenant| tenant.name.clone());
        table.set_header(std::iter::once("Person".to_owned()).chain(tenants));
        for person in shown {
            let cells = cast.tenants.iter().map(|tenant| cell(report, person, tenant.id));
            table.add_row(std::iter::once(person.display_name.clone()).chain(cells));
        }
    } else {
        table.set_header(["Person", "Home", "Also in"]);
        for person in shown {
            let home = cast.name(person.home_tenant_id);
            table.add_row([person.display_name.clone(), home, also_in(person, cast)]);
        }
    }
    text.push_str(&lines(&table));
    if !others.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "and {} who are not shared, and are nowhere but at home", others.len());
    }
    if !report.people_unread.is_empty() {
        let names: Vec<String> = report.people_unread.iter().map(|tenant| cast.name(*tenant)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let _ = writeln!(text, "could not be read: {}", words::list(&names, TENANTS_LISTED));
    }
    text
}

fn cell(report: &Report, person: &Whereabouts, tenant: Uuid) -> String {
    match person.user_type_in(tenant) {
        _ if tenant == person.home_tenant_id => "home".to_owned(),
        Some(user_type) => format!("{} ✓", user_type.to_lowercase()),
        None if report.people_unread.contains(&tenant) => "?".to_owned(),
        None => "-".to_owned(),
    }
}

/// `member in Contoso, Tailspin and Northwind`.
fn also_in(person: &Whereabouts, cast: &Cast) -> String {
    let in_as = |user_type: &str| {
        let of_type =
            person.represented_in.iter().filter(|one| one.user_type.eq_ignore_ascii_case(user_type));
        let names: Vec<String> = of_type.map(|one| cast.name(one.tenant_id)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        (!names.is_empty()).then(|| format!("{user_type} in {}", words::list(&names, TENANTS_LISTED)))
    };
    let both: Vec<String> = ["member", "guest"].into_iter().filter_map(in_as).collect();
    if both.is_empty() { "-".to_owned() } else { both.join("; ") }
}
