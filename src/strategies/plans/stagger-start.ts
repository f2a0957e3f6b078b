import { defineStrategy } from '../definition.ts';

/** The cure of thread 1: "staggering the query start times based on org id". */
export const staggerStart = defineStrategy({
  name: 'stagger-start',
  title: 'Staggered start by org',
  titleOf: ({ minMs, maxMs }) => `Start ${minMs / 1000}-${maxMs / 1000} s later by org`,
  family: 'plans',
  what: 'Gives each organization a random offset of 10 to 30 s and starts all its jobs that much later.',
  when: 'Where organizations share a limit and begin at the same moment. It moves the burst of each organization without making it smaller: limits that count by organization see the same.',
  parameters: {
    minMs: { kind: 'number', default: 10_000, unit: 'ms', min: 0, max: 86_400_000, doc: 'Shortest offset.' },
    maxMs: { kind: 'number', default: 30_000, unit: 'ms', min: 0, max: 86_400_000, doc: 'Longest offset.' },
  },
  check: ({ minMs, maxMs }) => (minMs > maxMs ? { parameter: 'maxMs', rule: `at least minMs (${minMs})` } : null),
  references: ['Thread 1: "staggering the query start times based on org id to avoid the burst limit"'],
  example: 'stagger-start+retry-after',
  build: ({ minMs, maxMs }) => ({
    plan: (jobs, { random, senders }) => {
      const offsetOf = (org: string) => Math.round(minMs + random.at('stagger-start', org, 0) * (maxMs - minMs));
      const offsets = new Map(senders.map(({ org }) => [org, offsetOf(org)]));
      return jobs.map((job) => {
        const offsetMs = offsets.get(senders[job.sender]?.org ?? '') ?? 0;
        return { ...job, notBeforeMs: Math.max(job.notBeforeMs, job.availableMs + offsetMs) };
      });
    },
  }),
});
