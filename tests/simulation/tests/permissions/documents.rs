//! `docs/operations.md` says what the table says.

use std::collections::BTreeSet;
use std::fmt::Write;

use mto_handler::permissions::{GRANTS, Grant, Need, PERMISSIONS, Side, least};
use mto_messages::Verb;

const GUIDE: &str = include_str!("../../../../docs/operations.md");
const SECURITY: &str = include_str!("../../../../docs/security.md");

/// What stands between two markers, without the blank lines at its ends.
fn block<'a>(document: &'a str, name: &str) -> &'a str {
    let (begin, end) = (format!("<!-- {name}: begin -->"), format!("<!-- {name}: end -->"));
    let (_, rest) = document.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    rest.split_once(&end).unwrap_or_else(|| panic!("no {end}")).0.trim()
}

/// One line of the guide's table: functions that need the same in the same place.
struct Line {
    functions: Vec<Verb>,
    side: Side,
    need: Need,
    permissions: BTreeSet<&'static str>,
}

/// Each need of each function and side, as far as it goes beyond what is needed always.
fn lines() -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for grant in GRANTS {
        let alike = |other: &&Grant| {
            (other.function, other.side, other.need) == (grant.function, grant.side, grant.need)
        };
        let always = |other: &&Grant| {
            (other.function, other.side, other.need) == (grant.function, grant.side, Need::Always)
        };
        let before = least(GRANTS.iter().filter(always));
        let with = least(GRANTS.iter().filter(|other| alike(other) || always(other)));
        let permissions: BTreeSet<_> =
            if grant.need == Need::Always { with } else { with.difference(&before).copied().collect() };
        let known = lines
            .iter_mut()
            .find(|line| (line.side, line.need, &line.permissions) == (grant.side, grant.need, &permissions));
        match known {
            _ if permissions.is_empty() => {}
            Some(line) if line.functions.contains(&grant.function) => {}
            Some(line) => line.functions.push(grant.function),
            None => {
                lines.push(Line {
                    functions: vec![grant.function],
                    side: grant.side,
                    need: grant.need,
                    permissions,
                });
            }
        }
    }
    lines
}

fn place(line: &Line) -> &'static str {
    match line.side {
        Side::Owner => "the owner of the organization",
        Side::Joining => "the tenant that joins",
        Side::Leaving => "the tenant that leaves by itself",
        Side::Member if line.functions == [Verb::Leave] => "every other tenant that the clean-up is about",
        Side::Source => "every tenant whose users are synchronized to others",
        Side::Target => "every tenant that users are synchronized to",
        Side::Member => "every tenant whose settings are compared, opened or closed",
        Side::LookUp => "one of the first three tenants of the directory, by id",
    }
}

fn need(need: Need) -> String {
    match need {
        Need::Always => "the command fails".to_owned(),
        Need::For(what) => format!("only needed for {what}"),
        Need::Optional(without) => without.to_owned(),
    }
}

fn joined(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

#[test]
fn the_guide_lists_the_least_permissions_of_every_function() {
    let mut table = "| Function | In which tenant | Least application permissions | Without it |\n\
                     |---|---|---|---|"
        .to_owned();
    for line in lines() {
        let functions = joined(line.functions.iter().map(ToString::to_string));
        let names = joined(line.permissions.iter().map(|name| format!("`{name}`")));
        write!(table, "\n| {functions} | {} | {names} | {} |", place(&line), need(line.need)).unwrap();
    }
    let all = joined(least(GRANTS).iter().map(|name| format!("`{name}`")));
    write!(table, "\n| all of them, by one application | everywhere | {all} | |").unwrap();
    assert_eq!(block(GUIDE, "permissions"), table, "docs/operations.md should have this:\n\n{table}\n");
}

#[test]
fn the_guide_lists_the_ids_of_the_permissions() {
    let mut table =
        "| Permission | Id (app role of Microsoft Graph) | Not needed beside it | Needed beside it |\n\
                     |---|---|---|---|"
            .to_owned();
    let names = |list: &[&str]| match joined(list.iter().map(|name| format!("`{name}`"))) {
        none if none.is_empty() => "–".to_owned(),
        names => names,
    };
    for permission in PERMISSIONS {
        let (covers, beside) = (names(permission.covers), names(permission.beside));
        write!(table, "\n| `{}` | `{}` | {covers} | {beside} |", permission.name, permission.id).unwrap();
    }
    assert_eq!(block(GUIDE, "permission ids"), table, "docs/operations.md should have this:\n\n{table}\n");
}

#[test]
fn the_security_page_says_what_every_function_can_be_misused_for() {
    for verb in Verb::ALL {
        assert!(SECURITY.contains(&format!("| {verb} |")), "docs/security.md lacks {verb}");
    }
    for permission in PERMISSIONS {
        assert!(SECURITY.contains(permission.name), "docs/security.md lacks {}", permission.name);
    }
}
