//! Writes `docs/schema/*.json` from the types: `cargo run -p mto-messages --features schema --example write_schema`.

use mto_messages::{Verb, schema};

fn main() -> std::io::Result<()> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema");
    for verb in Verb::ALL {
        write(folder, &format!("mto.{verb}.v1"), &schema::command(verb))?;
    }
    write(folder, "outcome", &schema::outcome())
}

fn write(folder: &str, name: &str, schema: &serde_json::Value) -> std::io::Result<()> {
    std::fs::write(format!("{folder}/{name}.json"), format!("{schema:#}\n"))
}
