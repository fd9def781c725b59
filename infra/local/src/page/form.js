// Posting a command.

const at = (id) => document.getElementById(id);

let examples = [];
/** What the example put there; nobody has written into it yet if it still stands so. */
let filled = "";

function command(verb, data) {
  return { specversion: "1.0", type: `mto.${verb}.v1`, id: `page-${Date.now().toString(36)}`, source: "/page", data };
}

/** Examples for these tenants; the first is the owner. */
export function fillExamples(tenants) {
  const [owner, ...others] = tenants.map((tenant) => tenant.domain);
  const last = others.at(-1);
  const listed = tenants.slice(1).map((tenant) => ({ tenant: tenant.domain, displayName: tenant.displayName }));
  const create = {
    owner, displayName: tenants[0].displayName, templates: "admin-center", tenants: listed,
    // Among many, every pair costs requests.
    then: { join: { templates: "admin-center" }, ...(tenants.length <= 6 ? { sync: {} } : {}) },
  };
  examples = [
    ["Form an organization of all tenants", "create", create],
    ["Say what that would write", "create", { ...create, dryRun: true }],
    ["Status of the organization", "sync", { action: "status", owner }],
    ["Compare and repair its settings", "sync", { action: "settings", owner }],
    [`Share the users of ${others[0]} with ${owner}`, "sync", { source: others[0], targets: [owner] }],
    [`${last} leaves`, "leave", { tenant: last, owner, mode: "leave", cleanup: "settings", confirm: { tenant: last } }],
    [`${last} leaves, and takes its users back`, "leave",
      { tenant: last, owner, mode: "leave", cleanup: "users", confirm: { tenant: last, users: 20 } }],
    [`${last} joins again`, "add", { owner, tenants: listed.slice(-1), then: { join: {}, sync: {} } }],
  ];
  const select = at("example");
  const chosen = Math.max(0, select.selectedIndex);
  select.replaceChildren(...examples.map(([text]) => new Option(text)));
  select.selectedIndex = chosen;
  if (at("body").value === filled) fill();
}

function fill() {
  const [, verb, data] = examples[at("example").selectedIndex];
  filled = JSON.stringify(command(verb, data), null, 2);
  at("body").value = filled;
  filled = at("body").value;
}

async function post() {
  const response = await fetch("/commands", {
    method: "POST", headers: { "content-type": "application/json" }, body: at("body").value,
  });
  return [response.ok, await response.json()];
}

function say(text, isGood) {
  at("posted").textContent = text;
  at("posted").className = isGood ? "good" : "bad";
}

export function listenToForm() {
  at("example").addEventListener("change", fill);
  at("post").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const [isTaken, answer] = await post();
      say(isTaken ? `taken: ${answer.type} ${answer.id}` : answer.error, isTaken);
      // The same once more is another command.
      if (isTaken && at("body").value === filled) fill();
    } catch {
      say("not sent: the server does not answer", false);
    }
  });
  at("body").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("post").requestSubmit();
  });
}
