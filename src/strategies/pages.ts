/** The documentation of the strategies, written from their definitions: one page each, and a page that lists them. */
import { libraryDefinitions } from './libraries/index.ts';
import { buildStrategy, parseStrategy, ruleOf } from './parse.ts';
import { strategyChapters, type StrategyChapter } from './registry.ts';
import type { ParameterDefinition, StrategyDefinition, StrategyFamily } from './strategy.ts';

/** One page; `path` is relative to the root of the repository. */
export interface StrategyPage {
  readonly path: string;
  readonly markdown: string;
}

/** All pages: the list first. Pure: the same definitions give the same text. */
export function strategyPages(): readonly StrategyPage[] {
  const definitions = [...strategyChapters.flatMap((chapter) => chapter.definitions), ...libraryDefinitions];
  return [
    { path: 'docs/strategies/README.md', markdown: listPage() },
    ...definitions.map((definition) => ({
      path: `docs/strategies/${definition.name}.md`,
      markdown: pageOf(definition),
    })),
  ];
}

const familyTexts: Readonly<Record<StrategyFamily, string>> = {
  reacts: 'reacts to refusals',
  paces: 'paces requests before they are sent',
  adapts: 'adapts its pace to the answers',
  plans: 'plans the work',
};

function listPage(): string {
  const chapters = strategyChapters.map(chapterOf);
  return `${generated}# Strategies

A strategy is client-side code around \`fetch\`, or an order of the work, or both. Each is a small layer; layers are put together with \`+\`, the
outermost first, and take parameters after a colon:

\`\`\`
retry-after+token-bucket:by=org,ratePerSecond=5,burst=5
\`\`\`

**The order matters.** What stands outside calls what stands inside. In \`retry-after+token-bucket\` every attempt, a retry too, takes a token; in
\`token-bucket+retry-after\` only first attempts do, and retries pass the bucket by. Layers that learn from refusals (\`org-gate\`, \`remaining-gate\`,
\`aimd\` and the other adaptive ones, \`give-up\`) must stand inside the retrying layer: outside they would see only what is left when the retries are over.

A layer of this package that repeats a request does so for POST too. That is safe for the statuses that mean "nothing was done": 429 and 503. A body that is a stream
cannot be sent twice, and such a request is not repeated. Errors of the connection are passed on.

${chapters.join('\n\n')}

${librariesChapter()}
`;
}

function chapterOf({ title, definitions }: StrategyChapter): string {
  const rows = definitions.map(
    ({ name, title: shown, what }) => `| [\`${name}\`](${name}.md) | ${shown} | ${cell(what)} |`,
  );
  return `## ${title}\n\n| Name | Title | What it does |\n|---|---|---|\n${rows.join('\n')}`;
}

function librariesChapter(): string {
  const rows = libraryDefinitions.map(
    ({ name, packages = [], what }) => `| [\`${name}\`](${name}.md) | ${packages.join(', ')} | ${cell(what)} |`,
  );
  return `## Libraries

Packages that people use, unmodified and with their default options unless a parameter says otherwise. They are not installed with ratelab: install
those that you want to compare. Results record their versions, and \`ratelab list libraries\` shows them. What they do with POST, with other errors and
with a broken connection is theirs: the pages say what matters. \`make-fetch-happen\` is not among them: it brings its own HTTP stack, which cannot be
put into virtual time.

| Name | Packages | What it does |
|---|---|---|
${rows.join('\n')}`;
}

function pageOf(definition: StrategyDefinition): string {
  const { name, title, family, what, when, references } = definition;
  const sections = [
    `${generated}# ${title}`,
    `\`${name}\`: ${familyTexts[family]}.`,
    what,
    ...(definition.packages === undefined ? [] : [`## Package\n\n${packageText(definition, definition.packages)}`]),
    `## When\n\n${when}`,
    `## Parameters\n\n${parameterTable(definition.parameters)}`,
    `## Use\n\n${usage(definition)}`,
  ];
  if (references.length > 0)
    sections.push(`## References\n\n${references.map((reference) => `- ${linked(reference)}`).join('\n')}`);
  return `${sections.join('\n\n')}\n\n[All strategies](README.md)\n`;
}

function packageText(definition: StrategyDefinition, packages: readonly string[]): string {
  const keepsState = definition.build(buildDefaults(definition)).foreign?.keepsState === true;
  return [
    `Not installed with ratelab: \`npm install ${packages.join(' ')}\`. It is loaded when a run asks for it, and runs as it was published.`,
    ...(keepsState ? ['It keeps state in its module, so that each trial runs in a thread of its own.'] : []),
  ].join(' ');
}

function parameterTable(parameters: Readonly<Record<string, ParameterDefinition>>): string {
  const rows = Object.entries(parameters).map(([name, parameter]) => {
    const { default: usual, unit, doc } = parameter;
    return `| \`${name}\` | ${usual}${unit === '' ? '' : ` ${unit}`} | ${cell(ruleOf(parameter))} | ${cell(doc)} |`;
  });
  return rows.length === 0 ? 'None.' : `| Name | Default | Must be | Meaning |\n|---|---|---|---|\n${rows.join('\n')}`;
}

function usage(definition: StrategyDefinition): string {
  const spec = definition.example ?? definition.name;
  const plans = buildStrategy(definition).plans.length > 0;
  return [
    `In a comparison: \`ratelab run --strategy '${spec}'\` (in reports: *${parseStrategy(spec).title}*).`,
    ...(plans ? [`On your own jobs:\n\n${fenced(planSnippet(spec))}`] : []),
    ...(definition.build(buildDefaults(definition)).pipeline === undefined && plans
      ? []
      : [`Around a real \`fetch\`:\n\n${fenced(fetchSnippet(spec))}`]),
  ].join('\n\n');
}

function buildDefaults(definition: StrategyDefinition) {
  return Object.fromEntries(Object.entries(definition.parameters).map(([name, { default: usual }]) => [name, usual]));
}

/** How a strategy is used around a real fetch; a test runs it. */
export function fetchSnippet(spec: string): string {
  return `import { withStrategy } from 'ratelab';

const politeFetch = withStrategy('${spec}', fetch, {
  // Whose request it is: without this, everything counts as one organization.
  identify: (input, init) => {
    const token = new Headers(init?.headers).get('authorization') ?? '';
    return { org: new URL(input instanceof Request ? input.url : input).hostname, client: 'my-client', token, job: '' };
  },
});
const response = await politeFetch('https://api.example.com/api/v2/users?pageNumber=1');`;
}

/** How a plan is used. */
function planSnippet(spec: string): string {
  return `import { parseStrategy, systemRandom } from 'ratelab';

const context = { random: systemRandom, startsAtMs: Date.now(), senders };
const planned = parseStrategy('${spec}').plans.reduce((jobs, plan) => plan(jobs, context), myJobs);`;
}

const generated = '<!-- Written by `npm run docs` from src/strategies: change the definition there. -->\n\n';

function fenced(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

/** A web address at the end of a reference as a link. */
function linked(reference: string): string {
  return reference.replace(/https:\/\/[^\s)]+/g, '<$&>');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
