// The page: follows /events, and shows what /state and /outcomes say.

import { fillExamples, listenToForm } from "./form.js";
import { Matrix } from "./matrix.js";
import { element, moment, setText, STATES, count, withoutIds } from "./parts.js";
import { Flight } from "./flight.js";
import { Timeline } from "./timeline.js";

const at = (id) => document.getElementById(id);

/** What /state says, with items by key. */
const state = { run: null, version: -1, speed: 1, tenants: new Map(), organizations: new Map(), pairs: new Map(),
  commands: new Map(), deadLetters: 0 };
/** The simulated time that was told last, and when that was here. */
let told = null;
/** The highest version that was heard of. */
let heard = -1;

const nameOf = (id) => state.tenants.get(id)?.displayName ?? id;
const matrix = new Matrix(at("matrix"), at("cell"), nameOf);
const flight = new Flight(at("flight"), nameOf);
const timeline = new Timeline(at("timeline"), nameOf);

// --- time ---------------------------------------------------------------------------------------

function tellTime(text) {
  told = { time: Date.parse(text), here: performance.now() };
}

/** The simulated time now; with "max" it stands still until the next word. */
function now() {
  const passed = typeof state.speed === "number" ? (performance.now() - told.here) * state.speed : 0;
  // Longer than this nobody has said a word: the connection is gone.
  return told.time + Math.min(passed, 5_000 * (Number(state.speed) || 0));
}

setInterval(() => {
  if (told === null) return;
  setText(at("time"), moment(now()));
  flight.tick(now(), state.speed);
}, 200);

// --- what /state says ---------------------------------------------------------------------------

