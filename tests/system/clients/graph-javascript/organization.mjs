// Forms an organization of the tenants in $TENANTS with Microsoft's JavaScript client, or dissolves it: form | dissolve.
//
// Graph and the login service are at $ROOT, https. The first tenant is the owner. Prints what it sees at the end, as one
// line of JSON.

import { ConfidentialClientApplication } from "@azure/msal-node";
import { Client, GraphError } from "@microsoft/microsoft-graph-client";

const ROOT = new URL(process.env.ROOT);
const ORGANIZATION = "/tenantRelationships/multiTenantOrganization";

/** A tenant, and Graph as its application sees it. */
class Tenant {
  constructor({ tenantId, displayName, clientId, secret }) {
    this.id = tenantId;
    this.name = displayName;
    const application = new ConfidentialClientApplication({
      auth: {
        clientId,
        clientSecret: secret,
        authority: new URL(tenantId, ROOT).href,
        knownAuthorities: [ROOT.host],
      },
    });
    const scopes = ["https://graph.microsoft.com/.default"];
    this.graph = Client.initWithMiddleware({
      authProvider: {
        getAccessToken: async () => (await application.acquireTokenByClientCredential({ scopes })).accessToken,
      },
      baseUrl: ROOT.href,
      customHosts: new Set([ROOT.hostname]), // else the client keeps its token to itself
    });
  }

  at(path = "") {
    return this.graph.api(ORGANIZATION + path);
  }

  async join(owner) {
    await this.at("/joinRequest").patch({ addedByTenantId: owner.id });
    // every look is a request, and the simulator does not throttle
    while ((await this.at("/joinRequest").get()).memberState !== "active");
  }
}

/** Whether the row is gone: 404. */
async function isGone(row) {
  try {
    await row.get();
    return false;
  } catch (error) {
    if (error instanceof GraphError && error.statusCode === 404) return true;
    throw error;
  }
}

async function form(owner, others) {
  await owner.at().put({ displayName: "Contoso group" });
  for (const { id, name } of others) {
    await owner.at("/tenants").post({ tenantId: id, displayName: name, role: "member" });
  }
  await Promise.all(others.map((tenant) => tenant.join(owner)));
  const { value } = await owner.at("/tenants").get();
  return Object.fromEntries(value.map(({ displayName, role, state }) => [displayName, [role, state]]));
}

async function dissolve(owner, others) {
  for (const { id } of others) {
    await owner.at(`/tenants/${id}`).delete();
    while (!(await isGone(owner.at(`/tenants/${id}`))));
  }
  await owner.at(`/tenants/${owner.id}`).delete();
  for (;;) {
    const { state } = await owner.at().get();
    if (state === "inactive") return { state };
  }
}

const [owner, ...others] = JSON.parse(process.env.TENANTS).map((known) => new Tenant(known));
const seen = await { form, dissolve }[process.argv[2]](owner, others);
console.log(JSON.stringify(seen));
