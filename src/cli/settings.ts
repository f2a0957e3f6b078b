/** What a run is told: flags, then `RATELAB_*` of the environment, then `ratelab.config.*`, then defaults; each value remembers where it came from. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type Thresholds, thresholdsSchema } from '../gate/thresholds.ts';
import { InputError } from '../results/input-error.ts';
import { faultsOf } from '../results/parse-results.ts';
import { loadModule } from '../suite/load-module.ts';
import { isThere, readJson } from './files.ts';
import type { Io } from './io.ts';
import { PROGRESS_KINDS, type ProgressKind } from './progress.ts';
import { parseSeeds } from './seeds.ts';

/** Everything that decides a run. */
export interface Settings {
  /** Scenario names or files; empty: all built-in scenarios. */
  readonly scenarios: readonly string[];
  /** Strategy specs or files; empty: each scenario's own. */
  readonly strategies: readonly string[];
  /** A number of seeds, or a range `21-40`. */
  readonly seeds: number | string;
  /** Folder of the report; false: nothing is written. */
  readonly out: string | false;
  /** Over real HTTP instead of in virtual time. */
  readonly wire: boolean;
  /** Scaled ms per real ms of wire trials; null: what each scenario says. */
  readonly speed: number | null;
  /** Worker threads; 0: everything in the main thread; null: one per core, but none for at most five trials of built-in code. On the wire: trials at once, at least one; null: four. */
  readonly workers: number | null;
  /** Real seconds after which a trial that blocks its thread has failed. */
  readonly stallAfter: number;
  /** Whether claims are checked; null: unless strategies or a policy were chosen. */
  readonly claims: boolean | null;
  readonly progress: ProgressKind;
  /** Exit 3 when a verdict is not settled. */
  readonly strict: boolean;
  /** Print the recommendation only. */
  readonly quiet: boolean;
  /** Policy file (JSON) to use instead of the scenarios' own; null: their own. */
  readonly policy: string | null;
  /** What the gate holds a build against; config file only. */
  readonly gate: GateSettings;
}

/** Settings of `ratelab gate`. */
export interface GateSettings {
  /** Baseline file; default `ratelab.baseline.json`. */
  readonly baseline?: string | undefined;
  /** Limits by glob over `scenario/strategy/metric`; later ones win. */
  readonly thresholds?: Thresholds | undefined;
}

/** A config file's content: any of {@link Settings}. */
export type Config = Partial<Settings>;

/** Types a config file; returns it unchanged. */
export function defineConfig(config: Config): Config {
  return config;
}

/** Where each value came from: a flag, an environment variable, the config file's name, or `default`. */
export type Origins = Readonly<Record<keyof Settings, string>>;

/** File names looked for in the working folder, the first that is there. */
export const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `ratelab.config.${ending}`);

/** How many seeds a run over HTTP takes when nobody says: the fewest from which a verdict can be drawn. */
const WIRE_SEEDS = 6;

const DEFAULTS: Settings = {
  scenarios: [],
  strategies: [],
  seeds: 20,
  out: 'reports/latest',
  wire: false,
  speed: null,
  workers: null,
  stallAfter: 60,
  claims: null,
  progress: 'auto',
  strict: false,
  quiet: false,
  policy: null,
  gate: {},
};

const whole = (least: number, most: number) =>
  z.custom<number>(
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    `must be a whole number from ${least} to ${most}`,
  );
const names = z.array(z.string().min(1)).max(1000);
const seeds = z.custom<number | string>(isSeeds, 'must be a number of seeds like 20 or a range like 21-40');
const schema = z.strictObject({
  scenarios: names,
  strategies: names,
  seeds,
  out: z.union([z.string().min(1), z.literal(false)], 'must be a folder, or false'),
  wire: z.boolean(),
  speed: z
    .custom<number>(
      (value) => typeof value === 'number' && value >= 0.01 && value <= 1000,
      'must be a number from 0.01 to 1000',
    )
    .nullable(),
  workers: whole(0, 256).nullable(),
  stallAfter: whole(1, 86_400),
  claims: z.boolean().nullable(),
  progress: z.enum(PROGRESS_KINDS),
  strict: z.boolean(),
  quiet: z.boolean(),
  policy: z.string().min(1).nullable(),
  gate: z.strictObject({ baseline: z.string().min(1).optional(), thresholds: thresholdsSchema.optional() }),
});

