// Elements, times and words. Texts only ever become text: names come from anybody.

/** An element with attributes and children; strings become text nodes. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Sets a text only where it differs: screen readers are not told the same twice, and selections stay. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

const two = (number) => String(number).padStart(2, "0");

/** 0:02:20 */
export function stopwatch(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** 2 h 11 min, 2 min 20 s, 45 s */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const parts = [[hours, "h"], [minutes, "min"], [hours ? 0 : rest, "s"]].filter(([number]) => number > 0);
  return parts.length ? parts.map(([number, unit]) => `${number} ${unit}`).join(" ") : "0 s";
}

/** The same for waits of this side of the screen: 0.4 s, 12 s, 2 min 5 s */
export const brief = (milliseconds) =>
  milliseconds < 10_000 ? `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s` : duration(milliseconds);

/** 2026-11-21 09:02:20 */
export function moment(milliseconds) {
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

const ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const ID_IN_BRACKETS = new RegExp(` \\(${ID}\\)`, "g");
const ANY_ID = new RegExp(ID, "g");

/** Leaves the ids out of "Fabrikam (<id>)". */
export function withoutIds(text) {
  return String(text ?? "").replace(ID_IN_BRACKETS, "");
}

const VERBS = ["create", "add", "join", "leave", "sync"];

/**
 * What a command is about, and where it comes from: "INC1/add/join/<id>" is ["join Fabrikam", "INC1 › add › join Fabrikam"].
 * An id may have anything in it; what follows the first verb is ours.
 */
export function title(id, verb, nameOf) {
  const parts = [];
  for (const word of String(id).replace(ANY_ID, (found) => nameOf(found)).split("/")) {
    const names = parts.length > 1 ? parts.at(-1) : null;
    if (names === null) parts.push(word);
    else if (VERBS.includes(word)) parts.push(word);
    else parts[parts.length - 1] += `${names.includes(" ") ? " →" : ""} ${word}`;
  }
  const isChild = parts.length > 1 && parts.at(-1).split(" ")[0] === verb;
  return [isChild ? parts.at(-1) : verb, parts.join(" › ")];
}

export const SETTINGS = {
  closed: ["○", "closed", "none of the settings that let users through is on"],
  half: ["◐", "half open", "one side is open, the other is closed"],
  open: ["●", "open", "both sides let users through"],
  differs: ["≠", "differs", "the settings of one tenant do not fit each other"],
};

export const SYNC = {
  none: ["–", "no sync", "there is no synchronization"],
  configured: ["◇", "configured", "a synchronization exists, and has not run yet"],
  initial: ["↻", "initial", "the initial cycle is to come or under way"],
  steady: ["✓", "steady", "the initial cycle is over, changes follow"],
  quarantine: ["!", "quarantine", "the service holds it back"],
  paused: ["‖", "paused", "somebody stopped it"],
};

export const KINDS = {
  accepted: "▸", waiting: "…", succeeded: "✓", rejected: "✕", failed: "✕", expired: "⧖", planned: "◇",
};

export const STATES = { active: "●", pending: "◐", removed: "○" };

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
