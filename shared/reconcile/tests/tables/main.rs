//! Every decision table, row by row; the fixed points; the reasons.

mod add_table;
mod create_table;
mod fixed_point;
mod join_end_table;
mod join_scene;
mod join_table;
mod leave_end_table;
mod leave_scene;
mod leave_table;
mod leave_users_table;
mod reasons;
mod settings_close_table;
mod settings_properties;
mod settings_scene;
mod settings_table;
mod support;
mod sync_end_table;
mod sync_progress_table;
mod sync_scene;
mod sync_status_table;
mod sync_table;
mod timing;
mod worlds;
