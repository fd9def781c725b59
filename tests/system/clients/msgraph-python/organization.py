"""Forms an organization of the tenants in $TENANTS with Microsoft's Python SDK, or dissolves it: form | dissolve.

The first tenant is the owner. Prints what it sees at the end, as one line of JSON.
"""

import asyncio
import json
import os
import sys

from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from msgraph import GraphServiceClient
from msgraph.generated.models.multi_tenant_organization import MultiTenantOrganization
from msgraph.generated.models.multi_tenant_organization_join_request_record import (
    MultiTenantOrganizationJoinRequestRecord,
)
from msgraph.generated.models.multi_tenant_organization_member import MultiTenantOrganizationMember
from msgraph.generated.models.multi_tenant_organization_member_role import MultiTenantOrganizationMemberRole
from msgraph.generated.models.multi_tenant_organization_member_state import MultiTenantOrganizationMemberState
from msgraph.generated.models.multi_tenant_organization_state import MultiTenantOrganizationState

ACTIVE = MultiTenantOrganizationMemberState.Active


class Tenant:
    """A tenant, and Graph as its application sees it."""

    def __init__(self, known):
        self.id = known["tenantId"]
        self.name = known["displayName"]
        credential = ClientSecretCredential(self.id, known["clientId"], known["secret"])
        graph = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
        self.organization = graph.tenant_relationships.multi_tenant_organization

    async def join(self, owner):
        wanted = MultiTenantOrganizationJoinRequestRecord(added_by_tenant_id=owner.id)
        await self.organization.join_request.patch(wanted)
        # every look is a request, and the simulator does not throttle
        while (await self.organization.join_request.get()).member_state != ACTIVE:
            pass

    async def leave(self, tenant):
        row = self.organization.tenants.by_multi_tenant_organization_member_id(tenant.id)
        await row.delete()
        return row


async def form(owner, others):
    # the SDK has no PUT for this address; PATCH creates as well
    await owner.organization.patch(MultiTenantOrganization(display_name="Contoso group"))
    for tenant in others:
        member = MultiTenantOrganizationMember(
            tenant_id=tenant.id, display_name=tenant.name, role=MultiTenantOrganizationMemberRole.Member
        )
        added = await owner.organization.tenants.post(member)
        assert added.state == MultiTenantOrganizationMemberState.Pending, added
    await asyncio.gather(*(tenant.join(owner) for tenant in others))
    rows = (await owner.organization.tenants.get()).value
    return {row.display_name or "owner": [row.role.value, row.state.value] for row in rows}


async def dissolve(owner, others):
    for tenant in others:
        row = await owner.leave(tenant)
        while True:
            try:
                await row.get()
            except APIError as error:
                assert error.response_status_code == 404, error
                break
    await owner.leave(owner)
    while True:
        seen = await owner.organization.get()
        if seen.state == MultiTenantOrganizationState.Inactive:
            return {"state": seen.state.value}


async def main(what):
    owner, *others = [Tenant(known) for known in json.loads(os.environ["TENANTS"])]
    print(json.dumps(await {"form": form, "dissolve": dissolve}[what](owner, others)))


asyncio.run(main(sys.argv[1]))
