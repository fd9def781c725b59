//! The world that `serve` keeps up, over HTTP as a browser and curl see it.

mod commands;
mod document;
mod events;
mod files;
mod guard;
mod program;
mod state;
mod support;
mod time;
