//! JSON Schema of the messages, generated from the types (feature `schema`); `docs/schema` holds the result.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    AddData, ApplicationLevel, CreateData, JoinData, JoinWish, LeaveData, OutcomeData, SyncData,
    TemplateValues, TenantRef, Verb,
};

/// How [`crate::Templates`] stands on the wire.
#[derive(Deserialize, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum TemplatesOnTheWire {
    /// A preset.
    Preset(TemplatesPreset),
    /// The values themselves.
    Values(TemplateValues),
}

/// Named sets of template values.
#[derive(Deserialize, JsonSchema)]
pub(crate) enum TemplatesPreset {
    /// What the Microsoft 365 admin center writes.
    #[schemars(rename = "admin-center")]
    AdminCenter,
    /// Back to the service's defaults.
    #[schemars(rename = "default")]
    Default,
}

/// How `templateApplicationLevel` stands on the wire.
#[derive(Deserialize, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum LevelsOnTheWire {
    /// The partners it applies to.
    List(Vec<ApplicationLevel>),
    /// Flags with commas, as Graph writes them, or `none`.
    Flags(String),
}

/// How [`crate::SyncTargets`] stands on the wire.
#[derive(Deserialize, JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) enum SyncTargetsOnTheWire {
    /// Every other active member.
    All(AllTargets),
    /// The tenants named.
    Tenants(Vec<TenantRef>),
}

/// The word for all targets.
#[derive(Deserialize, JsonSchema)]
pub(crate) enum AllTargets {
    /// Every other active member.
    #[schemars(rename = "all")]
    All,
}

/// `then.join`: a boolean or an object.
pub(crate) fn join_wish(generator: &mut SchemaGenerator) -> Schema {
    let object = generator.subschema_for::<JoinWish>();
    schemars::json_schema!({ "anyOf": [{ "type": "boolean" }, object, { "type": "null" }] })
}

/// The schema of one verb's command.
pub fn command(verb: Verb) -> Value {
    let data = match verb {
        Verb::Create => schema_of::<CreateData>(),
        Verb::Add => schema_of::<AddData>(),
        Verb::Join => schema_of::<JoinData>(),
        Verb::Leave => schema_of::<LeaveData>(),
        Verb::Sync => schema_of::<SyncData>(),
    };
    let kind = verb.command_type();
    let title = format!("Command {kind}");
    let mut schema = envelope(&title, &json!({ "const": kind }), data, &["type", "id", "source", "data"]);
    for name in ["source", "subject", "replyto", "requestedby", "root"] {
        schema["properties"][name]["maxLength"] = json!(300);
    }
    schema["properties"]["id"]["description"] =
        json!("Names the command within its source. At most 150 characters, if \"root\" is not set.");
    schema["properties"]["id"]["maxLength"] = json!(400);
    schema
}

/// The schema of every outcome.
pub fn outcome() -> Value {
    let kind = json!({
        "type": "string",
        "pattern": "^mto\\.(create|add|join|leave|sync)\\.\
                    (accepted|waiting|succeeded|rejected|failed|expired|planned)\\.v1$"
    });
    let required = ["specversion", "type", "id", "source", "time", "data"];
    envelope("Outcome", &kind, schema_of::<OutcomeData>(), &required)
}

fn schema_of<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// Lifts the definitions of `data` to the top, where its references point.
fn envelope(title: &str, kind: &Value, mut data: Value, required: &[&str]) -> Value {
    let definitions = data.as_object_mut().and_then(|data| {
        data.remove("$schema");
        data.remove("$defs")
    });
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "required": required,
        "properties": {
            "specversion": { "const": "1.0" },
            "type": kind,
            "id": text("Names the event within its source."),
            "source": text("Who sent it, a URI reference."),
            "time": { "type": "string", "format": "date-time" },
            "subject": text("What it is about; for the reader only."),
            "replyto": text("Where outcomes are to be told."),
            "requestedby": text("The person behind the command."),
            "root": text("The id of the command that led to this one."),
            "datacontenttype": { "const": "application/json" },
            "data": data,
        },
        "$defs": definitions.unwrap_or_else(|| json!({})),
    })
}
