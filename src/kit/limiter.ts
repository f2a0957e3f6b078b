/** What the kit takes for a limiter, and how it becomes a strategy that a trial can run. */
import { inputError, showValue } from '../results/input-error.ts';
import { customStrategy } from '../strategies/index.ts';
import type { ForeignCode, Pipeline, Strategy } from '../strategies/strategy.ts';
import { installedStrategy } from '../suite/package-version.ts';

/**
 * A limiter under test:
 *
 * - a pipeline, `(fetch, context) => fetch`: what production code uses;
 * - a maker without parameters, `() => pipeline`: called at the start of each trial, for limiters that keep state in a closure;
 * - a strategy of ratelab, or one made with `customStrategy`;
 * - a spec, as on the command line: `token-bucket:ratePerSecond=5+retry-after`, `p-retry`.
 */
export type Limiter = Pipeline | (() => Pipeline) | Strategy | string;

/** A limiter, ready for trials. */
export interface ReadyLimiter {
  readonly strategy: Strategy;
  /** How `ratelab replay` is told about it; null: only code can. */
  readonly spec: string | null;
}

/** A user's code may read `Date`, timers and dice by name: time is made ambient for it. */
const usersCode: ForeignCode = { packages: [], keepsState: false, load: () => Promise.resolve() };

/**
 * Reads a limiter.
 *
 * @throws InputError when it is none, or a library that is not installed; the spec parser's own error for a wrong spec.
 */
export function readyLimiter(limiter: Limiter): ReadyLimiter {
  if (typeof limiter === 'string') return { strategy: installedStrategy(limiter), spec: limiter };
  if (typeof limiter === 'function') {
    return { strategy: customStrategy(nameOf(limiter), pipelineOf(limiter), { foreign: usersCode }), spec: null };
  }
  if (typeof limiter === 'object' && limiter !== null && typeof limiter.pipeline === 'function') {
    return { strategy: { ...limiter, foreign: limiter.foreign ?? usersCode }, spec: null };
  }
  throw inputError(
    'test',
    'this limiter',
    `it must be a function (fetch, context) => fetch, a maker () => pipeline, a strategy or a spec, current value is ${showValue(limiter)}`,
  );
}

/** Its own name; `limiter` for one without, which a default export has only from its tool: `default`, or `__vite_ssr_export_default__` in vitest. */
function nameOf({ name }: Pipeline | (() => Pipeline)): string {
  return name === '' || name === 'default' || name.startsWith('__vite_') ? 'limiter' : name;
}

/** A maker has no parameters; it is called inside the trial, so that what it makes sees virtual time from the start. */
function pipelineOf(limiter: Pipeline | (() => Pipeline)): Pipeline {
  if (limiter.length > 0) return checkedPipeline(limiter as Pipeline);
  const make = limiter as () => unknown;
  return (fetch, context) => {
    const pipeline = make();
    if (typeof pipeline !== 'function')
      throw inputError(
        'test',
        'this limiter',
        `a maker must return a function (fetch, context) => fetch, current value is ${showValue(pipeline)}`,
      );
    return checkedPipeline(pipeline as Pipeline)(fetch, context);
  };
}

function checkedPipeline(pipeline: Pipeline): Pipeline {
  return (fetch, context) => {
    const wrapped: unknown = pipeline(fetch, context);
    if (typeof wrapped === 'function') return wrapped as typeof fetch;
    throw inputError(
      'test',
      'this limiter',
      `it must return a function that is called like fetch, current value is ${showValue(wrapped)}`,
    );
  };
}
