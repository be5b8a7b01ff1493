import assert from "node:assert/strict";
import { handleCommand } from "../../handlers/command.ts";
import { type MemoryIam, memoryIam } from "../../src/adapters/memory.ts";
import type { ChatUser, Command } from "../../src/ports.ts";
import { ACCOUNT, openLine, recordNamed } from "./line.ts";

const TEAM = "T00000001";
const OPERATOR = "U0000000A";
const sam: ChatUser = { id: OPERATOR, teamId: TEAM, deleted: false, bot: false, guest: false, external: false };
const KEY = "AKIAIOSFODNN7EXAMPLE";

function addUser(iam: MemoryIam, arn: string): void {
  const createdAt = "2025-10-04T09:00:00.000Z";
  iam.users.set(`${ACCOUNT.id}/jack`, { arn, userName: "jack", userId: "AIDACKCEVSQ6C2EXAMPLE", createdAt });
  iam.keyring.set(KEY, { account: ACCOUNT.id, userName: "jack", id: KEY, status: "Active", createdAt });
}

describe("/ids", () => {
  async function desk(user: ChatUser = sam, operators: readonly string[] = [OPERATOR]) {
    const line = await openLine();
    const iam = memoryIam();
    line.chat.users.set(user.id, user);
    const deps = { ...line, iam, config: { accounts: [ACCOUNT], operators } };
    const ask = async (text: string, from: Partial<Command> = {}) => {
      const command = {
        text,
        user: user.id,
        team: TEAM,
        channel: "C1",
        triggerId: "1.2",
        responseUrl: "https://x",
        ...from,
      };
      await handleCommand(command, deps);
      return JSON.stringify(line.chat.responses.at(-1)?.message);
    };
    return { line, iam, ask };
  }

  it("help lists the commands, also when nothing or something unknown was typed", async () => {
    const { ask } = await desk();

    assert.match(await ask("help"), /\/ids who/);
    assert.match(await ask(""), /\/ids who/);
    assert.match(await ask("  HELP  "), /\/ids who/);
    assert.match(await ask("wh alice"), /not a command/);
  });

  it("who shows the user, the keys and what was recorded", async () => {
    const { line, iam, ask } = await desk();
    addUser(iam, "arn:aws:iam::111122223333:user/jack");
    const identity = {
      type: "IAMUser",
      arn: "arn:aws:iam::111122223333:user/jack",
      accountId: ACCOUNT.id,
      userName: "jack",
      accessKeyId: KEY,
    };
    await line.take(recordNamed("iam_create_user", { userIdentity: identity }));

    for (const question of ["who jack", `who ${KEY}`, "who arn:aws:iam::111122223333:user/jack"]) {
      const answer = await ask(question);
      assert.match(answer, /jack/, question);
      assert.match(answer, /MPLE/, question);
      assert.match(answer, /iam:CreateUser|IAM user created/i, question);
    }
  });

  it("who says where it looked when it found nothing", async () => {
    const { ask } = await desk();

    assert.match(await ask("who nobody"), /Nothing found.*prod/);
  });

  it("who refuses a pasted secret key without looking it up", async () => {
    const { ask } = await desk();

    const answer = await ask("who wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    assert.match(answer, /secret access key/);
    assert.doesNotMatch(answer, /wJalrXUtnFEMI/);
  });

  it("who does not show a user of another account than the one asked for", async () => {
    const { iam, ask } = await desk();
    addUser(iam, "arn:aws:iam::444455556666:user/jack");

    const answer = await ask("who jack");
    assert.match(answer, /belongs to another account/);
    assert.match(answer, /Nothing found/);
  });

  it("who answers operators only", async () => {
    const others: readonly Partial<ChatUser>[] = [
      { id: "U0000000B" },
      { guest: true },
      { bot: true },
      { deleted: true },
      { external: true },
      { teamId: "T00000002" },
    ];
    for (const flags of others) {
      const { line, ask } = await desk({ ...sam, ...flags });
      assert.match(await ask("who jack"), /Not answered/, JSON.stringify(flags));
      assert.equal(line.chat.responses.length, 1);
    }
    const { ask } = await desk(sam, []);
    assert.match(await ask("who jack"), /Not answered/);
    const elsewhere = await desk();
    assert.match(await elsewhere.ask("who jack", { team: "T00000002" }), /Not answered/);
  });
});
