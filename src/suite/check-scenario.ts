/** The door for users' scenarios: is this default export a scenario? */
import { z } from 'zod';
import type { Scenario } from '../../scenarios/scenario.ts';
import { InputError } from '../results/input-error.ts';
import { faultsOf } from '../results/parse-results.ts';
import { scenarioName } from '../results/schema.ts';

const isFunction = z.custom<unknown>((value) => typeof value === 'function', 'must be a function');
const text = z.string();

const shape = z.object({
  name: scenarioName,
  title: text,
  thread: z.object({ says: z.array(text), advice: z.array(text) }),
  startsAt: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with offset, 2024 or later' }),
  policy: z.record(z.string(), z.unknown()),
  parameters: z.record(
    z.string(),
    z.object({
      value: z.union([z.number(), text, z.boolean()]),
      source: z.enum(['thread', 'documented', 'assumed']),
      note: text,
    }),
  ),
  workload: isFunction,
  facts: isFunction,
  strategies: z.array(text).min(1),
  proposal: text,
  refusedShareMax: z.number().min(0).max(1),
  deadlineMs: z.number().positive(),
  attemptsPerJobMax: z.number().positive(),
  wireSpeed: z.number().positive().optional(),
  variants: z.array(z.object({ name: text.min(1), what: text })),
  claims: z.array(z.object({ id: text.min(1), says: text, check: isFunction })),
  platform: isFunction.optional(),
  client: isFunction.optional(),
  published: z
    .object({
      source: text,
      note: text,
      figures: z.array(z.object({ label: text.min(1), published: z.number(), measure: isFunction })),
    })
    .optional(),
});

/**
 * Checks the shape of a scenario from a user's file (its policy is checked by `parsePolicy`, its strategies by the spec parser).
 *
 * @throws InputError with all faults at once.
 */
export function checkScenario(loose: unknown, where: string): Scenario {
  const parsed = shape.safeParse(loose);
  if (parsed.success) return loose as Scenario;
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, loose));
  throw new InputError(
    'load scenario',
    where,
    faults.map((fault) => (fault.path === 'the file' ? { ...fault, path: 'default export' } : fault)),
  );
}
