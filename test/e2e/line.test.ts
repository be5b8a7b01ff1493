import assert from "node:assert/strict";
import { once } from "node:events";
import { openStage, type Stage, until } from "./stage.ts";

describe("the line, on real parts", function () {
  this.timeout(120_000);
  let stage: Stage;
  let key: string;

  before(async () => {
    stage = await openStage();
    const { healthUrl } = await stage.startBot();
    assert.deepEqual(await (await fetch(`${healthUrl}/readyz`)).json(), { ready: true, redis: "ok" });
    key = stage.keyOf("deploy-bot");
    stage.attack(key);
    await until("two alerts are in Slack", async () => (await stage.alerts()).length === 2);
  });
  after(() => stage.close());

  const newUser = async () => {
    const alert = (await stage.alerts()).find(
      ({ text }) => /creat/i.test(text) && /support2/.test(text) && !/key/i.test(text),
    );
    return alert ?? assert.fail(JSON.stringify(await stage.alerts()));
  };

  it("tells who did what where, and cannot be made to mention or link", async () => {
    const { all, text } = await newUser();

    assert.match(text, /acme-prod/);
    assert.match(all, /deploy-bot/);
    assert.match(all, /198\.51\.100\.23/);
    const parsed = [text, ...all.matchAll(/"type":"mrkdwn","text":"([^"]*)"/g)].map(String).join("\n");
    assert.doesNotMatch(parsed, /channel|evil/);
  });

  it("takes an acknowledgement once and tells the second who was first", async () => {
    const { ts } = await newUser();
    const [sam, lee] = [stage.person("sam"), stage.person("lee")];

    await Promise.all([sam, lee].map((user) => stage.front.click({ user, ts, actionId: "ids/acknowledge/v1" })));

    await until("the message shows who", async () => /Acknowledged/.test((await newUser()).all));
    const [winner, loser] = (await newUser()).all.includes(sam) ? [sam, lee] : [lee, sam];
    await until("the other is told", () => JSON.stringify(stage.front.ephemerals(loser)).includes(winner));
    assert.equal(stage.front.ephemerals(winner).length, 0);
  });

  it("shows the record in a dialog", async () => {
    const { ts } = await newUser();
    const sam = stage.person("sam");

    await stage.front.click({ user: sam, ts, actionId: "ids/details/v1" });
    await until("the record is shown", () => JSON.stringify(stage.front.modal(sam) ?? {}).includes("eventSource"));
    stage.front.closeModal(sam);
  });

  for (const name of ["kim", "gus"])
    it(`does nothing for ${name}, who is no operator`, async () => {
      const { ts } = await newUser();
      const user = stage.person(name);

      await stage.front.click({ user, ts, actionId: "ids/disable_key/v1" });

      await until("the refusal is shown", () => stage.front.ephemerals(user).length > 0);
      assert.equal(stage.front.modal(user), undefined);
      assert.equal(stage.switches().length, 0);
    });

  it("disables the key once for two operators at once, and tells the loser who won", async () => {
    const { ts } = await newUser();
    const [sam, lee] = [stage.person("sam"), stage.person("lee")];
    const shown = await Promise.all([stage.disable(sam, ts, key), stage.disable(lee, ts, key)]);

    await until("the key is inactive", () =>
      stage.world.keysOf("deploy-bot").some(({ id, status }) => id === key && status === "Inactive"),
    );
    await until("the message says who did it", async () => /key found in a public gist/.test((await newUser()).all));
    assert.equal(stage.switches().length, 1);
    const told = shown.filter((modal, index) => modal.includes([lee, sam][index] ?? "-"));
    assert.equal(told.length, 1, "exactly one of them is told that the other did it");
  });

  it("makes the thief's next call fail", () => {
    const call = {
      keyId: key,
      ip: "198.51.100.23",
      userAgent: "x",
      region: "eu-west-1",
      action: "sts:GetCallerIdentity",
    };

    assert.equal(stage.world.call(call).kind, "invalid-key");
  });

  it("reads the key back after ten seconds and shows it", async () => {
    await until("the first read-back", async () => /read back[^◔]*[Ii]nactive/.test((await newUser()).all), 20_000);
  });

  it("answers /ids who for operators only", async () => {
    const [sam, kim] = [stage.person("sam"), stage.person("kim")];
    const before = stage.front.ephemerals(sam).length;

    await stage.front.command({ user: sam, text: "/ids who deploy-bot" });
    await stage.front.command({ user: kim, text: "/ids who deploy-bot" });

    await until("sam is answered", () => stage.front.ephemerals(sam).length > before);
    assert.match(JSON.stringify(stage.front.ephemerals(sam).at(-1)), /deploy-bot.*acme-prod/);
    await until("kim is refused", () => /Not answered/.test(JSON.stringify(stage.front.ephemerals(kim).at(-1))));
  });

  it("ends within 25 s of SIGTERM with nothing left in flight, and its audit log verifies", async () => {
    const { bot } = await restart();
    const started = Date.now();
    bot.kill("SIGTERM");
    const [code] = await once(bot, "exit");

    assert.equal(code, 0);
    assert.ok(Date.now() - started < 25_000);
    assert.deepEqual(stage.queue.counts(), { waiting: 0, inFlight: 0, dead: 0 });
    const { entries, verified } = await stage.audit();
    assert.equal(verified.ok, true);
    assert.ok(entries.filter(({ kind }) => kind === "refused").length >= 2, "refusals are recorded");
    assert.equal(entries.filter(({ kind }) => kind === "attempt").length, 1);
  });

  /** Ends the running bot in order and starts another one on the same data: nothing may be posted again. */
  async function restart() {
    const posted = (await stage.alerts()).length;
    await stage.stopBots();
    const again = await stage.startBot();
    assert.equal((await stage.alerts()).length, posted);
    return again;
  }
});