const KEYS = Object.keys(DEFAULTS) as (keyof Settings)[];

/**
 * The settings of a run.
 *
 * @param flags What the command line gave, by setting; absent keys were not given.
 * @param configFile Config file named by the user; undefined: the first `ratelab.config.*` of the working folder, if any.
 * @throws InputError for a value that breaks its rule, naming where it stands.
 */
export async function resolveSettings(
  flags: Readonly<Record<string, unknown>>,
  configFile: string | undefined,
  io: Io,
): Promise<{ readonly settings: Settings; readonly origins: Origins }> {
  const file = configFile ?? (await foundConfig(io.cwd));
  const layers: readonly (readonly [Config, (key: string) => string])[] = [
    [checked(fromText(flags), 'the command line', flagOf), flagOf],
    [checked(fromText(fromEnvironment(io.env)), 'the environment', variableOf), variableOf],
    [file === null ? {} : checked(await loadConfig(file, io.cwd), file, (key) => key), () => file ?? ''],
    [DEFAULTS, () => 'default'],
  ];
  const settings: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const key of KEYS) {
    const layer = layers.find(([values]) => values[key] !== undefined);
    settings[key] = layer?.[0][key];
    origins[key] = layer?.[1](key) ?? '';
  }
  // Real time is dear: a handful of seeds unless more are asked for.
  if (settings['wire'] === true && origins['seeds'] === 'default') settings['seeds'] = WIRE_SEEDS;
  return { settings: settings as unknown as Settings, origins: origins as Origins };
}

async function foundConfig(cwd: string): Promise<string | null> {
  for (const name of CONFIG_FILES) if (await isThere(resolve(cwd, name))) return name;
  return null;
}

async function loadConfig(file: string, cwd: string): Promise<Record<string, unknown>> {
  const loose = file.endsWith('.json')
    ? await readJson(file, cwd)
    : (await loadModule(resolve(cwd, file), 'read', file))['default'];
  if (typeof loose === 'object' && loose !== null) return loose as Record<string, unknown>;
  throw new InputError('read', file, [{ path: 'default export', rule: 'an object', value: loose }]);
}

function fromEnvironment(env: Io['env']): Record<string, unknown> {
  const given = KEYS.flatMap((key) => {
    const text = env[variableOf(key)];
    if (text === undefined || text === '') return [];
    const isList = key === 'scenarios' || key === 'strategies';
    return [[key, isList ? text.split(';').map((part) => part.trim()) : text] as const];
  });
  return Object.fromEntries(given);
}

/** Values as text become what they say; what says nothing stays text, and breaks its rule by name. */
function fromText(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const value = (key: string, text: unknown) => {
    if (typeof text !== 'string') return text;
    if (['workers', 'stallAfter'].includes(key)) return /^\d{1,9}$/.test(text) ? Number(text) : text;
    if (key === 'speed') return /^\d{1,4}(?:\.\d{1,4})?$/.test(text) ? Number(text) : text;
    if (['wire', 'claims', 'strict', 'quiet'].includes(key))
      return { true: true, 1: true, false: false, 0: false }[text] ?? text;
    return key === 'out' && text === 'false' ? false : text;
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, text]) => (text === undefined ? [] : [[key, value(key, text)]])),
  );
}

function checked(loose: Record<string, unknown>, where: string, shown: (key: string) => string): Config {
  const parsed = schema.partial().safeParse(loose);
  if (parsed.success) return parsed.data as Config;
  const faults = parsed.error.issues.flatMap((issue) => faultsOf(issue, loose));
  throw new InputError(
    'read',
    where,
    faults.map((fault) => ({ ...fault, path: fault.path.replace(/^\w+/, shown) })),
  );
}

/** `stallAfter` on the command line: `--stall-after`. */
function flagOf(key: string): string {
  if (key === 'scenarios') return 'names';
  return key === 'strategies' ? '--strategy' : `--${kebab(key)}`;
}

/** `stallAfter` in the environment: `RATELAB_STALL_AFTER`. */
function variableOf(key: string): string {
  return `RATELAB_${kebab(key).replaceAll('-', '_').toUpperCase()}`;
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function isSeeds(value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  try {
    return parseSeeds(String(value)).length > 0;
  } catch {
    return false;
  }
}
