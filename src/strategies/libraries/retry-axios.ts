import { fetchOfAxios, underAxios } from '../bridges/axios.ts';
import { defineLibrary } from './library.ts';

/** Retries idempotent requests of axios; Retry-After is obeyed. */
export const retryAxios = defineLibrary({
  name: 'retry-axios',
  title: 'retry-axios',
  family: 'reacts',
  packages: ['retry-axios', 'axios'],
  what: 'axios with retry-axios: up to three retries of idempotent requests, after Retry-After, else 50 ms, 150 ms, 350 ms. POST is not retried.',
  when: 'For GETs through axios. It gives up when Retry-After is 0, is past, is malformed or is more than five minutes.',
  parameters: {
    retries: { kind: 'integer', default: 3, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
    retryDelayMs: {
      kind: 'number',
      default: 100,
      unit: 'ms',
      min: 0,
      max: 3_600_000,
      doc: 'The first wait without a Retry-After is half of it.',
    },
    jitter: {
      kind: 'choice',
      default: 'none',
      unit: '',
      choices: ['none', 'full', 'equal'],
      doc: 'Makes each wait without a Retry-After a random part of what it would be, or half of it.',
    },
  },
  references: ['https://github.com/JustinBeckwith/retry-axios'],
  load: async () => ({ axios: (await import('axios')).default, attach: (await import('retry-axios')).attach }),
  around:
    ({ axios, attach }, { retries, retryDelayMs, jitter }) =>
    (fetch) => {
      const instance = underAxios(axios.create(), fetch);
      instance.defaults.raxConfig = { retry: retries, retryDelay: retryDelayMs, jitter };
      attach(instance);
      return fetchOfAxios(instance);
    },
});
