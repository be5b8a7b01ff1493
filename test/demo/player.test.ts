import assert from "node:assert/strict";
import { CLIENTS, FAR_REGION } from "../../demo/cast.ts";
import { type Caption, captionOf, type Play, playStory } from "../../demo/player.ts";
import { STORY } from "../../demo/story.ts";
import { openWorld, type World } from "../../demo/world.ts";

/** 90 seconds of story in a fifth of one. */
const SPEED = 500;

function stage(onCaption: (caption: Caption, world: World) => void = () => undefined) {
  const captions: Caption[] = [];
  const plays: Play[] = [];
  const records: { eventName: string; awsRegion: string; errorCode?: string; userIdentity: { userName: string } }[] =
    [];
  const world = openWorld({
    now: Date.now,
    delayMs: 0,
    send: async (body) => void records.push(JSON.parse(body).detail),
  });
  const ended = new AbortController();
  const played = playStory({
    world,
    speed: SPEED,
    now: Date.now,
    tell(caption) {
      captions.push(caption);
      onCaption(caption, world);
    },
    enter: (play) => plays.push(play),
    signal: ended.signal,
  });
  return { captions, plays, records, world, ended, played };
}

function shut(world: World, userName: string): void {
  const accessKeyId = world.keysOf(userName)[0]?.id ?? "";
  const keyId = world.keysOf("alice")[0]?.id ?? "";
  const params = { userName, accessKeyId, status: "Inactive" };
  const answer = world.call({ keyId, action: "iam:UpdateAccessKey", params, ...CLIENTS.alice, region: "us-east-1" });
  assert.equal(answer.kind, "ok");
}

describe("story", () => {
  it("takes about 90 seconds and goes forward only", () => {
    const times = STORY.map(({ at }) => at);

    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok((times.at(-1) ?? 0) > 80 && (times.at(-1) ?? 0) <= 90);
  });

  it("leaves the records of a break-in: probing, a new admin, a try to stop the trail, big machines far away", async () => {
    const { records, captions, world, ended, played } = stage();
    await until(() => captions.some(({ text }) => text?.startsWith("Your turn") === true));
    ended.abort();
    await assert.rejects(played, { name: "AbortError" });
    await world.settled();

    const of = (userName: string) => records.filter((record) => record.userIdentity.userName === userName);
    const denied = of("deploy-bot").filter(({ errorCode }) => errorCode !== undefined);
    assert.ok(new Set(denied.map(({ eventName }) => eventName)).size >= 10);
    assert.ok(denied.some(({ eventName }) => eventName === "StopLogging"));
    const done = of("deploy-bot").filter(({ errorCode }) => errorCode === undefined);
    for (const name of ["CreateUser", "CreateAccessKey", "AttachUserPolicy"])
      assert.ok(
        done.some(({ eventName }) => eventName === name),
        name,
      );
    assert.ok(of("support2").some((r) => r.eventName === "RunInstances" && r.awsRegion === FAR_REGION));
  });

  it("ends when both keys are shut, and the refused calls left no record", async () => {
    const before: Record<string, number> = {};
    const { captions, plays, records, world, played } = stage((caption, world) => {
      if (!caption.text?.startsWith("Your turn")) return;
      for (const user of ["deploy-bot", "support2"]) shut(world, user);
    });
    await until(() => plays.at(-1)?.phase === "hunt");
    await world.settled();
    before["records"] = records.length;

    await played;

    await world.settled();
    assert.equal(plays.at(-1)?.phase, "out");
    const refused = captions.filter(({ outcome }) => outcome === "invalid-key");
    assert.deepEqual(new Set(refused.map(({ as }) => as)), new Set(["deploy-bot", "support2"]));
    assert.match(refused[0]?.text ?? "", /no CloudTrail record/);
    const late = records.slice(before["records"]);
    assert.deepEqual(
      late.filter((record) => record.userIdentity.userName === "support2"),
      [],
    );
  });

  it("goes on with the second key when only the first is shut", async () => {
    const { captions, plays, ended, played } = stage((caption, world) => {
      if (caption.text?.startsWith("Your turn")) shut(world, "deploy-bot");
    });
    const count = (as: string, outcome: string) =>
      captions.filter((caption) => caption.as === as && caption.outcome === outcome).length;
    await until(() => count("deploy-bot", "invalid-key") >= 2);
    const done = count("support2", "ok");
    await until(() => count("support2", "ok") > done);

    assert.equal(plays.at(-1)?.phase, "hunt");
    ended.abort();
    await assert.rejects(played, { name: "AbortError" });
  });

  it("follows a thief who was shut out before he made his second key", async () => {
    const { captions, plays, played } = stage((caption, world) => {
      if (caption.text === "Whose key is this?") shut(world, "deploy-bot");
    });

    await played;

    assert.equal(plays.at(-1)?.phase, "out");
    assert.equal(
      captions.some(({ action, outcome }) => action === "iam:CreateUser" && outcome === "ok"),
      false,
    );
    assert.match(captions.at(-1)?.text ?? "", /delete the leaked key/);
  });

  it("tells what Trailhound changes and reads back, from IAM's own answers", () => {
    const call = { keyId: "ASIA", ...CLIENTS.alice, region: "us-east-1" };
    const params = { userName: "bob", accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Inactive" };
    const keys = { accessKeyMetadata: [{ accessKeyId: "AKIAIOSFODNN7EXAMPLE", status: "Inactive" }] };

    const told = [
      captionOf({ ...call, action: "iam:UpdateAccessKey", params }, { kind: "ok", value: {}, requestID: "" }, 0),
      captionOf({ ...call, action: "iam:ListAccessKeys", params }, { kind: "ok", value: keys, requestID: "" }, 0),
      captionOf({ ...call, action: "iam:GetUser", params }, { kind: "ok", value: {}, requestID: "" }, 0),
      captionOf({ ...call, action: "iam:UpdateAccessKey", params }, { kind: "invalid-key" }, 0),
    ];

    assert.deepEqual(
      told.map((caption) => caption?.text),
      [
        "Sets …MPLE of bob to Inactive.",
        "Reads the keys of bob: …MPLE Inactive.",
        undefined,
        "It may not, or it failed.",
      ],
    );
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
