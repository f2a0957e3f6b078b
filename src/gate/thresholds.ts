/** How much worse each check may get: limits by glob over `scenario/strategy/metric`, later ones win. */
import { z } from 'zod';
import { GATED_METRICS, type GatedMetric } from './metrics.ts';

/** Whether a check is left out, only told, or fails the gate. */
export type Level = 'off' | 'warn' | 'error';

/** Limits of some checks, as written in a config file. What is left out stays as it was. */
export interface ThresholdRule {
  readonly level?: Level | undefined;
  /** How much worse it may get, relative: `'+10%'` (or 0.1). A change has to exceed this and {@link min}. */
  readonly max?: string | number | undefined;
  /** How much worse it may get, in the metric's own unit (ms, count, share). */
  readonly min?: number | undefined;
  /** No seed may exceed this, in the metric's own unit; null: no such limit. */
  readonly limit?: number | null | undefined;
}

/** Rules by glob: a level, or limits too. */
export type Thresholds = Readonly<Record<string, Level | ThresholdRule>>;

/** The rule for one check, with nothing left open. */
export interface Threshold {
  readonly level: Level;
  /** 0.1 is 10 % worse. */
  readonly max: number;
  readonly min: number;
  readonly limit: number | null;
}

/**
 * The tolerance where nothing else is said: 5 %. Seeds do not draw the order of calls that fall on one instant, and that order alone can move a
 * result by a few per cent (docs/fidelity.md); a tolerance below that would cry over nothing.
 */
export const DEFAULT_TOLERANCE = 0.05;

const DEFAULTS: Readonly<Record<GatedMetric, Omit<Threshold, 'level'>>> = {
  failures: { max: 0, min: 0, limit: null },
  'jobs-unfinished': { max: DEFAULT_TOLERANCE, min: 0, limit: null },
  bans: { max: DEFAULT_TOLERANCE, min: 0, limit: null },
  makespan: { max: DEFAULT_TOLERANCE, min: 0, limit: null },
  rejected: { max: 0.1, min: 3, limit: null },
  'wasted-share': { max: 0.1, min: 0.01, limit: null },
  'wait-p95': { max: 0.1, min: 0, limit: null },
  'worst-org-slowdown': { max: 0.1, min: 0, limit: null },
  penalties: { max: 0.1, min: 1, limit: null },
};

const level = z.enum(['off', 'warn', 'error']);
const relative = z.custom<string | number>(
  (value) => relativeOf(value) !== null,
  'must be a share of the baseline like "+10%" or 0.1, from 0 to 10',
);

/** Checks the `thresholds` of a config file. */
export const thresholdsSchema = z.record(
  z.string().min(1).max(500),
  z.union(
    [
      level,
      z.strictObject({
        level: level.optional(),
        max: relative.optional(),
        min: z.number().min(0).optional(),
        limit: z.number().min(0).nullable().optional(),
      }),
    ],
    'must be "off", "warn", "error", or { level, max: "+10%", min, limit }',
  ),
);

/** Key of a check, which globs are matched with. */
export function checkKey(scenario: string, strategy: string, metric: GatedMetric): string {
  return `${scenario}/${strategy}/${metric}`;
}

/** The rule for a check: the metric's default, then every matching glob in the order written. */
export function thresholdFor(
  thresholds: Thresholds,
  scenario: string,
  strategy: string,
  metric: GatedMetric,
): Threshold {
  let rule: Threshold = { level: 'error', ...DEFAULTS[metric] };
  const key = checkKey(scenario, strategy, metric);
  for (const [glob, given] of Object.entries(thresholds)) {
    if (!globMatches(glob, key)) continue;
    const change: ThresholdRule = typeof given === 'string' ? { level: given } : given;
    rule = {
      level: change.level ?? rule.level,
      max: relativeOf(change.max) ?? rule.max,
      min: change.min ?? rule.min,
      limit: change.limit === undefined ? rule.limit : change.limit,
    };
  }
  return rule;
}

/** Globs that name a metric that is not gated: they would match nothing, silently. */
export function strangeGlobs(thresholds: Thresholds): string[] {
  const known = new Set<string>(GATED_METRICS);
  return Object.keys(thresholds).filter((glob) => {
    const metric = glob.slice(glob.lastIndexOf('/') + 1);
    return !/[*?{]/.test(metric) && !known.has(metric);
  });
}

/** Globs that match no check of the given cells: whoever wrote them takes something for guarded that is not. */
export function unmatchedGlobs(
  thresholds: Thresholds,
  cells: readonly { readonly scenario: string; readonly strategy: string }[],
): string[] {
  const keys = cells.flatMap(({ scenario, strategy }) =>
    GATED_METRICS.map((metric) => checkKey(scenario, strategy, metric)),
  );
  return Object.keys(thresholds).filter((glob) => !keys.some((key) => globMatches(glob, key)));
}

/** `*` is any text (slashes too: a strategy may be a path), `?` one character, `{a,b}` either. */
export function globMatches(glob: string, text: string): boolean {
  let depth = 0;
  const pattern = glob.replaceAll(/[*?{},]|[^\w*?{},]/g, (char) => {
    if (char === '*') return '.*';
    if (char === '?') return '.';
    if (char === '{') return ++depth > 0 ? '(?:' : '';
    if (char === '}') return depth > 0 && depth-- > 0 ? ')' : '\\}';
    if (char === ',') return depth > 0 ? '|' : ',';
    return `\\${char}`;
  });
  return depth === 0 && new RegExp(`^${pattern.replaceAll(/(?:\.\*)+/g, '.*')}$`, 's').test(text);
}

/** 0.1 for `'+10%'`, `'10 %'`, 0.1; null for anything else. */
function relativeOf(value: unknown): number | null {
  const match = typeof value === 'string' ? /^\+?\s*(\d{1,4}(?:\.\d{1,4})?)\s*%$/.exec(value.trim()) : null;
  const share = match === null ? value : Number(match[1]) / 100;
  return typeof share === 'number' && share >= 0 && share <= 10 ? share : null;
}
