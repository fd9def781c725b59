//! What holds of one thing, and what is refused.

use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::parse::parse;
use super::{Filter, Refusal};

fn thing() -> Value {
    json!({
        "tenantId": "11111111-0000-4000-8000-00000000000a", "displayName": "O'Neill Ltd", "state": "active",
        "count": 3, "isInMultiTenantOrganization": true, "description": null,
        "activityDateTime": "2026-11-21T09:00:00Z", "tags": ["blue", "green"],
        "initiatedBy": {"user": {"id": "u1"}, "app": null},
        "targetResources": [{"id": "t1", "type": "Other"}, {"id": "t2", "type": "Policy"}],
    })
}

fn holds(text: &str) -> Result<bool, Refusal> {
    Ok(Filter(parse(text)?).matches(&thing()))
}

#[rstest]
#[case::text("state eq 'active'", true)]
#[case::text_ignores_case("state eq 'ACTIVE'", true)]
#[case::a_doubled_quote("displayName eq 'O''Neill Ltd'", true)]
#[case::not_equal("state ne 'active'", false)]
#[case::a_quoted_guid("tenantId eq '11111111-0000-4000-8000-00000000000A'", true)]
#[case::a_bare_guid("tenantId eq 11111111-0000-4000-8000-00000000000A", true)]
#[case::a_number("count gt 2", true)]
#[case::a_number_at_the_bound("count le 2.5", false)]
#[case::a_flag("isInMultiTenantOrganization eq true", true)]
#[case::null("description eq null", true)]
#[case::absent_is_null("nothing eq null", true)]
#[case::null_is_not_less("description lt 'a'", false)]
#[case::null_differs("description ne 'a'", true)]
#[case::a_time("activityDateTime ge 2026-11-21T09:00:00Z", true)]
#[case::a_time_in_another_zone("activityDateTime gt 2026-11-21T09:30:00+01:00", true)]
#[case::before("activityDateTime lt 2026-11-21T09:00:00Z", false)]
#[case::a_path("initiatedBy/user/id eq 'u1'", true)]
#[case::a_path_through_null("initiatedBy/app/id eq 'u1'", false)]
#[case::and_binds_closer("state eq 'x' and count eq 3 or count eq 3", true)]
#[case::parentheses("state eq 'x' and (count eq 3 or count eq 3)", false)]
#[case::not("not (state eq 'x')", true)]
#[case::not_of_one("not state eq 'active'", false)]
#[case::in_list("state in ('pending', 'active')", true)]
#[case::not_in_list("state in ('pending')", false)]
#[case::starts("startsWith(displayName,'o''n')", true)]
#[case::starts_as_graph_spells_it("startswith(displayName, 'Ltd')", false)]
#[case::ends("endsWith(displayName,'LTD')", true)]
#[case::any_of_texts("tags/any(t:t eq 'green')", true)]
#[case::any_with_a_space("tags/any(t: startsWith(t,'gr'))", true)]
#[case::any_of_records("targetResources/any(t:t/type eq 'Policy' and t/id eq 't1')", false)]
#[case::any_sees_the_rest("targetResources/any(t:t/id eq 't2' and state eq 'active')", true)]
#[case::any_at_all("tags/any()", true)]
#[case::nothing_at_all("nothing/any()", false)]
fn a_filter_holds_or_not(#[case] text: &str, #[case] wanted: bool) {
    assert_eq!(holds(text), Ok(wanted));
}

#[rstest]
#[case::empty("", "Bad")]
#[case::half("state eq", "Bad")]
#[case::no_operator("state", "Bad")]
#[case::no_end("state eq 'active", "Bad")]
#[case::more("state eq 'a' 'b'", "Bad")]
#[case::open("(state eq 'a'", "Bad")]
#[case::close("state eq 'a')", "Bad")]
#[case::an_unquoted_word("state eq active", "Bad")]
#[case::no_name("1x eq 'a'", "Bad")]
#[case::an_empty_list("state in ()", "Bad")]
#[case::no_colon("tags/any(t eq 'a')", "Bad")]
#[case::infinity("count eq inf", "Bad")]
#[case::an_operator_of_others("state has 'a'", "Query")]
#[case::a_function_of_others("contains(displayName,'x')", "Query")]
#[case::a_literal_first("'a' eq state", "Query")]
fn what_is_no_filter_is_refused(#[case] text: &str, #[case] wanted: &str) {
    let kind = match holds(text) {
        Err(Refusal::Bad(_)) => "Bad",
        Err(Refusal::Query(_)) => "Query",
        Err(_) | Ok(_) => "taken",
    };
    assert_eq!(kind, wanted);
}

#[test]
fn length_and_depth_are_bounded() {
    let nested = |depth: usize| format!("{}state eq 'a'{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(holds(&nested(15)), Ok(false));
    assert!(matches!(holds(&nested(16)), Err(Refusal::Bad(_))));
    assert!(matches!(holds(&"not ".repeat(16)), Err(Refusal::Bad(_))));
    assert!(matches!(holds(&format!("state eq '{}'", "a".repeat(4_096))), Err(Refusal::Bad(_))));
    assert_eq!(holds(&vec!["state eq 'a'"; 200].join(" or ")), Ok(false), "long is not deep");
}

#[test]
fn the_names_of_a_filter_leave_out_the_variables_of_any() {
    let filter = parse("a/b eq 1 or not c/any(x:x/y eq 2 and e eq 1) and f in (1)").map(Filter);
    let filter = filter.expect("a filter");
    assert_eq!(filter.names(), ["a", "c", "e", "f"]);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[a-z(),:' /0-9.+-]{0,80}") {
        let _ = holds(&text);
    }
}
