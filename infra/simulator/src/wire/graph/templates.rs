//! /policies/crossTenantAccessPolicy/templates/… (4).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context};
use crate::ids;
use crate::world::templates::Template;
use crate::world::tenant::Tenant;
use crate::world::{Refusal, World, properties};

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Partner,
    Identity,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Partner => "multiTenantOrganizationPartnerConfiguration",
            Self::Identity => "multiTenantOrganizationIdentitySynchronization",
        }
    }

    fn of(self, tenant: &mut Tenant) -> &mut Template {
        match self {
            Self::Partner => &mut tenant.policy.partner_template,
            Self::Identity => &mut tenant.policy.identity_template,
        }
    }
}

pub(super) fn serve(world: &mut World, viewer: Uuid, call: &Call, kind: Kind) -> Result<Answer, Refusal> {
    let empty_is_none = world.options.empty_template_level;
    let template = kind.of(world.tenant_mut(viewer)?);
    if call.method == Method::GET {
        let mut shown = Value::Object(template.values.clone());
        shown["@odata.context"] =
            context(&format!("policies/crossTenantAccessPolicy/templates/{}/$entity", kind.name()));
        shown["id"] = json!(ids::derive("template", &[kind.name(), &viewer.to_string()]));
        shown["templateApplicationLevel"] = json!(template.level.text());
        return Ok(Answer::ok(shown));
    }
    let (fields, activity) = match kind {
        Kind::Partner => {
            (properties::PARTNER_TEMPLATE, "Update a multi tenant org partner configuration template")
        }
        Kind::Identity => {
            (properties::IDENTITY_TEMPLATE, "Update a multi tenant org identity sync policy template")
        }
    };
    template.patch(fields, &call.object()?, empty_is_none)?;
    world.note(viewer, activity, kind.name());
    Ok(Answer::no_content())
}

pub(super) fn reset(world: &mut World, viewer: Uuid, kind: Kind) -> Result<Answer, Refusal> {
    let (fresh, activity) = match kind {
        Kind::Partner => {
            (Template::partner_default(), "Reset a multi tenant org partner configuration template")
        }
        Kind::Identity => {
            (Template::identity_default(), "Reset a multi tenant org identity sync policy template")
        }
    };
    *kind.of(world.tenant_mut(viewer)?) = fresh;
    world.note(viewer, activity, kind.name());
    Ok(Answer::no_content())
}
