//! The dump of the world: everything but secrets and tokens, in a fixed order.

use serde_json::{Value, json};

use crate::world::audit::Audit;
use crate::world::organization::{ChangeKind, Organization, Row};
use crate::world::policy::Partner;
use crate::world::tenant::Tenant;
use crate::world::{World, timestamp};

/// What there is.
pub(crate) fn state(world: &World) -> Value {
    let tokens = world.tokens.all();
    let mut tokens: Vec<Value> = tokens
        .map(|token| {
            json!({"tenantId": token.tenant, "clientId": token.client_id, "user": token.user,
                   "expires": timestamp(token.expires_at)})
        })
        .collect();
    tokens.sort_by_key(ToString::to_string);
    json!({
        "now": timestamp(world.now),
        "tenants": world.tenants.values().map(tenant).collect::<Vec<_>>(),
        "organizations": world.organizations.values().map(organization).collect::<Vec<_>>(),
        "directories": world.tenants.values().map(|one| super::people::directory(world, one)).collect::<Vec<_>>(),
        "tokens": tokens,
        "counters": world.counters,
        "audit": world.trail.entries.iter().map(audit).collect::<Vec<_>>(),
        "violations": world.violations(),
        "options": world.options,
    })
}

fn audit(audit: &Audit) -> Value {
    json!({
        "time": timestamp(audit.time),
        "tenant": audit.tenant,
        "activity": audit.entry.activity.name(),
        "target": audit.entry.target_id,
        "succeeded": audit.entry.failure.is_none(),
    })
}

fn tenant(tenant: &Tenant) -> Value {
    let partners = tenant.policy.partners.iter().map(|(id, held)| partner(*id, held));
    json!({
        "tenantId": tenant.tenant_id,
        "displayName": tenant.display_name,
        "defaultDomain": tenant.default_domain,
        "domains": tenant.domains,
        "internalUsers": tenant.internal_users,
        "organization": tenant.organization,
        "joinRequest": tenant.join_request.map(|request| json!({
            "owner": request.owner, "due": timestamp(request.due_at), "failed": request.failed,
        })),
        "lastJoinFailure": tenant.last_failure,
        "credentialBroken": tenant.credential_broken,
        "deniedPermissions": tenant.denied,
        "applications": tenant.applications.iter().map(|application| json!({
            "clientId": application.client_id,
            "secrets": application.secrets.len(),
            "certificates": application.certificates.len(),
            "federatedCredentials": application.federated_credentials,
            "permissions": application.permissions,
            "delegatedPermissions": application.delegated_permissions,
        })).collect::<Vec<_>>(),
        "signIns": tenant.sign_ins.iter().map(|user| json!({
            "id": user.id, "userPrincipalName": user.user_principal_name, "roles": user.roles,
        })).collect::<Vec<_>>(),
        "policy": tenant.policy.root,
        "defaultConfiguration": tenant.policy.default,
        "partnerTemplate": {
            "templateApplicationLevel": tenant.policy.partner_template.level.text(),
            "values": tenant.policy.partner_template.values,
        },
        "identityTemplate": {
            "templateApplicationLevel": tenant.policy.identity_template.level.text(),
            "values": tenant.policy.identity_template.values,
        },
        "partners": partners.collect::<Vec<_>>(),
    })
}

fn partner(id: uuid::Uuid, partner: &Partner) -> Value {
    json!({
        "tenantId": id,
        "isInMultiTenantOrganization": partner.in_organization,
        "configuration": partner.values.as_ref(),
        "identitySynchronization": partner.identity.as_deref(),
    })
}

fn organization(organization: &Organization) -> Value {
    json!({
        "key": organization.key,
        "displayName": organization.display_name,
        "description": organization.description,
        "creator": organization.creator,
        "created": timestamp(organization.created_at),
        "visible": timestamp(organization.visible_at),
        "tenants": organization.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(row: &Row) -> Value {
    let change = row.change.map(|change| {
        let kind = match change.kind {
            ChangeKind::Removal => json!("removal"),
            ChangeKind::Role(role) => json!({"role": role}),
        };
        json!({"kind": kind, "due": timestamp(change.due_at)})
    });
    json!({
        "tenantId": row.tenant_id,
        "displayName": row.display_name,
        "role": row.role,
        "wantedRole": row.wanted_role,
        "state": row.state,
        "addedBy": row.added_by,
        "added": timestamp(row.added_at),
        "joined": row.joined_at.map(timestamp),
        "change": change,
    })
}
