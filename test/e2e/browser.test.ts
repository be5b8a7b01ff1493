import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** Nothing but the page under test: no updates, no background requests. */
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

const DESK = { width: 1330, height: 1000 };

/** `UPDATE_PICTURES=1` renews the pictures of the docs. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env["UPDATE_PICTURES"] !== "1") return;
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url)) });
}

describe("the demo in a browser", function () {
  this.timeout(120_000);
  let folder: string;
  let demo: ChildProcess;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  before(async function () {
    if (!existsSync(CHROMIUM)) this.skip();
    folder = await mkdtemp(join(tmpdir(), "ids-demo-"));
    demo = fork(fileURLToPath(new URL("../../bin/ids.ts", import.meta.url)), ["demo", "--no-open", "--speed", "8"], {
      cwd: folder,
      execArgv: ["--import", new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url).href],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const [line] = await once(createInterface({ input: demo.stdout ?? assert.fail() }), "line");
    const url = /^open (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1] ?? assert.fail(line);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    page = await browser.newPage({ viewport: DESK });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(url);
  });

  after(async () => {
    await browser?.close();
    if (demo?.exitCode === null) {
      demo.kill("SIGINT");
      await once(demo, "exit");
    }
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const alertOf = (title: RegExp) =>
    page.locator(".message", { has: page.getByRole("heading", { name: title }) }).first();

  const actAs = (name: string) => page.getByLabel("You are").selectOption(name);

  /** Presses the alert's button, fills the dialog, confirms, and waits until the message says that the key is off. */
  async function disable(title: RegExp, pictures: readonly [string, string] | undefined): Promise<void> {
    const alert = alertOf(title);
    await alert.getByRole("button", { name: "Disable key…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("key found in a public gist");
    const [, lastFour = ""] = /AKIA…(\w{4})/.exec(await dialog.innerText()) ?? assert.fail("the dialog names no key");
    await dialog.getByLabel(/last four/i).fill(lastFour);
    if (pictures !== undefined) await picture(page, pictures[0]);
    await dialog.getByRole("button", { name: /disable/i }).click();
    await alert.getByText("Key disabled").waitFor();
    await page.keyboard.press("Escape");
    await alert
      .getByText(/read back after 10 s.*Inactive/i)
      .first()
      .waitFor({ timeout: 20_000 });
    if (pictures !== undefined) {
      await alert.evaluate((element) => element.scrollIntoView({ block: "start" }));
      await picture(page, pictures[1]);
    }
  }

  it("shows the alerts of the break-in, the denied calls and the new user's key among them", async () => {
    for (const title of [
      /Denied|Recon/i,
      /User Created/i,
      /Access Key Created/i,
      /Admin/i,
      /Logging|CloudTrail/i,
      /Big Instances/i,
    ])
      await alertOf(title).waitFor({ timeout: 60_000 });
    const admin = alertOf(/Admin/i);
    await admin.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await picture(page, "alert");
  });

  it("disables the leaked key with a press, a filled dialog and a read-back", async () => {
    await disable(/Admin/i, ["dialog", "disabled"]);
  });

  it("disables the key that the thief made for himself, and all his calls fail", async () => {
    await disable(/Big Instances/i, undefined);

    await page
      .getByText(/InvalidClientTokenId/)
      .first()
      .waitFor({ timeout: 30_000 });
    await page
      .getByText(/both keys are shut|The thief is out/i)
      .first()
      .waitFor({ timeout: 30_000 });
  });

  it("answers /ids who in a dialog that tells what the thief did, and can be scrolled", async () => {
    await page.getByPlaceholder(/\/ids/).fill("/ids who deploy-bot");
    await page.keyboard.press("Enter");

    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Share here" }).waitFor({ timeout: 15_000 });
    const told = (await dialog.innerText()).replace(/\s+/g, " ");
    assert.match(told, /acme-prod.*Inactive.*In CloudTrail \d+ events, \d+ denied.*198\.51\.100\.23.*last 90 days/);
    await dialog.locator("#modal-body").evaluate((body) => body.scrollTo(0, 0));
    await picture(page, "who");
    await page.setViewportSize({ width: 390, height: 800 });
    const share = await dialog.getByRole("button", { name: "Share here" }).elementHandle();
    await share?.scrollIntoViewIfNeeded();
    const [body, button] = await Promise.all([dialog.locator("#modal-body").boundingBox(), share?.boundingBox()]);
    assert.ok(body && button && button.y >= body.y && button.y + button.height <= body.y + body.height);
    assert.ok(button.x + button.width <= 390);
    await page.setViewportSize(DESK);
  });

  it("shares the answer with all who read the channel", async () => {
    const dialog = page.getByRole("dialog");

    await dialog.getByRole("button", { name: "Share here" }).click();

    await dialog.getByText("Shared in the channel.").waitFor();
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await dialog.waitFor({ state: "hidden" });
    await actAs("lee");
    await page.locator(".message", { hasText: "In CloudTrail" }).last().waitFor();
    await actAs("sam");
  });

  it("looks up what a message names from its menu", async () => {
    const alert = alertOf(/Admin/i);
    await alert.hover();
    await alert.getByLabel("More actions").click();

    await alert.getByRole("button", { name: /Look up identity/ }).click();

    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /AKIA…/ }).first().click();
    await dialog.getByRole("button", { name: "Share here" }).waitFor({ timeout: 15_000 });
    assert.match(await dialog.innerText(), /Access key[\s\S]*deploy-bot[\s\S]*In CloudTrail/);
    assert.equal(await page.locator("details[open]").count(), 0);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  it("tells how Trailhound is, for its asker only", async () => {
    await page.getByRole("button", { name: "/ids health" }).click();

    const answer = page.locator(".message", { hasText: "Only visible to you" }).last();
    await answer.getByText("✔ Trailhound works").waitFor();
    assert.match(await answer.innerText(), /acme-prod · [a-z]+-[a-z]+-\d · Today/);
  });

  it("shows the Home tab, another one to a guest", async () => {
    await page.getByRole("button", { name: "Trailhound", exact: true }).click();

    const home = page.locator("#home");
    await home.getByText("You are an operator").waitFor();
    assert.match(await home.innerText(), /Trailhound works[\s\S]*Open alerts[\s\S]*support2/);
    assert.equal(await page.getByRole("log").isVisible(), false);
    await picture(page, "home");
    await actAs("gus");
    await home.getByText("full members of this workspace").waitFor();
    await actAs("sam");
    await page.getByRole("button", { name: "security-alerts" }).click();
    assert.equal(await home.isVisible(), false);
  });

  it("shows hostile text as text", async () => {
    assert.equal(await page.locator("a[href*='evil']").count(), 0);
    assert.ok((await page.getByText("<!channel>").count()) > 0, "the thief's user agent is shown as he wrote it");
  });

  it("causes no error in the page", () => assert.deepEqual(problems, []));

  it("ends with all it started on Ctrl-C", async () => {
    demo.kill("SIGINT");
    const [code] = await once(demo, "exit");

    assert.equal(code, 0);
  });
});
