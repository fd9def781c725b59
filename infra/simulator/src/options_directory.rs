//! How users and cross-tenant synchronization behave (reference 6 and 7).

use serde::{Deserialize, Serialize};

/// Durations, limits and switches of directories and synchronization jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, named as in the documents")]
pub struct DirectoryOptions {
    /// How long an instantiated application is missing from reads (6.1 row 2). Default: 0.
    pub replication_delay_seconds: u64,
    /// From start to the first cycle (6.5: `NotRun`, later `Active`). Default: 60.
    pub start_delay_seconds: u64,
    /// Between the beginnings of two cycles (6.10). Default: 2,400 (40 minutes).
    pub cycle_interval_seconds: u64,
    /// What one object adds to a cycle's length; 600 to 4,800 are documented (0.01 to 0.08 minutes).
    /// Default: 1,200.
    pub milliseconds_per_object: u32,
    /// The first read after start shows an execution `Failed` of nothing (6.5). Default: false.
    pub first_execution_failed: bool,
    /// Internal guests are synchronized (9.4 row 16). Default: false.
    pub internal_guests: bool,
    /// Who comes back into scope within 30 days is restored (9.4 row 15). Default: true.
    pub restores_deleted: bool,
    /// Synchronized users count as redeemed at once, not at first use (5.6, unverified). Default: false.
    pub redeemed_at_once: bool,
    /// A tenant may have one configuration for another only (9.4 row 17): secrets that name a target which another
    /// configuration has are refused, with a code that is (unverified). Default: false.
    pub one_configuration_per_pair: bool,
    /// How long a deleted user can be restored (7.4). Default: 30 days.
    pub recycle_bin_seconds: u64,
    /// Failing objects from which their share counts (6.10). Default: 5,000.
    pub escrow_share_from: u32,
    /// That share, in percent; more is quarantine (6.10). Default: 40.
    pub escrow_share_percent: u32,
    /// Failing objects; more is quarantine (6.10). Default: 40,000.
    pub escrow_limit: u32,
    /// How long a job stays in quarantine before it is disabled (6.10). Default: 28 days.
    pub quarantine_disables_after_seconds: u64,
    /// From being listed to being found by people search (6.13: up to 7 days). Default: 4 hours.
    pub people_search_delay_seconds: u64,
    /// How long a delta token lives (7.4). Default: 7 days.
    pub delta_token_seconds: u64,
    /// Assigning somebody twice is a 409 and not a 400 (unverified). Default: false.
    pub duplicate_assignment_conflicts: bool,
    /// Reading secrets shows their values masked (6.4, unverified). Default: true.
    pub secrets_masked: bool,
    /// Provisioning log items kept per tenant, besides their retention. Default: 20,000.
    pub provisioning_log_capacity: u32,
}

impl Default for DirectoryOptions {
    fn default() -> Self {
        Self {
            replication_delay_seconds: 0,
            start_delay_seconds: 60,
            cycle_interval_seconds: 40 * 60,
            milliseconds_per_object: 1_200,
            first_execution_failed: false,
            internal_guests: false,
            restores_deleted: true,
            redeemed_at_once: false,
            one_configuration_per_pair: false,
            recycle_bin_seconds: 30 * 24 * 60 * 60,
            escrow_share_from: 5_000,
            escrow_share_percent: 40,
            escrow_limit: 40_000,
            quarantine_disables_after_seconds: 28 * 24 * 60 * 60,
            people_search_delay_seconds: 4 * 60 * 60,
            delta_token_seconds: 7 * 24 * 60 * 60,
            duplicate_assignment_conflicts: false,
            secrets_masked: true,
            provisioning_log_capacity: 20_000,
        }
    }
}
