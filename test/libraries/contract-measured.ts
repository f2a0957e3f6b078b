/**
 * What each library does with a 429, as it was measured once outside this project (2026-11-22, Node 20.20.2, unmodified packages of the
 * versions pinned here, default options unless the spec says otherwise, a server that takes 10 ms): the strategies must do the same.
 */

/** A wait in ms between an answer and the next attempt: exact, or from..to where the library throws dice. */
export type Wait = number | readonly [number, number];

/** One library. Each column: the first two waits of a GET; fewer where it gives up before. */
export interface MeasuredRow {
  readonly spec: string;
  /** No Retry-After. */
  readonly none: readonly Wait[];
  /** `Retry-After: 7`. */
  readonly seconds: readonly Wait[];
  /** An HTTP date 7.99 s ahead. */
  readonly date: readonly Wait[];
  /** `Retry-After: 0`. */
  readonly zero: readonly Wait[];
  /** `Retry-After: 60`. */
  readonly minute: readonly Wait[];
  /** Attempts in all when `Retry-After: 7` is all it ever gets; null: no bound was found. */
  readonly attempts: number | null;
  /** Whether a POST that was refused with `Retry-After: 7` is sent again. */
  readonly retriesPost: boolean;
}

/** Reads no header: the same waits whatever it says. */
function headerless(spec: string, waits: readonly Wait[], attempts: number, retriesPost: boolean): MeasuredRow {
  return { spec, none: waits, seconds: waits, date: waits, zero: waits, minute: waits, attempts, retriesPost };
}

/** Waits as long as it is told, `zero` for a Retry-After of 0. */
function obedient(
  spec: string,
  none: readonly Wait[],
  zero: readonly Wait[],
  attempts: number | null,
  retriesPost: boolean,
): MeasuredRow {
  const twice = (ms: number) => [ms, ms];
  return { spec, none, seconds: twice(7000), date: twice(7990), zero, minute: twice(60_000), attempts, retriesPost };
}

const SDK_BACKOFF: readonly Wait[] = [
  [375, 500],
  [750, 1000],
];
const GOT_BACKOFF: readonly Wait[] = [
  [1000, 1100],
  [2000, 2100],
];
/** The AWS retrier's own wait, and the most that a Retry-After adds to it. */
const SMITHY_OWN: readonly Wait[] = [
  [0, 1000],
  [0, 2000],
];
const SMITHY_TOLD: readonly Wait[] = [
  [5000, 6000],
  [5000, 7000],
];
/** Two seconds a call, counted from call to call: the server's 10 ms may be in it. */
const SMITHY_SLOWEST: readonly Wait[] = [
  [1990, 2000],
  [1990, 2000],
];

