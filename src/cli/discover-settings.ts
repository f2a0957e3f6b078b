/** What `ratelab discover` is told, read: every number with its bounds, all faults at once. */
import { type Fault, InputError } from '../results/input-error.ts';
import type { LogOptions } from '../discovery/log.ts';

/** Options of `discover` as commander gives them; undefined: not given. */
export interface DiscoverFlags {
  readonly target?: string;
  readonly path?: readonly string[];
  readonly method?: string;
  readonly token?: readonly string[];
  readonly tokenFile?: string;
  readonly requests?: string;
  readonly rejections?: string;
  readonly time?: string;
  readonly inFlight?: string;
  readonly timeout?: string;
  readonly defy?: boolean;
  readonly allowPenalty?: boolean;
  readonly exploreRequests?: string;
  readonly exploreTime?: string;
  readonly allowHost?: readonly string[];
  readonly yes?: boolean;
  readonly log?: string;
  readonly resume?: boolean;
  readonly fromLog?: string;
  /** True: without a number. */
  readonly verify?: string | true;
  readonly seed?: string;
  readonly out: string | false;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly strict?: boolean;
}

/** Budgets and manners by kind of target: time is real for a URL, and costs nothing for a policy. */
export const DEFAULTS: Readonly<Record<'url' | 'policy', LogOptions>> = {
  url: {
    requests: 20_000,
    rejections: 2000,
    timeMs: 3_600_000,
    inFlight: 20,
    defy: false,
    allowPenalty: false,
    exploreRequests: 1000,
    exploreTimeMs: 600_000,
    seed: 1,
  },
  policy: {
    requests: 500_000,
    rejections: 200_000,
    timeMs: 90 * 86_400_000,
    inFlight: 512,
    defy: false,
    allowPenalty: false,
    exploreRequests: 5500,
    exploreTimeMs: 7_200_000,
    seed: 1,
  },
};

/** Probes of a verification that is asked for without a number. */
export const VERIFY_PROBES = 500;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)?$/;

/**
 * The options that were given; those that were not are absent.
 *
 * @throws InputError with all faults.
 */
export function givenOptions(flags: DiscoverFlags): Partial<LogOptions> & { verify: number; timeoutMs: number } {
  const faults: Fault[] = [];
  const whole = (flag: string, text: string | undefined, least: number, most: number) => {
    if (text === undefined) return {};
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return { value };
    faults.push({ path: `--${flag}`, rule: `a whole number from ${least} to ${most}`, value: text });
    return {};
  };
  const duration = (flag: string, text: string | undefined, leastMs: number, mostMs: number) => {
    if (text === undefined) return {};
    const [, number = '', unit = 's'] = DURATION.exec(text) ?? [];
    const value = number === '' ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
    if (value >= leastMs && value <= mostMs) return { value };
    const rule = `a time from ${leastMs / 1000} s to ${mostMs / 86_400_000} d, like 90s, 15m or 2h`;
    faults.push({ path: `--${flag}`, rule, value: text });
    return {};
  };
  const named = <K extends string>(key: K, { value }: { readonly value?: number }) =>
    (value === undefined ? {} : { [key]: value }) as Partial<Record<K, number>>;
  const read = {
    ...named('requests', whole('requests', flags.requests, 1, 100_000_000)),
    ...named('rejections', whole('rejections', flags.rejections, 1, 100_000_000)),
    ...named('timeMs', duration('time', flags.time, 1000, 3650 * 86_400_000)),
    ...named('inFlight', whole('in-flight', flags.inFlight, 1, 10_000)),
    ...named('exploreRequests', whole('explore-requests', flags.exploreRequests, 0, 100_000_000)),
    ...named('exploreTimeMs', duration('explore-time', flags.exploreTime, 0, 3650 * 86_400_000)),
    ...named('seed', whole('seed', flags.seed, 0, Number.MAX_SAFE_INTEGER)),
    ...(flags.defy === undefined ? {} : { defy: flags.defy }),
    ...(flags.allowPenalty === undefined ? {} : { allowPenalty: flags.allowPenalty }),
    verify: 0,
    timeoutMs: duration('timeout', flags.timeout, 100, 600_000).value ?? 10_000,
  };
  if (flags.verify !== undefined)
    read.verify = flags.verify === true ? VERIFY_PROBES : (whole('verify', flags.verify, 1, 1_000_000).value ?? 0);
  if (faults.length > 0) throw new InputError('read', 'the command line', faults);
  return read;
}
