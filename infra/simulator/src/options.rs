//! How the simulated service behaves: durations, limits, and one switch for every point where the documents
//! disagree or are silent (graph-reference section 9.4, numbers in the field docs).

use serde::{Deserialize, Serialize};

use crate::options_directory::DirectoryOptions;

/// The order of the rows of `GET …/tenants`. The service documents none (reference 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListOrder {
    /// In the order of adding: the creator first, as in the API reference's sample.
    Added,
    /// By tenant id, so that a client that relies on the order of adding is found out.
    TenantId,
}

/// What a join does to a partner configuration that was there before (9.4 row 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExistingPartners {
    /// As the template's `templateApplicationLevel` says.
    PerTemplateLevel,
    /// The existing one is used as it is (SEED-0).
    Kept,
    /// It is updated from the template whatever the level (SEED-2).
    Updated,
}

/// Limits per app and tenant (reference 8.3), in resource units and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Throttling {
    /// Whether requests are counted at all. Default: false.
    pub enabled: bool,
    /// Resource units per 10 s for a tenant of fewer than 50 users. Default: 3,500.
    pub small_tenant_units: u32,
    /// The same for 50 to 500 users. Default: 5,000.
    pub medium_tenant_units: u32,
    /// The same for more than 500 users. Default: 8,000.
    pub large_tenant_units: u32,
    /// Writes per 150 s, whatever the size. Default: 3,000.
    pub writes: u32,
}

impl Default for Throttling {
    fn default() -> Self {
        Self {
            enabled: false,
            small_tenant_units: 3_500,
            medium_tenant_units: 5_000,
            large_tenant_units: 8_000,
            writes: 3_000,
        }
    }
}

/// All options. JSON is camelCase; a missing field has its default; an unknown one is refused.
///
/// ```
/// let options: entra_simulator::Options = serde_json::from_str(r#"{"strictRemoval":true}"#)?;
/// assert!(options.strict_removal);
/// assert_eq!(options.tenant_limit, 100);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, named as in the documents")]
pub struct Options {
    /// How long after PUT the organization is missing from GET (1.2: "some minutes"). Default: 0.
    pub creation_visible_after_seconds: u64,
    /// How long a join request stays `notStarted` before it is `running`. Default: 60.
    pub join_queued_for_seconds: u64,
    /// From PATCH joinRequest to its end, good or bad (row 1). Default: 7,200 (two hours).
    pub join_duration_seconds: u64,
    /// Preview: a join that ends earlier than this after the adding fails (row 2). Default: 0.
    pub add_to_join_wait_seconds: u64,
    /// How long removals and role changes stay `notStarted` before they are `running`. Default: 60.
    pub change_queued_for_seconds: u64,
    /// From DELETE to the row being gone (2.9: minutes, the CLI says up to two hours). Default: 300.
    pub removal_duration_seconds: u64,
    /// From PATCH role to the new role. Default: 120.
    pub role_change_duration_seconds: u64,

    /// Active tenants of one organization, checked at join (9.2). Default: 100.
    pub tenant_limit: u32,
    /// The preview's limits instead: 5 tenants, 100,000 internal users. Default: false.
    pub preview_limits: bool,
    /// Whether the internal-user limit of owner and joiner is checked at join (row 12). Default: false.
    pub internal_user_limit_at_join: bool,
    /// That limit. Default: 100,000.
    pub internal_user_limit: u32,

    /// Preview: a tenant with tenant restrictions, in the default or for the owner, fails to join (3.3, 9.2).
    /// Default: false.
    pub tenant_restrictions_block_join: bool,

    /// Owners and the creator cannot be removed by others (row 3, the walk-through). Default: false.
    pub strict_removal: bool,
    /// DELETE of a tenant answers 200 with the row (row 4). Default: false: 204.
    pub delete_answers_member: bool,
    /// Pending rows carry transitionDetails when read (row 5). Default: true.
    pub pending_transition_in_list: bool,
    /// A pending row shows its wanted role at once (row 6). Default: false: old role and a desire.
    pub wanted_role_at_once: bool,
    /// POST with a role answers that role (2.4, unverified). Default: true.
    pub post_echoes_role: bool,
    /// The join record shows `active` straight after PATCH (row 7, 2023). Default: false.
    pub join_record_active_at_once: bool,
    /// An empty or null templateApplicationLevel counts as `none` (row 8). Default: true.
    pub empty_template_level: bool,
    /// `$select` works on templates (row 9). Default: true.
    pub template_select: bool,
    /// A second PUT of identitySynchronization replaces (row 10). Default: false: 409.
    pub sync_policy_put_replaces: bool,
    /// The MTO endpoints exist in this cloud (row 11). Default: true.
    pub organizations_available: bool,
    /// What a join does to existing partner configurations (row 13). Default: `perTemplateLevel`.
    pub existing_partners_at_join: ExistingPartners,
    /// PUT creates an organization (row 20). Default: true.
    pub put_creates: bool,
    /// PATCH creates one where there is none (row 20). Default: true.
    pub patch_creates: bool,
    /// `/tenant/{id}` works like `/tenants/{id}` (row 21, a typing error of the documents). Default: false.
    pub singular_tenant_path: bool,
    /// The last owner may leave although members remain (row 23, SEED-1); this breaks a design constraint.
    /// Default: false.
    pub last_owner_may_leave: bool,

