"""The join of a tenant, as a user of the SDKs would write it. See ../../README.md for what it leaves out.

The same variables as the function `join`: MTO_DIRECTORY, MTO_GRAPH_ROOT, MTO_LOGIN_ROOT, MTO_QUEUE_JOIN,
MTO_QUEUE_OUTCOMES.
"""

import asyncio
import json
import logging
import os
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import boto3
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.multi_tenant_organization_join_request_record import (
    MultiTenantOrganizationJoinRequestRecord,
)

GRAPH_ROOT = os.environ["MTO_GRAPH_ROOT"]
LOGIN_ROOT = os.environ["MTO_LOGIN_ROOT"]
JOIN_QUEUE = os.environ["MTO_QUEUE_JOIN"]
OUTCOMES_QUEUE = os.environ["MTO_QUEUE_OUTCOMES"]
SCOPES = ["https://graph.microsoft.com/.default"]
SHORTEST_DELAY_SECONDS = 15
LONGEST_DELAY_SECONDS = 900
BUDGET = timedelta(hours=12)


class Tenant:
    """A tenant of the directory, and Graph as its application sees it."""

    def __init__(self, known):
        self.id = known["tenantId"]
        self.name = known["name"]
        application = known["application"]
        login = urlsplit(LOGIN_ROOT)
        credential = ClientSecretCredential(
            self.id,
            application["clientId"],
            os.environ[application["credential"]["clientSecret"]["env"]],
            authority=login.geturl(),
            disable_instance_discovery=True,
        )
        hosts = [urlsplit(GRAPH_ROOT).hostname]
        provider = AzureIdentityAuthenticationProvider(credential, scopes=SCOPES, allowed_hosts=hosts)
        adapter = GraphRequestAdapter(provider)
        adapter.base_url = GRAPH_ROOT
        graph = GraphServiceClient(request_adapter=adapter)
        self.organization = graph.tenant_relationships.multi_tenant_organization


# Once a process, so that further messages find connections and tokens. The SDK's connections belong to one loop.
loop = asyncio.new_event_loop()
sqs = boto3.client("sqs")
tenants = [Tenant(known) for known in json.loads(os.environ["MTO_DIRECTORY"])["tenants"]]


def now():
    return datetime.now(timezone.utc)


def find(reference):
    for tenant in tenants:
        if reference in (tenant.id, tenant.name):
            return tenant
    raise LookupError(f"{reference} is not in the directory")


async def row_of(tenant, owner):
    """The owner's row of us; None if it has none."""
    row = owner.organization.tenants.by_multi_tenant_organization_member_id(tenant.id)
    try:
        return await row.get()
    except APIError as error:
        if error.response_status_code == 404:
            return None
        raise


async def step(tenant, owner, journal):
    """Looks, and takes the next step: how the command ends, or why it waits."""
    # One after the other: the SDK imports its models while it reads the first answer, and holds up the loop meanwhile.
    organization = await tenant.organization.get()
    request = await tenant.organization.join_request.get()
    if organization.state == "active":
        rows = (await tenant.organization.tenants.get()).value
        active = {row.tenant_id for row in rows if row.state == "active"}
        if {owner.id, tenant.id} <= active:
            return "succeeded", None
        return ("rejected", "in-another-organization") if tenant.id in active else (None, "settling")
    progress = request.transition_details and request.transition_details.status
    if request.added_by_tenant_id == owner.id and progress in ("notStarted", "running"):
        return None, "joining"
    if progress == "failed":
        return "failed", request.transition_details.details
    row = await row_of(tenant, owner)
    if row is None:
        return None, "not-added-yet"
    if row.state != "pending":
        return None, "settling"
    await tenant.organization.join_request.patch(
        MultiTenantOrganizationJoinRequestRecord(added_by_tenant_id=owner.id)
    )
    journal["writes"].append({"at": now().isoformat(), "what": "request-join", "tenant": tenant.id})
    return None, "joining"


def tell(command, kind, data):
    outcome = {
        "specversion": "1.0",
        "type": f"mto.join.{kind}.v1",
        "id": f"{command['id']}/{kind}",
        "source": command["source"],
        "time": now().isoformat(),
        "data": data,
    }
    sqs.send_message(QueueUrl=OUTCOMES_QUEUE, MessageBody=json.dumps(outcome))


def send_again(record, journal, reason):
    """The same body again, with a delay and the journal; then the message in hand is deleted."""
    if journal.get("waiting", {}).get("key") != reason:
        journal["waiting"] = {"key": reason, "since": now().isoformat()}
    waited = now() - datetime.fromisoformat(journal["waiting"]["since"])
    delay = min(LONGEST_DELAY_SECONDS, max(SHORTEST_DELAY_SECONDS, round(waited.total_seconds() / 4)))
    sqs.send_message(
        QueueUrl=JOIN_QUEUE,
        MessageBody=record["body"],
        DelaySeconds=delay,
        MessageAttributes={"journal": {"DataType": "String", "StringValue": json.dumps(journal)}},
    )
    sqs.delete_message(QueueUrl=JOIN_QUEUE, ReceiptHandle=record["receiptHandle"])


async def work(record):
    command = json.loads(record["body"])
    attribute = record["messageAttributes"].get("journal")
    if attribute:
        journal = json.loads(attribute["stringValue"])
    else:
        journal = {"firstLook": now().isoformat(), "looks": 0, "writes": []}
    journal["looks"] += 1
    tenant, owner = find(command["data"]["tenant"]), find(command["data"]["owner"])
    if journal["looks"] == 1:
        tell(command, "accepted", {})
    ends, reason = await step(tenant, owner, journal)
    if ends:
        tell(command, ends, {"reason": reason, "writes": journal["writes"]})
    elif now() - datetime.fromisoformat(journal["firstLook"]) > BUDGET:
        tell(command, "expired", {"reason": reason, "writes": journal["writes"]})
    else:
        if journal.get("waiting", {}).get("key") != reason:
            tell(command, "waiting", {"reason": reason})
        send_again(record, journal, reason)


async def work_on_all(records):
    done = await asyncio.gather(*(work(record) for record in records), return_exceptions=True)
    failed = []
    for record, result in zip(records, done):
        if isinstance(result, BaseException):
            logging.error("a message failed", exc_info=result)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def handler(event, _context):
    return loop.run_until_complete(work_on_all(event["Records"]))
