/** Types of libraries-clocks.mjs, for the test that guards the method. */
import type { RandomSource } from '../src/random/random.ts';
import type { Strategy, StrategyFamily } from '../src/strategies/strategy.ts';
import type { VirtualTime, VirtualTimeOptions } from '../src/time/virtual-time.ts';

export interface Script {
  readonly calls: number;
  readonly everyMs: number;
  readonly refusals: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Start {
  readonly seed: number;
  readonly phaseMs: number | null;
}

export interface Lab {
  readonly createRandomSource: (seed: number) => RandomSource;
  readonly createVirtualTime: (options: VirtualTimeOptions) => VirtualTime;
}

export interface PlayedScript {
  /** `atMs`: after the script began. */
  readonly attempts: readonly { readonly call: string; readonly attempt: number; readonly atMs: number }[];
  readonly dice: number;
  readonly failure: string | null;
}

export const LATENCY_MS: number;
export const TOLERANCE_MS: number;
export const SCRIPTS: Readonly<Record<'Retry-After: 2' | 'no Retry-After' | 'paced', Script>>;
export function scriptsOf(family: StrategyFamily): (keyof typeof SCRIPTS)[];
export function playVirtually(script: Script, strategy: Strategy, start: Start, lab: Lab): Promise<PlayedScript>;
export function playReally(
  script: Script,
  strategy: Strategy,
  start: Start,
  lab: Lab,
): Promise<PlayedScript & { readonly late: { readonly meanMs: number; readonly worstMs: number } }>;
export function isWithin(differenceMs: number | null): boolean;
export function differences(one: PlayedScript, other: PlayedScript): (number | null)[];
