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
    const ready = await fetch(`${healthUrl}/readyz`);
    const { status, parts, queues, quarantined } = JSON.parse(await ready.text());
    assert.deepEqual([ready.status, status, quarantined], [200, "ok", 0]);
    assert.deepEqual([parts.redis, parts.slack, parts.iam], ["ok", "unused", "unused"]);
    assert.deepEqual(queues, [{ waiting: 0, inFlight: 0, dead: 0, late: false }]);
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

  const dialogOf = (user: string) => JSON.stringify(stage.front.modal(user)?.view ?? {});
  const lastTold = (user: string) => JSON.stringify(stage.front.ephemerals(user).at(-1) ?? {});

  it("answers /ids who in a dialog, with IAM's word and CloudTrail's, for operators only", async () => {
    const [sam, kim] = [stage.person("sam"), stage.person("kim")];
    stage.front.closeModal(sam);

    await stage.front.command({ user: sam, text: "/ids who deploy-bot" });
    await stage.front.command({ user: kim, text: "/ids who deploy-bot" });

    await until("the answer is whole", () => dialogOf(sam).includes("Share here"));
    assert.match(dialogOf(sam), /deploy-bot.*acme-prod.*Inactive/);
    assert.match(dialogOf(sam), /In CloudTrail.*iam:CreateUser.*198\.51\.100\.23/);
    assert.match(dialogOf(sam), /Recorded in alerts/);
    await until("kim is refused", () => /Not answered/.test(lastTold(kim)));
    assert.equal(stage.front.modal(kim), undefined);
  });

  it("shares the answer in the channel once, where its asker presses Share here", async () => {
    const sam = stage.person("sam");
    const before = (await stage.front.messages()).length;

    await stage.front.clickInModal({ user: sam, actionId: "ids/share/v1" });

    await until("the dialog says so", () => /Shared in the channel/.test(dialogOf(sam)));
    const messages = await stage.front.messages();
    assert.equal(messages.length, before + 1);
    assert.match(JSON.stringify(messages.at(-1)), /deploy-bot.*In CloudTrail/);
    await assert.rejects(stage.front.clickInModal({ user: sam, actionId: "ids/share/v1" }), /no element/);
    stage.front.closeModal(sam);
  });

  it("finds the key that an alert names from the menu of its message", async () => {
    const sam = stage.person("sam");
    const { ts } = await newUser();

    await stage.front.shortcut({ user: sam, ts, callbackId: "ids/look_up/v1" });
    await until("a choice is there", () => dialogOf(sam).includes(`AKIA…${key.slice(-4)}`));
    const choices = [...dialogOf(sam).matchAll(/"text":\{"type":"plain_text","text":"([^"]+)"/g)].map(
      ([, text]) => text,
    );
    await stage.front.clickInModal({
      user: sam,
      actionId: "ids/who_pick/v1",
      value: String(choices.indexOf(`AKIA…${key.slice(-4)}`)),
    });

    await until("the answer is whole", () => dialogOf(sam).includes("Share here"));
    assert.match(dialogOf(sam), /Access key.*deploy-bot.*In CloudTrail/);
    stage.front.closeModal(sam);
  });

  it("answers /ids health for its asker", async () => {
    const lee = stage.person("lee");

    await stage.front.command({ user: lee, text: "/ids health" });

    await until("it is answered", () => /Trailhound works/.test(lastTold(lee)));
    assert.match(lastTold(lee), /Redis ✔.*SQS ✔.*IAM ✔.*CloudTrail's history ✔/);
    assert.match(lastTold(lee), /trailhound.*0 in its dead-letter queue/);
  });

  it("shows each person a Home tab of their own", async () => {
    const [sam, gus] = [stage.person("sam"), stage.person("gus")];
    const homeOf = (user: string) => JSON.stringify(stage.front.home(user) ?? {});

    await stage.front.openHome(sam);
    await stage.front.openHome(gus);

    await until("sam sees how it is", () =>
      /Trailhound works.*Open alerts.*support2.*You are an operator/.test(homeOf(sam)),
    );
    await until("gus sees nothing", () => /full members of this workspace/.test(homeOf(gus)));
    assert.doesNotMatch(homeOf(gus), /support2|Redis/);
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
