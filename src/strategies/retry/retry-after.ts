import { defineStrategy } from '../definition.ts';
import { attemptsMaxParameter } from './attempts-max.ts';
import { backoffMs } from './delays.ts';
import { requestIds } from './request-id.ts';
import { retryAfterMs } from './retry-after-header.ts';
import { retrying } from './retrying.ts';

/** Obeys the server. */
export const retryAfter = defineStrategy({
  name: 'retry-after',
  title: 'Retry-After',
  titleOf: ({ absent, absentMs, requestId }) =>
    [
      'Retry-After',
      ...(absent === 'backoff' ? [' else backoff'] : absentMs === 5000 ? [] : [` else ${absentMs} ms`]),
      ...(requestId === 'none' ? [] : [`, ${requestId} request id`]),
    ].join(''),
  family: 'reacts',
  what: 'Sends a refused request (429, 503) again after exactly the time that its Retry-After says (seconds or HTTP date, rounded up), or a set time when it says nothing.',
  when: 'Always, as the last line of defence behind a pacing strategy. Alone it wastes one call per refused request and round; and requests refused together come back together. Repeating a POST is safe here, since a 429 or 503 says that nothing was done.',
  parameters: {
    absent: {
      kind: 'choice',
      default: 'fixed',
      unit: '',
      choices: ['fixed', 'backoff'],
      doc: 'Without a usable Retry-After: wait absentMs, or back off with full jitter from baseMs to capMs.',
    },
    absentMs: {
      kind: 'number',
      default: 5000,
      unit: 'ms',
      min: 0,
      max: 86_400_000,
      doc: 'Wait without a usable Retry-After (missing, negative, malformed).',
    },
    baseMs: { kind: 'number', default: 1000, unit: 'ms', min: 1, max: 3_600_000, doc: 'First step of absent=backoff.' },
    capMs: {
      kind: 'number',
      default: 30_000,
      unit: 'ms',
      min: 1,
      max: 86_400_000,
      doc: 'Longest step of absent=backoff.',
    },
    waitMsMax: {
      kind: 'number',
      default: 86_400_000,
      unit: 'ms',
      min: 0,
      max: 2_147_483_647,
      doc: 'Gives up when Retry-After asks for more.',
    },
    requestId: {
      kind: 'choice',
      default: 'none',
      unit: '',
      choices: ['none', 'same', 'fresh'],
      doc: 'Sends X-Genesys-Request-Id: not at all, one for all attempts of a request, or a fresh one with each attempt.',
    },
    attemptsMax: attemptsMaxParameter(100),
  },
  references: [
    'RFC 9110, section 10.2.3 (Retry-After): https://www.rfc-editor.org/rfc/rfc9110#field.retry-after',
    'RFC 6585, section 4 (429): https://www.rfc-editor.org/rfc/rfc6585#section-4',
    'Threads 2 and 4: `int(response.headers.get("Retry-After", 5))`',
  ],
  example: 'retry-after:absentMs=3000',
  build: ({ absent, absentMs, baseMs, capMs, waitMsMax, requestId, attemptsMax }) => ({
    pipeline: retrying(
      ({ random }) => ({
        delayMs: ({ response, refusals, previousDelayMs, entity, nowMs }) => {
          if (refusals >= attemptsMax) return null;
          const toldMs = retryAfterMs(response, nowMs);
          if (toldMs !== null) return toldMs <= waitMsMax ? toldMs : null;
          if (absent === 'fixed') return absentMs;
          const dice = random.at('retry-after', entity, refusals);
          return backoffMs('full', baseMs, capMs, { refusals, previousDelayMs, dice });
        },
      }),
      requestId === 'none' ? {} : { prepare: requestIds(requestId) },
    ),
  }),
});
