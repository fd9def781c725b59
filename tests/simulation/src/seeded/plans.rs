//! Somebody asks for any command, most often what it would do; and the service has its moods.

use entra_simulator::Change;
use serde_json::{Value, json};

use super::script::{Writer, id};
use crate::{add, command, create, join, leave};

/// Somebody asks for any command or its plan, or the service answers some requests badly.
pub(crate) fn story(writer: &mut Writer<'_>) {
    let at = writer.dice.below(writer.calm_from);
    if writer.dice.once_in(5) {
        mood(writer, at);
        return;
    }
    let is_plan = !writer.dice.once_in(4);
    let name = writer.fresh(if is_plan { "PLAN" } else { "ANY" });
    let mut command = anything(writer, &name);
    if is_plan {
        command["data"]["dryRun"] = json!(true);
    }
    writer.ask(at, command);
}

/// The service's own faults, whoever asks: they count parts of a batch singly.
fn mood(writer: &mut Writer<'_>, at: u64) {
    let member = writer.member();
    let tenant = Some(id(writer.seed, member));
    let count = writer.dice.pick(&[1, 3, 12]);
    let retry_after_seconds = writer.dice.pick(&[None, Some(8), Some(120)]);
    let after_effect = writer.dice.once_in(2);
    let change = if writer.dice.once_in(2) {
        Change::Throttle { tenant, count, retry_after_seconds }
    } else {
        Change::ServerErrors { tenant, count, after_effect, writes_only: after_effect }
    };
    writer.service(at, change);
}

fn anything(writer: &mut Writer<'_>, name: &str) -> Value {
    let (names, member, owner) = (writer.names(), writer.member(), writer.owner());
    let cleanup = writer.dice.pick(&["none", "settings", "users"]);
    let then = json!({"then": {"join": {"templates": "admin-center"}}});
    let target = if member == "fabrikam" { "tailspin" } else { "fabrikam" };
    let pair = |action: &str| json!({"action": action, "source": member, "targets": [target]});
    match writer.dice.below(14) {
        0 => create(name, &names[1..], &then),
        1 => create(name, &[], &json!({"displayName": name, "update": true, "tenants": []})),
        2 => add(name, &[member], &then),
        3 => join(name, member, &json!({})),
        4 => leave(name, member, "leave", &json!({"cleanup": cleanup})),
        5 => leave(name, member, "remove", &json!({"cleanup": cleanup})),
        6 => {
            let mut command = leave(name, owner, "dissolve", &json!({"cleanup": cleanup}));
            command["data"]["owner"] = json!(owner);
            command
        }
        7 => command("sync", name, &pair("configure")),
        8 => command("sync", name, &json!({"action": "settings", "owner": owner})),
        9 => command("sync", name, &pair("status")),
        10 => command("sync", name, &pair("restart")),
        11 => command("sync", name, &pair("stop")),
        12 => command("sync", name, &pair("unshare")),
        _ => {
            let mut data = pair("unshare");
            data["bothDirections"] = json!(true);
            command("sync", name, &data)
        }
    }
}
