import { defineStrategy } from '../definition.ts';

const hour = { kind: 'integer', unit: 'h', min: 0, max: 23 } as const;

/** The cure of thread 1: "consider scheduling these jobs during off-peak hours". */
export const offPeak = defineStrategy({
  name: 'off-peak',
  title: 'Off-peak hours',
  titleOf: ({ fromHour, toHour, timeZone }) =>
    `Off-peak, ${fromHour}-${toHour} h${timeZone === 'America/Los_Angeles' ? '' : ` ${timeZone}`}`,
  family: 'plans',
  what: 'Holds every job until the next off-peak hour, by the clock of a time zone, summer time included.',
  when: 'For work that can wait until night, on a platform whose shared limits are drained by the daytime load of others. The price is the wait itself, and that everything then starts together.',
  parameters: {
    fromHour: { ...hour, default: 22, doc: 'First off-peak hour.' },
    toHour: {
      ...hour,
      default: 6,
      doc: 'First hour after; the span may cross midnight. The same as fromHour: all day.',
    },
    timeZone: {
      kind: 'time-zone',
      default: 'America/Los_Angeles',
      unit: '',
      doc: 'Whose clock, an IANA name. A name with a + in it cannot be written in a spec.',
    },
  },
  references: [
    'Thread 1: "consider scheduling these jobs during off-peak hours"',
    'Thread 3: the refusals follow "peak PST business hours"',
  ],
  example: 'off-peak+retry-after',
  build: ({ fromHour, toHour, timeZone }) => ({
    plan: (jobs, { startsAtMs }) => {
      const opening = openingTimes(fromHour, toHour, timeZone);
      return jobs.map((job) => {
        const readyMs = Math.max(job.availableMs, job.notBeforeMs);
        const openMs = opening(startsAtMs + readyMs) - startsAtMs;
        return openMs <= readyMs ? job : { ...job, notBeforeMs: openMs };
      });
    },
  }),
});

const quarterMs = 15 * 60_000;

/**
 * The first moment at or after a given one (epoch ms) whose local hour is in [fromHour, toHour). Local hours begin at multiples of a
 * quarter of an hour of universal time in every zone, so quarters are looked at one by one, and each only once.
 */
export function openingTimes(fromHour: number, toHour: number, timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  const span = (toHour - fromHour + 24) % 24 || 24;
  const openByQuarter = new Map<number, boolean>();
  const isOpen = (quarter: number) => {
    let open = openByQuarter.get(quarter);
    if (open === undefined) {
      open = (Number(format.format(quarter * quarterMs)) - fromHour + 24) % 24 < span;
      openByQuarter.set(quarter, open);
    }
    return open;
  };
  return (epochMs) => {
    const first = Math.floor(epochMs / quarterMs);
    // Two days are enough: every hour of the clock comes round, also when summer time skips one.
    for (let quarter = first; quarter < first + 2 * 96; quarter++) {
      if (isOpen(quarter)) return Math.max(epochMs, quarter * quarterMs);
    }
    throw new Error(
      `Cannot find an off-peak hour: ${fromHour} to ${toHour} h must come within two days, current value is never`,
    );
  };
}
