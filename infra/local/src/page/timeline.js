// Outcomes, newest first.

import { count, duration, element, KINDS, moment, title, withoutIds } from "./parts.js";

/** Older ones are in /outcomes. */
const SHOWN = 300;

export class Timeline {
  constructor(list, nameOf) {
    Object.assign(this, { list, nameOf, seen: new Set() });
  }

  get size() {
    return this.seen.size;
  }

  clear() {
    this.seen.clear();
    this.list.replaceChildren();
  }

  /** False if it is there already. */
  add(sequence, outcome) {
    if (this.seen.has(sequence)) return false;
    this.seen.add(sequence);
    const item = this.#item(outcome);
    item.dataset.sequence = String(sequence);
    // They come in order, but for those that were read while others arrived.
    const older = [...this.list.children].find((other) => Number(other.dataset.sequence) < sequence);
    this.list.insertBefore(item, older ?? null);
    while (this.list.children.length > SHOWN) this.list.lastElementChild.remove();
    return true;
  }

  showWaits(areShown) {
    this.list.classList.toggle("without-waits", !areShown);
  }

  #item(outcome) {
    const { data } = outcome;
    const [, verb, kind] = String(outcome.type).split(".");
    const [what, way] = title(data.command.id, verb, this.nameOf);
    const bad = ["rejected", "failed", "expired"].includes(kind);
    const item = element("li", { class: `card ${bad ? "bad" : kind === "succeeded" ? "good" : ""}`, "data-kind": kind },
      element("p", { class: "line" },
        element("span", { class: `kind kind-${kind}` },
          element("span", { "aria-hidden": "true" }, KINDS[kind] ?? "•"), ` ${kind}`),
        element("time", { datetime: outcome.time }, moment(Date.parse(outcome.time)).slice(5)),
        element("span", { class: "hint" }, data.tookSeconds > 0 ? `after ${duration(data.tookSeconds * 1000)}` : "")),
      element("h3", {}, what), element("p", { class: "hint", title: data.command.id }, way),
      element("p", {}, withoutIds(data.reason?.text ?? data.summary)));
    if (data.reason?.remedy) item.append(element("p", { class: "remedy" }, `to do: ${withoutIds(data.reason.remedy)}`));
    for (const note of data.notes ?? []) item.append(element("p", { class: "hint" }, withoutIds(note)));
    if (data.plan) item.append(this.#plan(data.plan));
    if (data.writes?.length) item.append(this.#writes(data.writes, data.writesDropped));
    return item;
  }

  #plan(plan) {
    return element("details", {},
      element("summary", {}, count(plan.length, "write would be made", "writes would be made")),
      element("ol", {}, ...plan.map((write) => element("li", {}, withoutIds(write.text)))));
  }

  #writes(writes, dropped) {
    const cell = (text) => element("td", {}, text ?? "");
    const rows = writes.map((write) => element("tr", {},
      cell(moment(Date.parse(write.at)).slice(11)), cell(write.what), cell(this.nameOf(write.tenant)),
      cell(write.about ? this.nameOf(write.about) : ""), cell(write.status === undefined ? "no answer" : String(write.status)),
      element("td", {}, element("code", {}, write.requestId ?? ""))));
    const names = ["At", "Write", "In", "About", "Status", "request-id"];
    return element("details", {},
      element("summary", {}, count(writes.length, "write") + (dropped > 0 ? `, and ${dropped} more` : "")),
      element("div", { class: "scroll" }, element("table", { class: "writes" },
        element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)))),
        element("tbody", {}, ...rows))));
  }
}