    /// A failed join has to be reset with the zero GUID before another try counts (3.3). Default: true.
    pub retry_needs_reset: bool,
    /// A join may name any active owner, not only the one that added the tenant (unverified). Default: false.
    pub join_by_any_owner: bool,
    /// A row may be added for a tenant that the simulator does not hold (unverified). Default: true.
    pub unknown_tenants_may_be_added: bool,
    /// A row shows state `removed` while its removal is `running` (2.5, "possible"). Default: false.
    pub removed_state_while_running: bool,
    /// GET shows an id although the tenant is in no organization (1.2, PowerShell). Default: false.
    pub inactive_shows_id: bool,
    /// Member rows show `id` and `deletedDateTime` (2.4: PowerShell does). Default: true.
    pub member_ids: bool,
    /// Bodies carry properties the metadata does not declare (2.1, 5.4). Default: false.
    pub undeclared_properties: bool,
    /// The partner configuration of an active fellow tenant may be deleted (5.4, unverified). Default: false.
    pub fellow_partner_may_be_deleted: bool,
    /// A cloud solution provider and its customer may share an organization (9.1). Default: false.
    pub provider_and_customer_may_share: bool,
    /// Audit activities take `Directory.Read.All` beside `AuditLog.Read.All`, as the page of the API has it (the
    /// reference is silent). Default: false.
    pub audits_need_directory_read: bool,
    /// The order of `GET …/tenants`. Default: `added`.
    pub list_order: ListOrder,

    /// Rows of one page of the partner list. Default: 100; at least 1.
    pub page_size: u32,
    /// The documented limits. Default: not enabled.
    pub throttling: Throttling,
    /// Requests kept in the log. Default: 10,000; the oldest go first.
    pub request_log_capacity: u32,
    /// Largest request body. Default: 1 MiB.
    pub max_body_bytes: u32,
    /// Users and cross-tenant synchronization.
    pub directory: DirectoryOptions,
    /// Reserved for faults drawn from a seed. Default: 0.
    pub fault_seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            creation_visible_after_seconds: 0,
            join_queued_for_seconds: 60,
            join_duration_seconds: 2 * 60 * 60,
            add_to_join_wait_seconds: 0,
            change_queued_for_seconds: 60,
            removal_duration_seconds: 5 * 60,
            role_change_duration_seconds: 2 * 60,
            tenant_limit: 100,
            preview_limits: false,
            internal_user_limit_at_join: false,
            internal_user_limit: 100_000,
            tenant_restrictions_block_join: false,
            strict_removal: false,
            delete_answers_member: false,
            pending_transition_in_list: true,
            wanted_role_at_once: false,
            post_echoes_role: true,
            join_record_active_at_once: false,
            empty_template_level: true,
            template_select: true,
            sync_policy_put_replaces: false,
            organizations_available: true,
            existing_partners_at_join: ExistingPartners::PerTemplateLevel,
            put_creates: true,
            patch_creates: true,
            singular_tenant_path: false,
            last_owner_may_leave: false,
            retry_needs_reset: true,
            join_by_any_owner: false,
            unknown_tenants_may_be_added: true,
            removed_state_while_running: false,
            inactive_shows_id: false,
            member_ids: true,
            undeclared_properties: false,
            fellow_partner_may_be_deleted: false,
            provider_and_customer_may_share: false,
            audits_need_directory_read: false,
            list_order: ListOrder::Added,
            page_size: 100,
            throttling: Throttling::default(),
            request_log_capacity: 10_000,
            max_body_bytes: 1024 * 1024,
            directory: DirectoryOptions::default(),
            fault_seed: 0,
        }
    }
}

impl Options {
    /// The defaults with what a real tenant adds: creation shows late, documented throttling, undeclared
    /// properties, rows in no helpful order.
    pub fn realistic() -> Self {
        Self {
            creation_visible_after_seconds: 120,
            undeclared_properties: true,
            list_order: ListOrder::TenantId,
            throttling: Throttling { enabled: true, ..Throttling::default() },
            directory: DirectoryOptions { replication_delay_seconds: 15, ..DirectoryOptions::default() },
            ..Self::default()
        }
    }

    /// The defaults without waiting: every change is done when the world is looked at the next time.
    pub fn immediate() -> Self {
        Self {
            join_queued_for_seconds: 0,
            join_duration_seconds: 0,
            change_queued_for_seconds: 0,
            removal_duration_seconds: 0,
            role_change_duration_seconds: 0,
            directory: DirectoryOptions {
                start_delay_seconds: 0,
                milliseconds_per_object: 0,
                people_search_delay_seconds: 0,
                ..DirectoryOptions::default()
            },
            ..Self::default()
        }
    }

    /// The number of active tenants an organization may have.
    pub(crate) fn active_tenant_limit(&self) -> usize {
        if self.preview_limits { 5 } else { usize::try_from(self.tenant_limit).unwrap_or(usize::MAX) }
    }

    pub(crate) fn internal_users_checked(&self) -> bool {
        self.preview_limits || self.internal_user_limit_at_join
    }
}
