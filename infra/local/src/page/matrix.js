// The organization as a matrix: one cell for each ordered pair of tenants.

import { count, element, setText, SETTINGS, SYNC } from "./parts.js";

/** Up to so many tenants a cell has words; more have signs. */
const WITH_WORDS = 6;

export class Matrix {
  constructor(box, detail, nameOf) {
    Object.assign(this, { box, detail, nameOf, cells: new Map(), pairs: new Map(), chosen: null });
    box.addEventListener("keydown", (event) => this.#move(event));
    for (const [list, prefix] of [[SETTINGS, "settings"], [SYNC, "sync"]]) {
      for (const [name, [sign, word, meaning]] of Object.entries(list)) {
        document.getElementById("signs").append(element("div", {},
          element("dt", {}, element("span", { class: `sign ${prefix}-${name}`, "aria-hidden": "true" }, sign), ` ${word}`),
          element("dd", {}, meaning)));
      }
    }
  }

  /** The table for these tenants, with empty cells; the one that is there stays if it is for the same. */
  make(tenants) {
    const ids = tenants.map((tenant) => `${tenant.tenantId} ${tenant.displayName}`).join();
    if (ids === this.made) return;
    this.made = ids;
    this.hasWords = tenants.length <= WITH_WORDS;
    this.cells.clear();
    // Many need the whole width.
    document.getElementById("main").classList.toggle("many", !this.hasWords);
    const header = element("tr", {}, element("td", { class: "corner" }, "from ↓ to →"),
      ...tenants.map((tenant) => element("th", { scope: "col" }, element("span", {}, tenant.displayName))));
    const rows = tenants.map((source) => element("tr", {},
      element("th", { scope: "row" }, source.displayName),
      ...tenants.map((target) => element("td", {}, source === target ? this.#self() : this.#cell(source, target)))));
    this.box.replaceChildren(element("table", { class: this.hasWords ? "matrix words" : "matrix" },
      element("thead", {}, header), element("tbody", {}, ...rows)));
    this.cells.values().next().value?.setAttribute("tabindex", "0");
  }

  #self() {
    return element("span", { class: "self", "aria-label": "itself" });
  }

  #cell(source, target) {
    const key = `${source.tenantId}/${target.tenantId}`;
    const cell = element("button", { type: "button", tabindex: "-1", "data-source": source.name, "data-target": target.name },
      element("span", { class: "sign", "aria-hidden": "true" }), element("span", { class: "sign", "aria-hidden": "true" }));
    cell.addEventListener("click", () => this.#choose(key));
    this.cells.set(key, cell);
    return cell;
  }

  show(pairs) {
    for (const pair of pairs) {
      if (this.pairs.get(pair.key) === pair) continue;
      this.pairs.set(pair.key, pair);
      const cell = this.cells.get(pair.key);
      if (cell) this.#fill(cell, pair);
      if (this.chosen === pair.key) this.#explain(pair);
    }
  }

  #fill(cell, pair) {
    const [settingsSign, settings] = SETTINGS[pair.settings];
    const [syncSign, sync] = SYNC[pair.sync];
    const [first, second] = cell.children;
    const users = pair.users > 0 ? ` ${pair.users}` : "";
    first.className = `sign settings-${pair.settings}`;
    second.className = `sign sync-${pair.sync}`;
    setText(first, this.hasWords ? `${settingsSign} ${settings}` : settingsSign);
    setText(second, this.hasWords ? `${syncSign} ${sync}${users}` : `${syncSign}${users}`);
    cell.dataset.settings = pair.settings;
    cell.dataset.sync = pair.sync;
    cell.setAttribute("aria-label", this.#text(pair));
    cell.title = this.#text(pair);
  }

  #text(pair) {
    const users = pair.users > 0 ? `, ${count(pair.users, "user")}` : "";
    const failing = pair.errors > 0 ? `, ${count(pair.errors, "user")} failing` : "";
    return `${this.nameOf(pair.source)} to ${this.nameOf(pair.target)}: settings ${SETTINGS[pair.settings][1]}, ` +
      `${SYNC[pair.sync][1]}${users}${failing}`;
  }

  #choose(key) {
    this.cells.get(this.chosen)?.removeAttribute("aria-current");
    this.chosen = key;
    this.#focusable(this.cells.get(key));
    this.cells.get(key).setAttribute("aria-current", "true");
    const pair = this.pairs.get(key);
    if (pair) this.#explain(pair);
  }

  #explain(pair) {
    const [source, target] = [this.nameOf(pair.source), this.nameOf(pair.target)];
    const on = (flag) => (flag ? "on" : "off");
    const { sourceRedeemsOutbound, targetRedeemsInbound, targetSyncsInbound } = pair.open;
    setText(this.detail, `${this.#text(pair)}. In ${source}, automatic redemption outbound is ${on(sourceRedeemsOutbound)}. ` +
      `In ${target}, automatic redemption inbound is ${on(targetRedeemsInbound)}, and inbound synchronization is ` +
      `${on(targetSyncsInbound)}.${pair.quarantine ? ` In quarantine: ${pair.quarantine}.` : ""}`);
  }

  /** One cell is reached by Tab, the others from there by the arrows. */
  #focusable(cell) {
    this.box.querySelector("button[tabindex='0']")?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
  }

  #move(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const rows = [...cell.closest("tbody").rows];
    let [row, column] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    let next = null;
    do {
      row += step[0];
      column += step[1];
      next = rows[row]?.cells[column];
    } while (next && !next.querySelector("button"));
    const button = next?.querySelector("button");
    if (!button) return;
    this.#focusable(button);
    button.focus();
  }
}
