// Commands in flight, with a countdown to the next look.

import { brief, duration, element, setText, stopwatch, title, withoutIds } from "./parts.js";

/** More are counted, not shown. */
const SHOWN = 100;

export class Flight {
  constructor(list, nameOf) {
    Object.assign(this, { list, nameOf, rows: new Map() });
  }

  show(commands) {
    const sorted = commands.sort((one, other) =>
      one.root === undefined && other.root !== undefined ? -1 : one.root !== undefined && other.root === undefined ? 1
        : Date.parse(one.nextLook) - Date.parse(other.nextLook));
    const before = this.rows;
    this.rows = new Map();
    for (const command of sorted.slice(0, SHOWN)) {
      const row = before.get(command.key) ?? this.#row(command);
      this.#fill(row, command);
      this.rows.set(command.key, row);
    }
    const rows = [...this.rows.values()].map((row) => row.item);
    if (sorted.length > SHOWN) rows.push(element("li", { class: "hint" }, `and ${sorted.length - SHOWN} more`));
    // Rows that stay where they are keep focus and selection.
    if (rows.length !== this.list.children.length || rows.some((row, index) => this.list.children[index] !== row)) {
      this.list.replaceChildren(...rows);
    }
  }

  #row(command) {
    const [what, way] = title(command.id, command.verb, this.nameOf);
    const parts = {
      reason: element("p"),
      remedy: element("p", { class: "hint" }),
      countdown: element("span", { class: "countdown" }),
      deadline: element("span", { class: "hint" }),
      bar: element("progress", { max: "1", "aria-hidden": "true" }),
    };
    const item = element("li", { class: "card", "data-verb": command.verb },
      element("h3", {}, what), element("p", { class: "hint", title: command.id }, way),
      parts.reason, parts.remedy, parts.bar,
      element("p", { class: "line" }, parts.countdown, parts.deadline));
    return { item, ...parts };
  }

  #fill(row, command) {
    row.command = command;
    const what = command.looks === 0 ? "posted" : "waiting";
    setText(row.reason, `${what}: ${withoutIds(command.reason.text)}`);
    const remedy = command.reason.remedy;
    setText(row.remedy, remedy ? `to do: ${withoutIds(remedy)}` : "");
    row.remedy.hidden = !remedy;
  }

  tick(now, speed) {
    for (const { command, countdown, deadline, bar } of this.rows.values()) {
      const [since, next] = [Date.parse(command.since), Date.parse(command.nextLook)];
      const left = next - now;
      const here = typeof speed === "number" && left > 0 ? ` (${brief(left / speed)} here)` : "";
      setText(countdown, left > 0 ? `look ${command.looks + 1} in ${stopwatch(left)}${here}` : `look ${command.looks + 1} now`);
      countdown.dataset.seconds = String(Math.max(0, Math.round(left / 1000)));
      setText(deadline, command.deadline ? `gives up in ${duration(Date.parse(command.deadline) - now)}` : "");
      bar.value = next > since ? Math.min(1, Math.max(0, (now - since) / (next - since))) : 1;
    }
  }
}
