import { neverMoreThan } from '../../../src/laws/index.ts';
import { type Bug, QUIET } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** qrate 1.2.1. */
export const qrateSecondPass: Bug = {
  name: 'qrate 1.2.1: the rate is exceeded on the second pass',
  what: 'Four calls a second were allowed; when the queue was filled again after it had run empty, eight started at once.',
  reported: { at: 'https://github.com/glynnbird/qrate/issues/5', on: '2020-09-27' },
  mechanism:
    'Tokens are set to the whole rate by a timer of one second that does not know when they were used. After a pause the tokens that are left are spent, and the next tick gives as many again at once.',
  made: 'library',
  breaks: 'neverMoreThan',
  promises: [neverMoreThan({ limit: 5, windowMs: 1000 })],
  where: QUIET,
  strategy: libraryStrategy(
    'qrate',
    () => import('qrate'),
    ({ default: qrate }) =>
      (fetch) => {
        const queue = qrate(async (send: () => Promise<Response>) => await send(), 1000, 5);
        return (input, init) =>
          new Promise((resolve, reject) => {
            queue.push(
              () => fetch(input, init),
              (error, response) => (response === undefined ? reject(error) : resolve(response)),
            );
          });
      },
  ),
};
