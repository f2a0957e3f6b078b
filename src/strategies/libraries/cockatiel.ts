import { copyOf, signalOf } from '../retry/request.ts';
import { isRefusal } from '../retry/retrying.ts';
import { defineLibrary } from './library.ts';

/** Resilience policies; here its retry with its own backoff. */
export const cockatiel = defineLibrary({
  name: 'cockatiel',
  title: 'cockatiel',
  family: 'reacts',
  packages: ['cockatiel'],
  what: 'cockatiel, a retry policy for 429 and 503: three retries with its ExponentialBackoff (decorrelated jitter from 128 ms, at most 30 s); reads no header.',
  when: 'Where a Retry-After is never sent. It would be obeyed only by a DelegateBackoff of your own.',
  parameters: {
    maxAttempts: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    initialDelayMs: {
      kind: 'number',
      default: 128,
      unit: 'ms',
      min: 1,
      max: 3_600_000,
      doc: 'Where the backoff starts.',
    },
    maxDelayMs: { kind: 'number', default: 30_000, unit: 'ms', min: 1, max: 86_400_000, doc: 'Longest wait.' },
  },
  references: ['https://github.com/connor4312/cockatiel'],
  load: () => import('cockatiel'),
  around: ({ ExponentialBackoff, handleWhenResult, retry }, { maxAttempts, initialDelayMs, maxDelayMs }) => {
    const isRefused = (result: unknown) => isRefusal((result as Response).status);
    return (fetch, { discard }) => {
      const policy = retry(handleWhenResult(isRefused), {
        maxAttempts,
        backoff: new ExponentialBackoff({ initialDelay: initialDelayMs, maxDelay: maxDelayMs }),
      });
      return (input, init) => {
        let refused: Response | null = null;
        return policy.execute(
          async () => {
            if (refused !== null) discard?.(refused);
            const response = await fetch(copyOf(input), init);
            refused = isRefused(response) ? response : null;
            return response;
          },
          signalOf(input, init) ?? undefined,
        );
      };
    };
  },
});
