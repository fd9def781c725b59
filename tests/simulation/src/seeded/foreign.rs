//! A tenant that is not ours to act for, with an organization of its own or without: some of ours are in it, are asked
//! into it, or leave it; and it is asked into ours.

use entra_simulator::{MemberRole, MemberSeed, MemberState, OrganizationSeed, Seed};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use super::by_hand::ByHand;
use super::dice::Dice;
use super::driver::Driver;
use super::invariants::Invariant;
use super::script::{Deed, Writer, id};
use crate::{add, command, join, leave};

/// Its name, in commands too.
pub(crate) const NAME: &str = "adatum";

/// Its place among the demo tenants.
const PLACE: usize = 4;

/// Longer than any change of the service takes.
const SETTLED: Duration = Duration::hours(5);

/// Puts it into the world, in one of three; returns its id.
pub(crate) fn invited(seed: &mut Seed, dice: &mut Dice) -> Option<Uuid> {
    if !dice.once_in(3) {
        return None;
    }
    let tenant = Seed::demo(PLACE + 1).tenants.swap_remove(PLACE);
    let owner = tenant.tenant_id;
    let free: Vec<Uuid> =
        seed.tenants.iter().map(|one| one.tenant_id).filter(|one| !is_in_one(seed, *one)).collect();
    seed.tenants.push(tenant);
    if dice.once_in(4) {
        return Some(owner);
    }
    let state = dice.pick(&[MemberState::Active, MemberState::Pending]);
    let member = (!free.is_empty()).then(|| dice.pick(&free));
    let members = member.map(|tenant_id| MemberSeed {
        tenant_id,
        display_name: "One of ours".to_owned(),
        role: MemberRole::Member,
        state,
    });
    let members = members.into_iter().collect();
    let display_name = "Adatum's".to_owned();
    seed.organizations.push(OrganizationSeed { owner, display_name, description: None, members });
    Some(owner)
}

fn is_in_one(seed: &Seed, tenant: Uuid) -> bool {
    let active = |member: &MemberSeed| member.tenant_id == tenant && member.state == MemberState::Active;
    seed.organizations.iter().any(|one| one.owner == tenant || one.members.iter().any(active))
}

/// Something happens between it and one of ours.
pub(crate) fn story(writer: &mut Writer<'_>) {
    let at = writer.dice.below(writer.calm_from);
    let names = writer.names();
    let ours = writer.dice.pick(&names);
    let foreign = id(writer.seed, NAME);
    match writer.dice.below(8) {
        0 | 1 => {
            if writer.dice.once_in(2) {
                let new = id(writer.seed, ours);
                writer.by_hand(at, NAME, ByHand::Adds(new));
            }
            joins(writer, at, ours);
        }
        2 => {
            let name = writer.fresh("PART");
            let command = leaves(&name, ours);
            writer.ask(at, command);
        }
        3 => {
            let out = id(writer.seed, ours);
            writer.by_hand(at, NAME, ByHand::Removes(out));
        }
        4 => {
            let name = writer.fresh("ADD");
            writer.ask(at, add(&name, &[NAME], &json!({"then": {"join": {}}})));
            let owner = id(writer.seed, "contoso");
            writer.by_hand(at + 300, NAME, ByHand::AsksToJoin(owner));
        }
        5 => {
            let (name, action) =
                (writer.fresh("SYNC"), writer.dice.pick(&["configure", "unshare", "status"]));
            let data = json!({"action": action, "source": ours, "targets": [foreign]});
            writer.ask(at, command("sync", &name, &data));
        }
        6 => {
            let name = writer.fresh("JOIN");
            writer.ask(at, join(&name, ours, &json!({})));
            let later = at + writer.dice.pick(&[0, 40, 900]);
            joins(writer, later, ours);
        }
        _ => {
            let name = writer.fresh("REMOVE");
            writer.ask(at, leave(&name, NAME, "remove", &json!({"cleanup": "settings"})));
        }
    }
}

fn joins(writer: &mut Writer<'_>, at: u64, ours: &str) {
    let name = writer.fresh("JOIN");
    let mut command = join(&name, ours, &json!({}));
    command["data"]["owner"] = json!(NAME);
    writer.ask(at, command);
}

fn leaves(name: &str, ours: &str) -> Value {
    let mut command = leave(name, ours, "leave", &json!({"cleanup": "settings"}));
    command["data"]["owner"] = json!(NAME);
    command
}

/// Ends its organization: who of ours is in it leaves, by a command; the rest its administrator does by hand.
pub(crate) fn ends(driver: &mut Driver, foreign: Uuid) {
    driver.passes(SETTLED);
    let Some(organization) = organization(driver, foreign) else { return };
    for row in organization["tenants"].as_array().unwrap() {
        let tenant: Uuid = row["tenantId"].as_str().unwrap().parse().unwrap();
        if row["state"] == "active" && tenant != foreign {
            driver.converges(&leaves(&driver.fresh("OUT"), &tenant.to_string()));
        } else if tenant != foreign {
            driver.does(&Deed::ByHand(foreign, ByHand::Removes(tenant)));
        }
        if driver.violated() {
            return;
        }
    }
    driver.passes(SETTLED);
    driver.does(&Deed::ByHand(foreign, ByHand::Removes(foreign)));
    driver.passes(SETTLED);
    if let Some(left) = organization_left(driver, foreign) {
        driver.violate(Invariant::Converges, left);
    }
}

fn organization_left(driver: &Driver, foreign: Uuid) -> Option<String> {
    organization(driver, foreign).map(|left| format!("an organization that is not ours is left: {left}"))
}

fn organization(driver: &Driver, foreign: Uuid) -> Option<Value> {
    let state = driver.world.simulator.state();
    let organizations = state["organizations"].as_array().unwrap();
    organizations.iter().find(|one| one["creator"] == foreign.to_string()).cloned()
}
