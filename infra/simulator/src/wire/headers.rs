//! Request headers that change an answer, kept beside the query options under names no address can have.

use http::HeaderMap;

use super::call::Call;

const KEPT: [&str; 2] = ["consistencylevel", "prefer"];
const MARK: &str = "header:";

/// Notes the headers of a request of its own.
pub(super) fn remember(call: &mut Call, headers: &HeaderMap) {
    remember_with(call, |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned));
}

/// Notes the headers of a request or a part, wherever they stand.
pub(super) fn remember_with(call: &mut Call, header: impl Fn(&str) -> Option<String>) {
    // an address that pretends to be a header is no header
    call.query.retain(|(name, _)| !name.to_lowercase().starts_with(MARK));
    for name in KEPT {
        call.query.extend(header(name).map(|value| (format!("{MARK}{name}"), value)));
    }
}

/// `ConsistencyLevel: eventual` (7.4).
pub(crate) fn eventual(call: &Call) -> bool {
    call.option("header:consistencylevel").is_some_and(|value| value.eq_ignore_ascii_case("eventual"))
}

/// `Prefer: return=minimal` (7.4).
pub(crate) fn minimal(call: &Call) -> bool {
    call.option("header:prefer").is_some_and(|value| value.to_lowercase().contains("return=minimal"))
}
