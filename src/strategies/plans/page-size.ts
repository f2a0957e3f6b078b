import { defineStrategy } from '../definition.ts';
import type { Job } from '../../workload/workload.ts';
import { joinJobs, mergeJobs } from './merge-jobs.ts';

/** The cure that thread 1 asks for: "a recommended pagination strategy". */
export const pageSize = defineStrategy({
  name: 'page-size',
  title: 'Larger pages',
  titleOf: ({ factor }) => `Pages ${factor} times as large`,
  family: 'plans',
  what: 'Asks for fewer and larger pages: each request takes the place of a number of consecutive pages of the same query.',
  when: 'Where the limit counts requests. It saves nothing where larger pages cost more (the documented flows limit allows 300000 divided by the page size), and a larger page takes longer.',
  parameters: {
    factor: {
      kind: 'integer',
      default: 4,
      unit: 'pages',
      min: 1,
      max: 1000,
      doc: 'Pages in one (also bounded by the largest page that the API allows).',
    },
  },
  references: [
    'Thread 1: "a recommended pagination strategy that avoids triggering these limits"',
    'The documented platform: GET /api/v2/flows allows 300000/pageSize requests a minute',
  ],
  example: 'page-size+retry-after',
  build: ({ factor }) => ({
    plan: (jobs) =>
      mergeJobs(
        jobs,
        (group) => group.length < factor,
        (group) => ({ ...joinJobs(group), ...largerPage(group[0], factor) }),
      ),
  }),
});

const sizeInQuery = /([?&]pageSize=)(\d+)/;
const numberInQuery = /([?&]pageNumber=)(\d+)/;

/**
 * The first page's request with a larger page. Paging in the query is rewritten (`pageSize` times the factor, `pageNumber` the one that
 * begins with the same item); of other requests the first page's stands for all.
 */
function largerPage(first: Job | undefined, factor: number): Pick<Job, 'path' | 'body'> {
  const { path = '', body = null } = first ?? {};
  if (!sizeInQuery.test(path)) return { path, body };
  const size = path.replace(sizeInQuery, (_, name: string, value: string) => `${name}${Number(value) * factor}`);
  const number = (_: string, name: string, value: string) => `${name}${Math.floor((Number(value) - 1) / factor) + 1}`;
  return { path: size.replace(numberInQuery, number), body };
}
