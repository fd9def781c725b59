//! What each function's application may do: the table of `mto_handler::permissions`, held to what is really asked
//! of Graph, and `docs/operations.md`, held to the table.

mod claims;
mod documents;
mod forged;
mod missing;
mod play;
mod stories;
mod table;
mod users;
mod users_lacking;
