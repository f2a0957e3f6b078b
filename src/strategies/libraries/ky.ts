import { defineLibrary } from './library.ts';

/** A fetch client with retry that reads more headers than most. */
export const ky = defineLibrary({
  name: 'ky',
  title: 'ky',
  family: 'reacts',
  packages: ['ky'],
  what: 'ky: up to two retries of idempotent requests, after Retry-After or a rate-limit reset header, else 0.3 s, 0.6 s and so on. POST is not retried.',
  when: 'For GETs. Version 1 waits 24.8 days when a Retry-After is malformed (mended in version 2).',
  parameters: {
    retries: { kind: 'integer', default: 2, unit: '', min: 0, max: 1000, doc: 'Retries after the first attempt.' },
  },
  references: ['https://github.com/sindresorhus/ky'],
  load: () => import('ky'),
  around:
    ({ default: client }, { retries }) =>
    (fetch) => {
      const instance = client.create({
        fetch,
        retry: { limit: retries },
        timeout: false,
        throwHttpErrors: true,
      });
      return async (input, init) => {
        try {
          return await instance(input, init);
        } catch (error) {
          const { response } = error as { response?: Response };
          if (response === undefined) throw error;
          return response;
        }
      };
    },
});
