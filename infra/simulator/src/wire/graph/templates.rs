//! /policies/crossTenantAccessPolicy/templates/… (4).

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Call, context};
use crate::ids;
use crate::world::audit::{Activity, Entry};
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

    fn id(self, viewer: Uuid) -> Uuid {
        ids::derive("template", &[self.name(), &viewer.to_string()])
    }

    fn entry(self, viewer: Uuid, activity: Activity, old: &Template, new: &Template) -> Entry {
        let all = |template: &Template| Value::Object(template.values.clone());
        Entry::new(activity, self.id(viewer), Some(self.name().to_owned()))
            .changed("templateApplicationLevel", json!(old.level.text()), json!(new.level.text()))
            .changed("values", all(old), all(new))
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
        shown["id"] = json!(kind.id(viewer));
        shown["templateApplicationLevel"] = json!(template.level.text());
        return Ok(Answer::ok(shown));
    }
    let (fields, activity) = match kind {
        Kind::Partner => (properties::PARTNER_TEMPLATE, Activity::UpdatePartnerTemplate),
        Kind::Identity => (properties::IDENTITY_TEMPLATE, Activity::UpdateIdentityTemplate),
    };
    let old = template.clone();
    template.patch(fields, &call.object()?, empty_is_none)?;
    let entry = kind.entry(viewer, activity, &old, template);
    world.note(viewer, entry);
    Ok(Answer::no_content())
}

pub(super) fn reset(world: &mut World, viewer: Uuid, kind: Kind) -> Result<Answer, Refusal> {
    let (fresh, activity) = match kind {
        Kind::Partner => (Template::partner_default(), Activity::ResetPartnerTemplate),
        Kind::Identity => (Template::identity_default(), Activity::ResetIdentityTemplate),
    };
    let old = std::mem::replace(kind.of(world.tenant_mut(viewer)?), fresh.clone());
    world.note(viewer, kind.entry(viewer, activity, &old, &fresh));
    Ok(Answer::no_content())
}