async function answer(path) {
  const response = await fetch(path, { cache: "no-store" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

async function readState() {
  do {
    const read = await answer("/state");
    for (const kind of ["tenants", "organizations", "pairs", "commands"]) {
      state[kind] = new Map(read[kind].map((item) => [item.key, item]));
    }
    Object.assign(state, { run: read.run, version: read.version, speed: read.speed, deadLetters: read.deadLetters });
    setText(at("graph"), read.graph);
    setText(at("speed"), read.speed === "max" ? "jumps to what is due" : `${read.speed} × as fast as here`);
    tellTime(read.time);
  } while (heard > state.version);
  matrix.make([...state.tenants.values()]);
  fillExamples([...state.tenants.values()]);
  show(["tenants", "organizations", "pairs", "commands", "deadLetters"]);
}

function change(changes) {
  heard = Math.max(heard, changes.version);
  if (state.version < 0 || changes.version <= state.version) return;
  if (changes.version > state.version + 1) {
    readState().catch(lost);
    return;
  }
  state.version = changes.version;
  tellTime(changes.time);
  for (const kind of ["tenants", "organizations", "pairs", "commands"]) {
    for (const key of changes[kind]?.gone ?? []) state[kind].delete(key);
    for (const item of changes[kind]?.set ?? []) state[kind].set(item.key, item);
  }
  if ("deadLetters" in changes) state.deadLetters = changes.deadLetters;
  show(Object.keys(changes));
}

function show(kinds) {
  if (kinds.includes("pairs")) matrix.show(state.pairs.values());
  if (kinds.includes("tenants") || kinds.includes("organizations")) showMembers();
  if (kinds.includes("commands")) {
    flight.show([...state.commands.values()]);
    flight.tick(now(), state.speed);
    at("flight-none").hidden = state.commands.size > 0;
    setText(at("flight-count"), state.commands.size ? String(state.commands.size) : "");
  }
  if (kinds.includes("deadLetters")) showDeadLetters().catch(lost);
}

// --- members ------------------------------------------------------------------------------------

function showMembers() {
  const listed = new Set();
  const lists = [...state.organizations.values()].map((organization) => {
    for (const member of organization.members) listed.add(member.tenantId);
    return element("div", { class: "scroll" },
      element("table", { class: "members" },
        element("caption", {}, `${organization.displayName ?? "An organization"}, created by ${nameOf(organization.creator)}`),
        head("Tenant", "Role", "State", "People found"),
        element("tbody", {}, ...organization.members.map(memberRow))));
  });
  const others = [...state.tenants.values()].filter((tenant) => !listed.has(tenant.tenantId));
  if (others.length > 0) {
    lists.push(element("div", { class: "scroll" },
      element("table", { class: "members" },
        element("caption", {}, "In no organization"),
        head("Tenant", "Domain", "People found"),
        element("tbody", {}, ...others.map((tenant) => element("tr", {},
          element("th", { scope: "row" }, tenant.displayName, joining(tenant)),
          element("td", {}, tenant.domain),
          element("td", { class: "number" }, people(tenant))))))));
  }
  at("members").replaceChildren(...lists);
}

const head = (...names) =>
  element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));

function memberRow(member) {
  const tenant = state.tenants.get(member.tenantId);
  const alias = tenant && tenant.displayName !== member.displayName ? ` (${tenant.displayName})` : "";
  const state_ = element("td", {},
    element("span", { class: `sign state-${member.state}`, "aria-hidden": "true" }, STATES[member.state] ?? "?"), ` ${member.state}`);
  if (member.change) state_.append(element("span", { class: "hint" }, ` ${member.change} under way`));
  return element("tr", {},
    element("th", { scope: "row" }, member.displayName + alias, tenant ? joining(tenant) : null),
    element("td", {}, member.role), state_,
    element("td", { class: "number" }, tenant ? people(tenant) : "?"));
}

function joining(tenant) {
  if (!tenant.joining) return null;
  const text = tenant.joining.failed ? " join failed" : ` joining ${nameOf(tenant.joining.owner)}`;
  return element("span", { class: "hint" }, text);
}

function people(tenant) {
  const { found, segments } = tenant.people;
  const own = (segments.internalMember ?? 0) + (segments.internalGuest ?? 0);
  return found > own ? `${found} (${found - own} from others)` : String(found);
}

// --- dead letters -------------------------------------------------------------------------------

async function showDeadLetters() {
  const letters = state.deadLetters > 0 ? await answer("/dead-letters") : [];
  at("dead").hidden = letters.length === 0;
  at("letters").replaceChildren(...letters.map((letter) => element("li", { class: "card bad" },
    element("p", {}, withoutIds(letter.reasonText ?? "delivered too often without an end")),
    element("p", { class: "hint" }, letter.queue),
    element("details", {}, element("summary", {}, "The message"), element("pre", {}, letter.body)))));
}

// --- the connection -----------------------------------------------------------------------------

let last = 0;

async function readOutcomes() {
  for (;;) {
    const { next, outcomes } = await answer(`/outcomes?after=${last}`);
    outcomes.forEach((outcome, index) => addOutcome(next - outcomes.length + index + 1, outcome));
    last = Math.max(last, next);
    if (outcomes.length === 0) break;
  }
}

function addOutcome(sequence, outcome) {
  if (!timeline.add(sequence, outcome)) return;
  at("timeline-none").hidden = true;
  setText(at("outcome-count"), count(timeline.size, "outcome"));
}

function connection(text, isGood) {
  setText(at("connection"), text);
  at("connection").className = isGood ? "good" : "bad";
}

let retry = null;

function lost() {
  connection("connection lost, trying again", false);
  retry ??= setTimeout(() => {
    retry = null;
    connect();
  }, 2_000);
}

let source = null;

function connect() {
  source?.close();
  const mine = new EventSource("/events");
  source = mine;
  mine.addEventListener("hello", async (event) => {
    const { run, resumed } = JSON.parse(event.data);
    try {
      if (run !== state.run) {
        timeline.clear();
        last = 0;
        heard = -1;
      }
      if (!resumed || run !== state.run) {
        await readState();
        await readOutcomes();
      }
      if (source === mine) connection("connected", true);
    } catch {
      lost();
    }
  });
  mine.addEventListener("state", (event) => change(JSON.parse(event.data)));
  mine.addEventListener("outcome", (event) => {
    const { seq, outcome } = JSON.parse(event.data);
    addOutcome(seq, outcome);
  });
  mine.addEventListener("time", (event) => tellTime(JSON.parse(event.data).time));
  mine.addEventListener("error", () => {
    // The browser tries again by itself, unless it was refused.
    if (mine.readyState === EventSource.CLOSED) lost();
    else connection("connection lost, trying again", false);
  });
}

at("waits").addEventListener("change", (event) => timeline.showWaits(event.target.checked));
listenToForm();
connect();
