// The join of a tenant, as a user of the two SDKs would write it. See ../../README.md for what it leaves out.
//
// The same variables as the function `join`: MTO_DIRECTORY, MTO_GRAPH_ROOT, MTO_LOGIN_ROOT, MTO_QUEUE_JOIN,
// MTO_QUEUE_OUTCOMES.

import { ConfidentialClientApplication } from "@azure/msal-node";
import { DeleteMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Client, GraphError } from "@microsoft/microsoft-graph-client";

const ORGANIZATION = "/tenantRelationships/multiTenantOrganization";
const SCOPES = ["https://graph.microsoft.com/.default"];
const { MTO_GRAPH_ROOT, MTO_LOGIN_ROOT, MTO_QUEUE_JOIN, MTO_QUEUE_OUTCOMES } = process.env;
const SHORTEST_DELAY_SECONDS = 15;
const LONGEST_DELAY_SECONDS = 900;
const BUDGET_MS = 12 * 60 * 60 * 1000;

// Once a process, so that further messages find connections and tokens.
const sqs = new SQSClient({});
const tenants = JSON.parse(process.env.MTO_DIRECTORY).tenants.map(graphOf);

/** A tenant of the directory, and Graph as its application sees it. */
function graphOf({ tenantId, name, application }) {
  const login = new URL(MTO_LOGIN_ROOT);
  const confidential = new ConfidentialClientApplication({
    auth: {
      clientId: application.clientId,
      clientSecret: process.env[application.credential.clientSecret.env],
      authority: new URL(tenantId, login).href,
      knownAuthorities: [login.host],
    },
  });
  const root = new URL(MTO_GRAPH_ROOT);
  const graph = Client.initWithMiddleware({
    authProvider: {
      getAccessToken: async () =>
        (await confidential.acquireTokenByClientCredential({ scopes: SCOPES })).accessToken,
    },
    baseUrl: root.origin,
    defaultVersion: root.pathname.slice(1),
    customHosts: new Set([root.hostname]), // else the client keeps its token to itself
  });
  return { id: tenantId, name, at: (path = "") => graph.api(ORGANIZATION + path) };
}

function find(reference) {
  const tenant = tenants.find(({ id, name }) => id === reference || name === reference);
  if (!tenant) throw new Error(`${reference} is not in the directory`);
  return tenant;
}

/** The owner's row of us; null if it has none. */
async function rowOf(tenant, owner) {
  try {
    return await owner.at(`/tenants/${tenant.id}`).get();
  } catch (error) {
    if (error instanceof GraphError && error.statusCode === 404) return null;
    throw error;
  }
}

/** Looks, and takes the next step: how the command ends, or why it waits. */
async function step(tenant, owner, journal) {
  const [organization, request] = await Promise.all([tenant.at().get(), tenant.at("/joinRequest").get()]);
  if (organization.state === "active") {
    const { value: rows } = await tenant.at("/tenants").get();
    const isActive = (id) => rows.some((row) => row.tenantId === id && row.state === "active");
    if (isActive(owner.id) && isActive(tenant.id)) return { ends: "succeeded" };
    return isActive(tenant.id) ? { ends: "rejected", reason: "in-another-organization" } : { waits: "settling" };
  }
  const progress = request.transitionDetails?.status;
  if (request.addedByTenantId === owner.id && (progress === "notStarted" || progress === "running")) {
    return { waits: "joining" };
  }
  if (progress === "failed") return { ends: "failed", reason: request.transitionDetails.details };
  const row = await rowOf(tenant, owner);
  if (!row) return { waits: "not-added-yet" };
  if (row.state !== "pending") return { waits: "settling" };
  await tenant.at("/joinRequest").patch({ addedByTenantId: owner.id });
  journal.writes.push({ at: new Date().toISOString(), what: "request-join", tenant: tenant.id });
  return { waits: "joining" };
}

const tell = (command, kind, data) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: MTO_QUEUE_OUTCOMES,
      MessageBody: JSON.stringify({
        specversion: "1.0",
        type: `mto.join.${kind}.v1`,
        id: `${command.id}/${kind}`,
        source: command.source,
        time: new Date().toISOString(),
        data,
      }),
    }),
  );

/** The same body again, with a delay and the journal; then the message in hand is deleted. */
async function sendAgain(record, journal, reason) {
  const now = Date.now();
  if (journal.waiting?.key !== reason) journal.waiting = { key: reason, since: new Date(now).toISOString() };
  const waited = (now - Date.parse(journal.waiting.since)) / 1000;
  const delay = Math.min(LONGEST_DELAY_SECONDS, Math.max(SHORTEST_DELAY_SECONDS, Math.round(waited / 4)));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: MTO_QUEUE_JOIN,
      MessageBody: record.body,
      DelaySeconds: delay,
      MessageAttributes: { journal: { DataType: "String", StringValue: JSON.stringify(journal) } },
    }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl: MTO_QUEUE_JOIN, ReceiptHandle: record.receiptHandle }));
}

async function work(record) {
  const command = JSON.parse(record.body);
  const journal = JSON.parse(record.messageAttributes.journal?.stringValue ?? "null") ?? {
    firstLook: new Date().toISOString(),
    looks: 0,
    writes: [],
  };
  journal.looks += 1;
  const [tenant, owner] = [find(command.data.tenant), find(command.data.owner)];
  if (journal.looks === 1) await tell(command, "accepted", {});
  const { ends, waits, reason } = await step(tenant, owner, journal);
  if (ends) {
    await tell(command, ends, { reason, writes: journal.writes });
  } else if (Date.now() - Date.parse(journal.firstLook) > BUDGET_MS) {
    await tell(command, "expired", { reason: waits, writes: journal.writes });
  } else {
    if (journal.waiting?.key !== waits) await tell(command, "waiting", { reason: waits });
    await sendAgain(record, journal, waits);
  }
}

export async function handler(event) {
  const done = await Promise.allSettled(event.Records.map(work));
  const failed = event.Records.filter((_, index) => {
    const { status, reason } = done[index];
    if (status === "rejected") console.error(reason);
    return status === "rejected";
  });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
