import assert from "node:assert/strict";
import { type AskContext, type Asker, mayContain, mayLook } from "../../src/contain/approval.ts";

const TEAM = "T00000001";
const user: Asker = { id: "U0000SAM", teamId: TEAM, deleted: false, bot: false, guest: false, external: false };
const context: AskContext = { operators: ["U0000SAM"], team: TEAM, payloadTeam: TEAM, userTeam: TEAM };

const outsiders: readonly [string, Asker | undefined, Partial<AskContext>][] = [
  ["somebody Slack does not know", undefined, {}],
  ["a removed user", { ...user, deleted: true }, {}],
  ["a bot", { ...user, bot: true }, {}],
  ["a guest", { ...user, guest: true }, {}],
  ["a user of Slack Connect", { ...user, external: true }, {}],
  ["a member of another team", { ...user, teamId: "T00000002" }, {}],
  ["a request from another team", user, { payloadTeam: "T00000002" }],
  ["a request that names another team for its user", user, { userTeam: "T00000002" }],
  ["a request that names no team", user, { payloadTeam: "", userTeam: "" }],
  [
    "everybody while Trailhound does not know its own team",
    { ...user, teamId: "" },
    { team: "", payloadTeam: "", userTeam: "" },
  ],
];

describe("mayContain", () => {
  it("allows a full member of the team who is listed as operator", () => {
    assert.deepEqual(mayContain(user, context), { allowed: true });
  });

  it("allows nobody when the list of operators is empty", () => {
    assert.equal(mayContain(user, { ...context, operators: [] }).allowed, false);
  });

  it("refuses a full member who is not listed", () => {
    assert.equal(mayContain({ ...user, id: "U0000EVE" }, context).allowed, false);
  });

  for (const [who, asker, change] of outsiders)
    it(`refuses ${who}, listed or not`, () => {
      assert.equal(mayContain(asker, { ...context, ...change }).allowed, false);
    });
});

describe("mayLook", () => {
  it("allows a full member who is no operator", () => {
    assert.deepEqual(mayLook({ ...user, id: "U0000EVE" }, context), { allowed: true });
  });

  for (const [who, asker, change] of outsiders)
    it(`refuses ${who}`, () => {
      assert.equal(mayLook(asker, { ...context, ...change }).allowed, false);
    });
});
