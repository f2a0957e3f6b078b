/** `ratelab list`: what is built in. */
import type { Command } from 'commander';
import { parsePolicy } from '../../mock-server/policy.ts';
import { policies } from '../../mock-server/policies/index.ts';
import { scenarios } from '../../scenarios/index.ts';
import { extraScenarios } from '../../scenarios/published/index.ts';
import { canonicalJson } from '../results/canonical-json.ts';
import { libraryDefinitions, strategyDefinitions } from '../strategies/index.ts';
import type { StrategyDefinition } from '../strategies/strategy.ts';
import { packageVersion } from '../suite/package-version.ts';
import { valuesOf } from '../suite/scenario-results.ts';
import { LIST_KINDS } from './list-kinds.ts';
import type { CommandContext } from './program.ts';
import { textTable } from './table.ts';

type Kind = (typeof LIST_KINDS)[number];

/** Options and action. */
export function setUpList(command: Command, { io }: CommandContext): void {
  command.option('--json', 'as JSON').action((kind: Kind | undefined, options: { json?: boolean }) => {
    const kinds = kind === undefined ? LIST_KINDS : [kind];
    if (options.json) return io.stdout.write(canonicalJson(Object.fromEntries(kinds.map((k) => [k, data[k]()]))));
    const parts = kinds.map((k) => `${kinds.length > 1 ? `${k}\n` : ''}${text[k]()}`);
    io.stdout.write(parts.join('\n'));
  });
}

const data = {
  scenarios: () =>
    [...scenarios, ...extraScenarios].map((scenario) => ({
      name: scenario.name,
      title: scenario.title,
      inSuite: scenarios.includes(scenario),
      facts: scenario.facts(valuesOf(scenario.parameters)),
      strategies: scenario.strategies,
      proposal: scenario.proposal,
      claims: scenario.claims.map(({ id, kind, says }) => ({ id, kind, says })),
    })),
  strategies: () => strategyDefinitions.map(described),
  libraries: () =>
    libraryDefinitions.map((definition) => ({
      ...described(definition),
      packages: (definition.packages ?? []).map((name) => ({ name, version: packageVersion(name) })),
    })),
  policies: () =>
    Object.values(policies).map((loose) => {
      const { name, title, description, limits } = parsePolicy(loose);
      return { name, title, description, limits: limits.map((limit) => ({ name: limit.name, source: limit.source })) };
    }),
};

function described({ name, title, family, what, when, parameters, references }: StrategyDefinition) {
  return { name, title, family, what, when, parameters, references };
}

/** What is said of a scenario that only runs by name. */
const NOT_IN_SUITE = 'extra, not in the default suite';

const text: Readonly<Record<Kind, () => string>> = {
  scenarios: () =>
    textTable(
      data
        .scenarios()
        .map(({ name, title, inSuite, facts }) => [`  ${name}`, title, inSuite ? facts.join(', ') : NOT_IN_SUITE]),
    ),
  strategies: () =>
    textTable(data.strategies().map(({ name, title, parameters }) => [`  ${name}`, title, parametersText(parameters)])),
  libraries: () =>
    textTable(
      data
        .libraries()
        .map(({ name, packages, parameters }) => [
          `  ${name}`,
          packages.map(installedText).join(', '),
          parametersText(parameters),
        ]),
    ),
  policies: () =>
    textTable(
      data
        .policies()
        .map(({ name, title, limits }) => [
          `  ${name}`,
          title,
          limits.length === 1 ? '1 limit' : `${limits.length} limits`,
        ]),
    ),
};

function installedText(installed: { readonly name: string; readonly version: string | null }): string {
  return `${installed.name} ${installed.version ?? '(not installed)'}`;
}

function parametersText(parameters: (typeof strategyDefinitions)[number]['parameters']): string {
  return Object.entries(parameters)
    .map(([name, { default: value, unit }]) => `${name}=${value}${unit === '' ? '' : ` ${unit}`}`)
    .join(', ');
}