/** In alphabetical order. */
export const measured: readonly MeasuredRow[] = [
  { ...obedient('anthropic', SDK_BACKOFF, SDK_BACKOFF, 3, true) },
  headerless(
    'async-retry',
    [
      [1000, 2000],
      [2000, 4000],
    ],
    11,
    true,
  ),
  obedient('axios-retry', [1, 1], [1, 1], 4, false),
  {
    // Jitter of up to 20 % on top of what it was told.
    spec: 'axios-retry:delay=exponential',
    none: [
      [200, 240],
      [400, 480],
    ],
    seconds: [
      [7000, 8400],
      [7000, 8400],
    ],
    date: [
      [7990, 9588],
      [7990, 9588],
    ],
    zero: [
      [200, 240],
      [400, 480],
    ],
    minute: [
      [60_000, 72_000],
      [60_000, 72_000],
    ],
    attempts: 4,
    retriesPost: false,
  },
  obedient('axios-retry-after', [], [1, 1], null, true),
  obedient('azure', [], [1, 1], 4, true),
  headerless(
    'cockatiel',
    [
      [0, 177],
      [0, 364],
    ],
    4,
    true,
  ),
  {
    spec: 'discord',
    none: [0, 0],
    seconds: [7050, 7050],
    date: [0, 0],
    zero: [50, 50],
    minute: [60_050, 60_050],
    attempts: null,
    retriesPost: true,
  },
  headerless('effect', [1000, 2000], 11, true),
  headerless('exponential-backoff', [100, 200], 10, true),
  headerless('fetch-retry', [1000, 1000], 4, true),
  headerless('gaxios', [100, 500], 4, false),
  headerless('genesys-sdk', [], 1, false),
  obedient('got', GOT_BACKOFF, GOT_BACKOFF, 3, false),
  obedient('ky', [300, 600], [1, 1], 3, false),
  headerless('lifeomic-attempt', [200, 200], 3, true),
  {
    ...obedient(
      'msgraph-retry',
      [
        [3000, 4000],
        [5000, 6000],
      ],
      [1, 1],
      4,
      true,
    ),
    // It rounds what is left until a date to whole seconds.
    date: [8000, 8000],
  },
  headerless('octokit-retry', [1000, 4000], 4, true),
  headerless('octokit-throttling', [], 1, false),
  headerless('ofetch', [0], 2, false),
  obedient('openai', SDK_BACKOFF, [1, 1], 3, true),
  headerless('opossum', [], 1, false),
  headerless('p-retry', [1000, 2000], 11, true),
  headerless('promise-retry', [1000, 2000], 11, true),
  { ...obedient('retry-axios', [50, 150], [], 4, false) },
  {
    spec: 'slack',
    none: [],
    // Its own backoff (1 to 2 s, then 2 to 4 s) comes on top of Retry-After, of which it reads whole seconds only.
    seconds: [
      [8000, 9000],
      [9000, 11_000],
    ],
    date: [],
    zero: [
      [1000, 2000],
      [2000, 4000],
    ],
    minute: [
      [61_000, 62_000],
      [62_000, 64_000],
    ],
    attempts: 11,
    retriesPost: true,
  },
  {
    spec: 'smithy-adaptive',
    none: SMITHY_SLOWEST,
    seconds: SMITHY_TOLD,
    date: SMITHY_TOLD,
    zero: SMITHY_SLOWEST,
    minute: SMITHY_TOLD,
    attempts: 3,
    retriesPost: true,
  },
  {
    spec: 'smithy-standard',
    none: SMITHY_OWN,
    seconds: SMITHY_TOLD,
    date: SMITHY_TOLD,
    zero: SMITHY_OWN,
    minute: SMITHY_TOLD,
    attempts: 3,
    retriesPost: true,
  },
  {
    // Never longer than 30 s.
    ...obedient('undici', [500, 1000], [500, 1000], 6, false),
    minute: [30_000, 30_000],
  },
  headerless('wretch', [500, 1000], 11, true),
];

/** What a library does with a Retry-After at the edge: the first wait of a GET, null where it gives up; absent where it was not measured then. */
export interface EdgeRow {
  readonly spec: string;
  /** `Retry-After: 3000000`, more ms than a timer of Node can take. */
  readonly huge?: Wait | null;
  /** `Retry-After: abc`. */
  readonly malformed?: Wait | null;
  /** An HTTP date an hour ago. */
  readonly past?: Wait | null;
  /** `Retry-After: 1.5`. */
  readonly fraction?: Wait | null;
}

/** The longest timer of Node. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Those that read the header. In alphabetical order. */
export const measuredEdges: readonly EdgeRow[] = [
  { spec: 'anthropic', huge: [375, 500], malformed: [375, 500], past: [375, 500], fraction: 1500 },
  { spec: 'axios-retry', huge: 1, malformed: 1, past: 1, fraction: 1500 },
  { spec: 'axios-retry-after', huge: 1, fraction: 1000 },
  { spec: 'azure', huge: 1, malformed: null, past: 1, fraction: 1500 },
  { spec: 'discord', huge: 1, fraction: 1550 },
  { spec: 'got', huge: 1, malformed: [1000, 1100], past: 1, fraction: 1500 },
  { spec: 'ky', huge: TIMER_MAX_MS, malformed: TIMER_MAX_MS, past: 1, fraction: 1500 },
  { spec: 'msgraph-retry', huge: [180_000, 181_000], malformed: 1, past: 1, fraction: 1500 },
  { spec: 'openai', huge: 1, malformed: 1, past: 1, fraction: 1500 },
  { spec: 'retry-axios', huge: null, malformed: null, past: null, fraction: 1500 },
  { spec: 'slack', fraction: [2000, 3000] },
  { spec: 'smithy-standard', huge: [5000, 6000], fraction: 1500 },
  { spec: 'undici', huge: 30_000, malformed: 500, past: 500, fraction: 1500 },
];
