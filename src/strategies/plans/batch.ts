import { defineStrategy } from '../definition.ts';
import { mergeJobs } from './merge-jobs.ts';

/** The cure of threads 0 and 2: "batching segment updates where possible". */
export const batch = defineStrategy({
  name: 'batch',
  title: 'Batching',
  titleOf: ({ size, windowMs }) => `Batches of ${size}${windowMs === 1000 ? '' : ` within ${windowMs} ms`}`,
  family: 'plans',
  what: 'Merges jobs of the same kind that become available within a short time into one bulk request: items add up, and one success does them all.',
  when: 'Where the API has a bulk form and a bulk request costs less than its parts. It saves nothing where the platform charges each item as a call of its own; and one refusal holds up the whole batch.',
  parameters: {
    size: {
      kind: 'integer',
      default: 10,
      unit: 'jobs',
      min: 1,
      max: 10_000,
      doc: 'Most jobs in one batch (also bounded by what the API allows for it).',
    },
    windowMs: {
      kind: 'number',
      default: 1000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'The first of a batch waits at most so long for the others.',
    },
  },
  references: [
    'Thread 0: "consider batching segment updates where possible to reduce the total number of API calls"',
    'Thread 2: "The fix is often in the request batching and header handling"',
  ],
  example: 'batch+retry-after',
  build: ({ size, windowMs }) => ({
    plan: (jobs) =>
      mergeJobs(
        jobs,
        (group, job) => group.length < size && job.availableMs - (group[0]?.availableMs ?? job.availableMs) <= windowMs,
      ),
  }),
});
