import type Bottleneck from 'bottleneck';
import { byParameter, keyBy, perText } from '../counted-by.ts';
import { retryAfterMs } from '../retry/retry-after-header.ts';
import { defineLibrary } from './library.ts';
import { perKey } from './per-key.ts';
import { Refused, responseOf, sendOrRefuse } from './refused.ts';
import { atOnceParameter } from './rate-parameters.ts';

/** Spacing, concurrency, a reservoir, and retries by its `failed` event. */
export const bottleneck = defineLibrary({
  name: 'bottleneck',
  title: 'Bottleneck',
  titleOf: ({ minTimeMs, reservoir, refreshMs, retries, by }) =>
    `Bottleneck (${reservoir === 0 ? `a start each ${minTimeMs} ms` : `${reservoir} per ${refreshMs} ms`} ${perText(by)}${retries === 0 ? '' : `, ${retries} retries`})`,
  family: 'paces',
  packages: ['bottleneck'],
  what: 'Bottleneck: a least time between starts, a number of calls at once, and a reservoir that is refilled at intervals. Tries a refused call again only where its `failed` event is used (`retries`).',
  when: 'Where one queue should space calls. A reservoir breaks its own number in a sliding interval, as it is refilled by a clock of its own. Not maintained since 2019.',
  parameters: {
    by: byParameter('org'),
    minTimeMs: {
      kind: 'integer',
      default: 100,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Least time between two starts.',
    },
    maxConcurrent: atOnceParameter,
    reservoir: {
      kind: 'integer',
      default: 0,
      unit: 'calls',
      min: 0,
      max: 1_000_000,
      doc: 'Calls until the next refresh, and what it is refreshed to; 0: none, as is its default.',
    },
    refreshMs: {
      kind: 'integer',
      default: 1000,
      unit: 'ms',
      min: 250,
      max: 86_400_000,
      doc: '`reservoirRefreshInterval`; its documentation asks for a multiple of 250.',
    },
    retries: {
      kind: 'integer',
      default: 0,
      unit: '',
      min: 0,
      max: 1000,
      doc: 'Retries of what is refused, by the `failed` event: after Retry-After, or 1 s where there is none.',
    },
  },
  references: ['https://github.com/SGrondin/bottleneck'],
  example: 'retry-after+bottleneck:minTimeMs=200',
  load: () => import('bottleneck'),
  around: ({ default: Limiter }, { by, minTimeMs, maxConcurrent, reservoir, refreshMs, retries }) =>
    perKey(keyBy(by), (fetch, { clock }) => {
      const limiter = new Limiter({
        minTime: minTimeMs,
        ...(maxConcurrent === 0 ? {} : { maxConcurrent }),
        ...(reservoir === 0
          ? {}
          : { reservoir, reservoirRefreshAmount: reservoir, reservoirRefreshInterval: refreshMs }),
      });
      if (retries === 0) return (input, init) => limiter.schedule(() => fetch(input, init));
      retryRefused(limiter, retries, () => clock.now());
      return (input, init) => limiter.schedule(() => sendOrRefuse(fetch, input, init)).catch(responseOf);
    }),
});

/** Its documented way to retry: a listener that says after how many milliseconds. */
function retryRefused(limiter: Bottleneck, retries: number, now: () => number): void {
  limiter.on('failed', (error: unknown, { retryCount }) =>
    error instanceof Refused && retryCount < retries ? (retryAfterMs(error.response, now()) ?? 1000) : undefined,
  );
}
