/** The door of a policy: loose JSON in, a qualified policy out, or one error that lists every fault. */
import { z } from 'zod';
import type { Policy } from './policy.ts';
import { crossFaults } from './policy-rules.ts';
import { lastLatencyRule, loosePolicySchema } from './policy-schema.ts';

/** One fault: where, which rule it breaks, and what stands there (undefined: nothing). */
export interface Fault {
  readonly path: string;
  readonly rule: string;
  readonly value: unknown;
}

/** A policy with faults; the message lists all of them, `faults` holds them as data. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly faults: readonly Fault[];
  /** `where` names the policy in the message, for example `policy bulk.json`. */
  constructor(where: string, faults: readonly Fault[]) {
    const lines = faults.map((fault) => `${fault.path} must be ${fault.rule}, current value is ${shown(fault.value)}`);
    super(`Cannot read ${where}: ${lines.length === 1 ? lines[0] : `${lines.length} faults\n  ${lines.join('\n  ')}`}`);
    this.faults = faults;
  }
}

/** Faults that one error lists at most. */
const FAULTS_MAX = 100;

/**
 * Reads a loose policy: fills in every default and checks it whole. A qualified policy comes out as it went in.
 * `where` names it in errors. Throws {@link PolicyError} with all faults at once.
 */
export function parsePolicy(loose: unknown, where = 'policy'): Policy {
  const parsed = loosePolicySchema.safeParse(loose);
  const faults = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => faultsOf(issue, [], loose))),
    ...crossFaults(loose),
  ];
  if (faults.length > 0 || !parsed.success) throw new PolicyError(where, faults.slice(0, FAULTS_MAX));
  return qualified(parsed.data);
}

/** The JSON Schema (2020-12) of a loose policy, for editors. Rules over several fields are not in it. */
export function policyJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(loosePolicySchema, { io: 'input' });
}

function qualified(loose: z.output<typeof loosePolicySchema>): Policy {
  const last = loose.latency.at(-1);
  const whole = last !== undefined && last.match.methods.length + last.match.paths.length === 0;
  return {
    ...loose,
    title: loose.title === '' ? loose.name : loose.title,
    headers: { ...loose.headers, speaksOf: loose.headers.speaksOf || (loose.limits[0]?.name ?? '') },
    latency: whole ? loose.latency : [...loose.latency, lastLatencyRule()],
  };
}

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, base: readonly PropertyKey[], loose: unknown): Fault[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => fault([...path, key], 'absent (it is not a known key)', loose));
  }
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors);
    if (branch !== null) return branch.flatMap((inner) => faultsOf(inner, path, loose));
  }
  if (issue.code === 'invalid_key') return [fault(path, 'one of the known keys', loose)];
  return [fault(path, issue.message, loose)];
}

/** The branch of a union that the value was meant for: the one whose faults all lie inside the value. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const inside = branches.filter(
    (issues) => issues.length > 0 && issues.every((issue) => issue.path.length > 0 || issue.code === 'too_small'),
  );
  return inside.length === 1 ? (inside[0] ?? null) : null;
}

function fault(path: readonly PropertyKey[], rule: string, loose: unknown): Fault {
  let value: unknown = loose;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return { path: pathText(path), rule, value };
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'it';
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
