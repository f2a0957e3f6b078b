/** The door for results files: loose JSON in, {@link SuiteResults} out, all faults reported at once. */
import { z } from 'zod';
import { parsePolicy, PolicyError, policyJsonSchema, type Policy } from '../../mock-server/policy.ts';
import { InputError, inputError, type Fault } from './input-error.ts';
import type { SuiteResults } from './results.ts';
import { policySlot, resultsSchema } from './schema.ts';

/** The schema version that this build writes and reads. */
export const RESULTS_SCHEMA_VERSION = 1;

/**
 * Parses the content of a results file.
 *
 * @param loose JSON value of unknown origin.
 * @param where Name of the file, for messages.
 * @throws InputError with every fault's path, rule and value; or, for another kind of results or another schema version, what to do about it.
 */
export function parseResults(loose: unknown, where: string): SuiteResults {
  rejectOthers(loose, where);
  const parsed = resultsSchema.safeParse(loose);
  if (!parsed.success)
    throw new InputError(
      'read',
      where,
      parsed.error.issues.flatMap((issue) => faultsOf(issue, loose)),
    );
  return {
    ...parsed.data,
    scenarios: parsed.data.scenarios.map((scenario, index) => ({
      ...scenario,
      policy: policyOf(scenario.policy, index, where),
    })),
  };
}

/** The schema of `results.json` as JSON Schema (draft 2020-12), for other tools. */
export function resultsJsonSchema(): Record<string, unknown> {
  return {
    title: 'ratelab results',
    ...z.toJSONSchema(resultsSchema, {
      override({ zodSchema, jsonSchema }) {
        if (zodSchema === policySlot) Object.assign(jsonSchema, policyJsonSchema(), { $schema: undefined });
      },
    }),
  };
}

function policyOf(loose: unknown, scenario: number, where: string): Policy {
  try {
    return parsePolicy(loose);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const inFile = error.faults.map((fault) => ({ ...fault, path: `scenarios[${scenario}].policy.${fault.path}` }));
    throw new InputError('read', where, inFile, { cause: error });
  }
}

/** Results of another kind or version are told in one sentence, not fault by fault. */
function rejectOthers(loose: unknown, where: string): void {
  if (typeof loose !== 'object' || loose === null || Array.isArray(loose))
    throw new InputError('read', where, [{ path: 'the file', rule: 'a JSON object', value: loose }]);
  const { kind, schemaVersion: version } = loose as Record<string, unknown>;
  if (kind === 'load')
    throw inputError(
      'read',
      where,
      'it must hold the results of ratelab run, but it holds those of ratelab load, which wrote their report beside them',
    );
  if (typeof version !== 'number' || version === RESULTS_SCHEMA_VERSION) return;
  const remedy =
    version > RESULTS_SCHEMA_VERSION
      ? 'a newer ratelab wrote it; update ratelab'
      : 'run the suite again with this ratelab';
  throw inputError(
    'read',
    where,
    `schemaVersion must be ${RESULTS_SCHEMA_VERSION}, current value is ${version} (${remedy})`,
  );
}

type Issue = z.core.$ZodIssue;

/** One zod issue as faults with path, rule and the value that stands there. */
export function faultsOf(issue: Issue, root: unknown): Fault[] {
  const at = (path: readonly PropertyKey[]) => ({ path: pathText(path), value: valueAt(root, path) });
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ ...at([...issue.path, key]), rule: 'left out (it is not a known field)' }));
  return [{ ...at(issue.path), rule: ruleOf(issue) }];
}

const TYPE_RULES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function ruleOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_RULES[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return sizeRule(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return sizeRule(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_union':
      return 'a number, a text, or true or false';
    default:
      return issue.message.replace(/^must be /, '');
  }
}

function sizeRule(origin: string, comparison: string, bound: number | bigint): string {
  if (origin === 'string') return `a text of ${comparison} ${bound} characters`;
  if (origin === 'array') return `a list of ${comparison} ${bound} entries`;
  return `${comparison} ${bound}`;
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}
