//! Stories of whole commands, by the functions' own code over the in-process queues, against the simulator.

mod cleanup_review;
mod concurrency;
mod create_and_add;
mod deliveries;
mod economy;
mod ends;
mod faults;
mod federated;
mod formation;
mod join_stories;
mod join_table;
mod journal;
mod leave;
mod leave_cleanup;
mod leave_deliveries;
mod leave_refused;
mod leave_review;
mod leave_seeds;
mod refusals;
mod review;
mod roles;
mod seeds;
mod trace;
