/**
 * Topics: what cloud detection looks for in CloudTrail, and which rules look for it.
 * Pure. rules/topics.json is its text; docs/coverage.md is made here, so it cannot say anything else than the rules do.
 */
import { z } from "zod";

const topicShape = z.strictObject({
  number: z.number().int().min(1),
  section: z.string().min(1),
  topic: z.string().min(1),
  logic: z.string().min(1),
  leftOut: z.string().min(1).optional(),
});

export type Topic = z.infer<typeof topicShape>;

/** Opens the text of rules/topics.json. @throws ZodError, SyntaxError: the file comes with Trailhound. */
export function parseTopics(text: string): readonly Topic[] {
  return z.array(topicShape).parse(JSON.parse(text));
}

/** A rule as docs/coverage.md needs it. */
export interface TopicRule {
  readonly name: string;
  /** Numbers of the topics it covers. */
  readonly topics?: readonly number[] | undefined;
}

/** The text of docs/coverage.md. */
export function describeCoverage(topics: readonly Topic[], rules: readonly TopicRule[]): string {
  const rulesOf = ({ number }: Topic) =>
    rules
      .filter((rule) => rule.topics?.includes(number))
      .map(({ name }) => name)
      .sort();
  const covered = topics.filter((topic) => rulesOf(topic).length > 0);
  const out = topics.filter((topic) => rulesOf(topic).length === 0 && topic.leftOut !== undefined);
  const open = topics.length - covered.length - out.length;
  const sections = [...new Set(topics.map(({ section }) => section))];
  return [
    `# Coverage

Made from \`ids.topics\` of the bundled rules and from rules/topics.json; do not edit. A topic is something that open rule sets,
attack simulations or the CIS AWS Foundations Benchmark look for in CloudTrail.

${topics.length} topics: ${covered.length} with rules, ${out.length} left out for the reason given, ${open} without a rule yet.
`,
    ...sections.map((section) => sectionText(section, topics, rulesOf)),
  ].join("\n");
}

function sectionText(section: string, topics: readonly Topic[], rulesOf: (topic: Topic) => readonly string[]): string {
  const rows = topics
    .filter((topic) => topic.section === section)
    .map((topic) => {
      const names = rulesOf(topic).map((name) => `\`${name}\``);
      const told =
        names.length > 0 ? names.join(" ") : topic.leftOut === undefined ? "none yet" : `Left out: ${topic.leftOut}`;
      return `| ${topic.number} | ${topic.topic.replaceAll("|", "\\|")} | ${topic.logic} | ${told} |\n`;
    });
  return `## ${section}\n\n| # | Topic | Logic | Rules |\n|---|---|---|---|\n${rows.join("")}`;
}
