//! …/jobs/{id}/schema (6.7) and the small lists below it (6.1 row 17).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::{Answer, Call, context};
use super::route::SchemaPart;
use crate::world::sync::schema::OPERATORS;
use crate::world::{Refusal, World};

pub(super) fn serve(
    world: &mut World,
    viewer: Uuid,
    call: &Call,
    principal: Uuid,
    job: &str,
) -> Result<Answer, Refusal> {
    match call.method {
        Method::PUT => {
            let schema = call.object()?;
            if schema.is_empty() {
                return Err(Refusal::Bad("A schema is required.".to_owned()));
            }
            world.set_schema(viewer, principal, job, Some(Value::Object(schema)))?;
            Ok(Answer::no_content())
        }
        Method::DELETE => {
            world.set_schema(viewer, principal, job, None)?;
            Ok(Answer::no_content())
        }
        _ => {
            let mut shown = world.job(viewer, principal, job)?.schema();
            let name =
                format!("servicePrincipals('{principal}')/synchronization/jobs('{job}')/schema/$entity");
            shown["@odata.context"] = context(&name);
            Ok(Answer::ok(shown))
        }
    }
}

/// What the engine evaluates, and no more.
pub(super) fn part(
    world: &World,
    viewer: Uuid,
    principal: Uuid,
    job: &str,
    part: SchemaPart,
) -> Result<Answer, Refusal> {
    world.job(viewer, principal, job)?;
    let value: Vec<Value> = match part {
        SchemaPart::Functions => vec![json!({"name": "Append", "parameters": [
            {"name": "source", "type": "String", "required": true},
            {"name": "suffix", "type": "String", "required": true},
        ]})],
        SchemaPart::FilterOperators => OPERATORS
            .iter()
            .map(|(name, arity)| {
                let kind = if *arity == 1 { "Unary" } else { "Binary" };
                json!({"name": name, "arity": kind, "multivaluedComparisonType": "All", "supportedAttributeTypes": ["String", "Boolean"]})
            })
            .collect(),
    };
    let name = match part {
        SchemaPart::Functions => "functions",
        SchemaPart::FilterOperators => "filterOperators",
    };
    Ok(Answer::ok(json!({"@odata.context": context(name), "value": value})))
}
