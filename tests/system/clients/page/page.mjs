// Looks at the page as a person would: node page.mjs formation|names|reconnect
// URL: where the page is; CHROMIUM: the browser; OUT: where pictures go.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const { URL: url, CHROMIUM: executablePath, OUT: out } = process.env;
const PATIENCE = 60_000;

/** Every way a page complains, and everything it asks for elsewhere. */
const complaints = [];

async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => new URL(request.url()).origin === url || complaints.push(`asked ${request.url()}`));
  await page.goto(url);
  await says(page, "#connection", "connected");
  return page;
}

const says = (page, selector, text) =>
  page.waitForFunction(([selector, text]) => document.querySelector(selector)?.textContent.includes(text), [selector, text]);

/** What the cells say, each kind of answer once. */
const cells = (page, what) => page.evaluate((what) =>
  [...new Set([...document.querySelectorAll("#matrix button")].map((cell) => cell.dataset[what]))].sort(), what);

const until = (page, what, value) => page.waitForFunction(([what, value]) =>
  [...document.querySelectorAll("#matrix button")].every((cell) => cell.dataset[what] === value), [what, value]);

async function picture(page, name) {
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: true });
}

async function noOverflow(page, what) {
  const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= width, `${what}: the page is ${content} px wide, the screen ${width} px`);
}

async function formation(browser) {
  const page = await open(browser);
  assert.deepEqual([await cells(page, "settings"), await cells(page, "sync")], [["closed"], ["none"]]);
  assert.equal(await page.locator("#matrix button").count(), 6);
  await page.getByLabel("Command, as JSON").waitFor();

  // What is no command is refused, and the field is named.
  const body = page.getByLabel("Command, as JSON");
  const example = await body.inputValue();
  await body.fill(example.replace('"owner": "contoso.example"', '"owner": 7'));
  await page.getByRole("button", { name: "Post" }).click();
  await says(page, "#posted", "data.owner");
  // The refusal is the browser's own line in its console, as it should be.
  assert.deepEqual(complaints.splice(0).filter((text) => !text.includes("400")), []);
  await body.fill(example);
  await page.getByRole("button", { name: "Post" }).click();
  await says(page, "#posted", "taken: mto.create.v1");
  await says(page, "#flight", "create");

  // The countdown to one look falls, and a new look begins a new one.
  const countdown = () => page.evaluate(() => {
    const row = [...document.querySelectorAll("#flight [data-verb=join]")][0];
    return row && [row.querySelector("[title]").title, row.querySelector(".countdown").textContent.split(" in ")[0],
      Number(row.querySelector(".countdown").dataset.seconds)];
  });
  await page.locator("#flight [data-verb=join]").first().waitFor();
  let [fell, before] = [false, await countdown()];
  for (let turn = 0; turn < 200 && !fell; turn++) {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    const after = await countdown();
    fell = Boolean(after && before) && after[0] === before[0] && after[1] === before[1] && after[2] < before[2];
    before = after;
  }
  assert.ok(fell, "no countdown falls");
  await picture(page, "desktop-joining");

  await page.waitForFunction(() => document.querySelector("#matrix [data-settings=open]"));
  await until(page, "settings", "open");
  const phone = await open(browser, { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 });
  await noOverflow(phone, "on its way");
  await picture(phone, "phone-syncing");
  await until(page, "sync", "steady");
  await page.waitForFunction(() => document.querySelectorAll("#flight > li").length === 0);
  await says(page, "#members", "active");
  await says(page, "#timeline [data-kind=succeeded]", "succeeded");

  // By keyboard: into the matrix, along it, and what is behind a cell.
  await page.locator("#matrix button[tabindex='0']").focus();
  await page.keyboard.press("ArrowRight");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(await focused(), /^Contoso to Tailspin: settings open, steady, \d+ users?$/);
  await page.keyboard.press("Enter");
  await says(page, "#cell", "In Tailspin, automatic redemption inbound is on");
  // Not by colour alone: every cell has signs and words.
  for (const text of await page.locator("#matrix button").allTextContents()) assert.match(text, /● open✓ steady \d/);

  await page.locator("#timeline [data-kind=succeeded] summary").last().click();
  await picture(page, "desktop-formed");
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, "dark-formed");
  await noOverflow(phone, "formed");
  await phone.locator("#timeline [data-kind=succeeded] summary").last().click();
  await noOverflow(phone, "with writes");
  await picture(phone, "phone-formed");
  await phone.emulateMedia({ colorScheme: "dark" });
  await phone.evaluate(() => scrollTo(0, 0));
  await phone.screenshot({ path: `${out}/phone-dark.png` });
}

async function names(browser) {
  const page = await open(browser);
  const hostile = process.env.HOSTILE;
  await page.getByRole("button", { name: "Post" }).click();
  await says(page, "#posted", "taken");
  await says(page, "#matrix", hostile);
  await page.waitForFunction((name) => ["#members", "#timeline", "#flight"].every((part) =>
    document.querySelector(part).textContent.includes(name)), hostile);
  await until(page, "settings", "open");
  await page.locator("#matrix button").last().click();
  await says(page, "#cell", hostile);
  assert.deepEqual(await page.evaluate(() => [document.images.length, window.hacked]), [0, undefined]);
  // Even a script of the page could not make markup of a text.
  await assert.rejects(page.evaluate(() => { document.body.innerHTML = "<b>"; }), /TrustedHTML/);
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("TrustedHTML")));
}

async function reconnect(browser) {
  const page = await open(browser);
  await page.getByLabel("Example").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Post" }).click();
  await says(page, "#outcome-count", "1 outcome");
  console.log("connected");
  await says(page, "#connection", "connection lost");
  console.log("lost");
  await says(page, "#connection", "connected");
  await page.waitForFunction(() => document.querySelector("#connection").textContent === "connected");
  // Another run: what the old one told is gone.
  assert.equal(await page.locator("#timeline > li").count(), 0);
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("ERR_")));
}

const browser = await chromium.launch({
  executablePath,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  await { formation, names, reconnect }[process.argv[2]](browser);
  assert.deepEqual(complaints, []);
  console.log("done");
} finally {
  await browser.close();
}
