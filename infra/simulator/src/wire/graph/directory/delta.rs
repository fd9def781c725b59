//! GET /users/delta (7.4).

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{Answer, Call, context, query};
use super::{page, users};
use crate::wire::headers;
use crate::world::directory::Directory;
use crate::world::directory::user::Life;
use crate::world::{Refusal, World};

/// Users of one answer. The service chooses; there is no `$top`.
const PAGE_SIZE: usize = 200;

/// A token: the version to go on from, the version it began at, where in the page sequence it is, and its age.
struct Token {
    since: u64,
    until: u64,
    place: usize,
    made_at: i64,
}

impl Token {
    fn write(&self) -> String {
        format!("{}.{}.{}.{}", self.since, self.until, self.place, self.made_at)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let token = Self {
            since: parts.next()?.parse().ok()?,
            until: parts.next()?.parse().ok()?,
            place: parts.next()?.parse().ok()?,
            made_at: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(token)
    }
}

pub(super) fn serve(world: &World, viewer: Uuid, call: &Call) -> Result<Answer, Refusal> {
    query::refuse(call, &["$top", "$expand", "$orderby", "$search", "$skip"])?;
    let directory = &world.tenant(viewer)?.directory;
    let now = world.now.unix_timestamp();
    let delta = call.option("$deltatoken");
    let fresh = Token { since: 0, until: directory.version, place: 0, made_at: now };
    let token = match (delta, call.option("$skiptoken")) {
        (Some("latest"), _) => {
            let link = Token { since: directory.version, ..fresh }.write();
            return Ok(Answer::ok(json!({
                "@odata.context": context("users"), "value": [],
                "@odata.deltaLink": page::link(call, "$deltatoken", &link),
            })));
        }
        (None, None) => return answer(directory, call, &fresh, true),
        (Some(text), _) | (None, Some(text)) => {
            let refused = || Refusal::Bad("Badly formed token.".to_owned());
            Token::read(text).ok_or_else(refused)?
        }
    };
    let lifetime = i64::try_from(world.options.directory.delta_token_seconds).unwrap_or(i64::MAX);
    if now.saturating_sub(token.made_at) >= lifetime {
        return Ok(expired(call, world.now));
    }
    let initial = token.since == 0;
    let token = if delta.is_some() { Token { until: directory.version, place: 0, ..token } } else { token };
    answer(directory, call, &Token { made_at: now, ..token }, initial)
}

fn answer(directory: &Directory, call: &Call, token: &Token, initial: bool) -> Result<Answer, Refusal> {
    let wanted = super::filter::parse(call.option("$filter"), &["id"])?;
    let changed = directory
        .users
        .iter()
        .enumerate()
        .filter(|(_, user)| if initial { user.is_active() } else { user.version > token.since });
    let mut rest = changed.map(|(place, _)| (place, u32::try_from(place).unwrap_or(u32::MAX))).filter(
        |(place, number)| *place >= token.place && wanted.matches(&|name| directory.value(*number, name)),
    );
    let rows: Vec<Value> =
        rest.by_ref().take(PAGE_SIZE).map(|(_, number)| row(directory, number, call, initial)).collect();
    let mut shown = json!({"@odata.context": context("users"), "value": rows});
    if let Some((place, _)) = rest.next() {
        let next = Token { place, ..*token }.write();
        shown["@odata.nextLink"] = json!(page::link(call, "$skiptoken", &next));
    } else {
        // from the version the first page began at: what changed meanwhile comes again rather than never
        let next = Token { since: token.until, until: 0, place: 0, made_at: token.made_at }.write();
        shown["@odata.deltaLink"] = json!(page::link(call, "$deltatoken", &next));
    }
    Ok(Answer::ok(shown))
}

fn row(directory: &Directory, number: u32, call: &Call, initial: bool) -> Value {
    let removed = |reason: &str| json!({"id": directory.user_id(number), "@removed": {"reason": reason}});
    match directory.user(number).map(|user| user.life) {
        Some(Life::Deleted(_)) => removed("changed"),
        Some(Life::Gone) | None => removed("deleted"),
        Some(Life::Active) => {
            let mut shown = users::shape(directory, number, call);
            shown["id"] = json!(directory.user_id(number));
            if headers::minimal(call)
                && !initial
                && let Value::Object(map) = &mut shown
            {
                // which properties changed is not kept: those without a value did not (a simplification)
                map.retain(|_, value| !value.is_null());
            }
            shown
        }
    }
}

/// 410, and where to begin again.
fn expired(call: &Call, now: OffsetDateTime) -> Answer {
    let date = crate::world::timestamp(now).trim_end_matches('Z').to_owned();
    let body = json!({"error": {
        "code": "syncStateNotFound", "message": "The sync state generation is not found; full sync is required.",
        "innerError": {"date": date},
    }});
    let mut answer = Answer::with(410, body);
    answer.headers.push((
        "location",
        page::link(call, "$deltatoken", "")
            .replace("$deltatoken=", "")
            .trim_end_matches(['?', '&'])
            .to_owned(),
    ));
    answer
}
