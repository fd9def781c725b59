//! The world as it is when a run begins: who is there, and how the service behaves.

use entra_simulator::{ListOrder, MemberRole, MemberState, Options, Seed};
use uuid::Uuid;

use super::dice::Dice;
use crate::{seed_with_organization, with_open_mesh};

pub(crate) fn world(formed: bool, dice: &mut Dice) -> Seed {
    let tenants = 3 + dice.index(2);
    if !formed {
        return Seed::demo(tenants);
    }
    let role = dice.pick(&[MemberRole::Owner, MemberRole::Member]);
    let rows = [
        ("fabrikam", role, MemberState::Active),
        ("tailspin", MemberRole::Member, dice.pick(&[MemberState::Active, MemberState::Pending])),
    ];
    let seed = seed_with_organization(tenants, &rows);
    if dice.once_in(2) { with_open_mesh(seed) } else { seed }
}

/// Every user and group gets an id that commands can name.
pub(crate) fn with_ids(mut seed: Seed) -> Seed {
    for (tenant, number) in seed.tenants.iter_mut().zip(1_u128..) {
        for (user, index) in tenant.users.iter_mut().zip(1_u128..) {
            user.id = Some(Uuid::from_u128(number << 32 | index));
        }
        for (group, index) in tenant.groups.iter_mut().zip(1_u128..) {
            group.id = Some(Uuid::from_u128(number << 32 | 0xa000 | index));
        }
    }
    seed
}

/// The service within what its documents allow.
pub(crate) fn options(dice: &mut Dice) -> Options {
    let mut options = Options {
        creation_visible_after_seconds: dice.pick(&[0, 30, 150]),
        join_duration_seconds: dice.pick(&[60, 600, 3_000]),
        removal_duration_seconds: dice.pick(&[20, 300, 1_800]),
        role_change_duration_seconds: dice.pick(&[20, 120, 900]),
        strict_removal: dice.once_in(3),
        delete_answers_member: dice.once_in(3),
        pending_transition_in_list: !dice.once_in(3),
        wanted_role_at_once: dice.once_in(3),
        removed_state_while_running: dice.once_in(3),
        sync_policy_put_replaces: dice.once_in(3),
        undeclared_properties: dice.once_in(2),
        list_order: dice.pick(&[ListOrder::Added, ListOrder::TenantId]),
        request_log_capacity: 100,
        ..Options::default()
    };
    options.directory.replication_delay_seconds = dice.pick(&[0, 15, 60]);
    options.directory.cycle_interval_seconds = dice.pick(&[600, 2_400]);
    options.directory.first_execution_failed = dice.once_in(3);
    options
}
