//! The report for people.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use console::style;
use uuid::Uuid;

use super::cast::Cast;
use super::members::Partner;
use super::people_table;
use super::report::Report;
use super::scenario::ORGANIZATION;
use super::verdict::Verdict;
use super::words;

/// Past this number of tenants, pairs are counted and not listed.
const PAIRS_LISTED: usize = 4;
/// Past this number of members, the rest is counted.
const MEMBERS_LISTED: usize = 12;

/// Members, settings, figures, verdict.
pub(crate) fn text(report: &Report, cast: &Cast, verdict: &Verdict) -> String {
    let settings = if cast.tenants.len() <= PAIRS_LISTED {
        settings(report, cast)
    } else {
        settings_counted(report, cast)
    };
    let people = people_table::text(report, cast, cast.tenants.len() <= PAIRS_LISTED);
    format!("\n{}\n{settings}\n{people}\n{}\n{}", members(report, cast), figures(report), ending(verdict))
}

fn members(report: &Report, cast: &Cast) -> String {
    let mut text = title(&format!("Members of \"{ORGANIZATION}\", as {} lists them", cast.owner().name));
    if report.members.is_empty() {
        return text + "none\n";
    }
    let mut table = table(["Tenant", "Tenant id", "Role", "State"]);
    for member in report.members.iter().take(MEMBERS_LISTED) {
        let id = member.tenant_id.to_string();
        table.add_row([member.display_name.as_str(), &id, &member.role, &member.state]);
    }
    text.push_str(&lines(&table));
    if report.members.len() > MEMBERS_LISTED {
        let active = report.members.iter().filter(|member| member.is_active()).count();
        let more = report.members.len() - MEMBERS_LISTED;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "and {more} more; {active} of {} are active", report.members.len());
    }
    text
}

fn settings(report: &Report, cast: &Cast) -> String {
    let mut table = table(["In", "about", "Partner", "In MTO", "Redeems in", "Redeems out", "Sync in"]);
    for (tenant, about) in pairs(cast) {
        let partner = report.partner(tenant, about);
        let flag = |value: Option<bool>| value.map_or("-", |value| if value { "automatic" } else { "asks" });
        let consent = partner.map(|partner| partner.automatic_user_consent_settings).unwrap_or_default();
        let shown = |yes: fn(&Partner) -> bool, word| {
            partner.map_or("-", |partner| if yes(partner) { word } else { "no" })
        };
        table.add_row([
            cast.name(tenant).as_str(),
            &cast.name(about),
            if partner.is_some() { "yes" } else { "no" },
            shown(|partner| partner.is_in_multi_tenant_organization, "yes"),
            flag(consent.inbound_allowed),
            flag(consent.outbound_allowed),
            shown(Partner::syncs, "allowed"),
        ]);
    }
    title("Cross-tenant settings: redemption of invitations, and inbound user synchronization")
        + &lines(&table)
}

fn settings_counted(report: &Report, cast: &Cast) -> String {
    let active: Vec<(Uuid, Uuid)> =
        pairs(cast).filter(|(tenant, about)| report.is_active(*tenant) && report.is_active(*about)).collect();
    let seen: Vec<Option<&Partner>> =
        active.iter().map(|(tenant, about)| report.partner(*tenant, *about)).collect();
    let mut table = table(["Of the ordered pairs of active tenants", "Pairs"]);
    let mut row = |what: &str, count: usize| {
        table.add_row([what, &words::number(count as u64)]);
    };
    let count =
        |wanted: fn(&Partner) -> bool| seen.iter().flatten().filter(|partner| wanted(partner)).count();
    row("all", active.len());
    row("partner, in the MTO", count(|partner| partner.is_in_multi_tenant_organization));
    row("redemption in: automatic", count(|partner| consents(partner).0));
    row("redemption out: automatic", count(|partner| consents(partner).1));
    row("inbound sync: allowed", count(Partner::syncs));
    row("all of this, as wanted", count(Partner::is_as_wanted));
    title("Cross-tenant settings") + &lines(&table)
}

fn consents(partner: &Partner) -> (bool, bool) {
    let consent = partner.automatic_user_consent_settings;
    (consent.inbound_allowed == Some(true), consent.outbound_allowed == Some(true))
}

/// Every ordered pair.
fn pairs(cast: &Cast) -> impl Iterator<Item = (Uuid, Uuid)> {
    let ids = || cast.tenants.iter().map(|tenant| tenant.id);
    ids()
        .flat_map(move |tenant| ids().filter(move |about| *about != tenant).map(move |about| (tenant, about)))
}

fn figures(report: &Report) -> String {
    let simulated = words::duration(time::Duration::seconds(report.virtual_seconds));
    let mut text = title("Figures");
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let throttled = words::number(report.throttled);
    table.add_row(["Simulated time", &simulated]);
    table.add_row(["Real time", &format!("{:.1} s", report.real_seconds)]);
    table.add_row(["Graph requests", &words::number(report.graph_requests)]);
    table.add_row(["  of these $batch calls", &words::number(report.batch_calls)]);
    table.add_row(["  answered 429", &throttled]);
    table.add_row(["Waits", &format!("{} (delayed retries)", words::number(report.waits))]);
    table.add_row([
        "Deliveries",
        &format!("{} (messages handed to a function)", words::number(report.deliveries)),
    ]);
    text.push_str(&lines(&table));
    text
}

/// The last word.
fn ending(verdict: &Verdict) -> String {
    let mut text = String::new();
    for done in &verdict.done {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} {done}", style("Succeeded:").green().bold());
    }
    text + &problems(verdict)
}

/// What did not succeed, why, and what to do; empty if everything did.
pub(crate) fn problems(verdict: &Verdict) -> String {
    let mut text = String::new();
    for problem in &verdict.problems {
        let _ = writeln!(text, "{} {}", style("Not done:").red().bold(), problem.what);
        if let Some(reason) = &problem.reason {
            let _ = writeln!(text, "  why:   {}", reason.text);
            let _ = writeln!(text, "  to do: {}", reason.remedy);
        }
    }
    text
}

pub(super) fn title(text: &str) -> String {
    format!("{}\n", style(text).bold())
}

pub(super) fn table<const COLUMNS: usize>(header: [&str; COLUMNS]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED.with_rounded_corners()).set_header(header);
    table
}

/// The table's lines without blanks at their ends.
pub(super) fn lines(table: &Table) -> String {
    table.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}
