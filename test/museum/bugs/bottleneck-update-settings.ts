import { noJobLost } from '../../../src/laws/index.ts';
import { type Bug, QUIET } from '../exhibit.ts';
import { libraryStrategy } from '../library-strategy.ts';

/** bottleneck 2.19.5. */
export const bottleneckUpdateSettings: Bug = {
  name: 'bottleneck 2.19.5: updateSettings stops the reservoir',
  what: 'After updateSettings the jobs that the reservoir still allowed ran, and the others never did.',
  reported: { at: 'https://github.com/SGrondin/bottleneck/issues/185', on: '2021-04-16' },
  mechanism:
    'updateSettings starts the heartbeat that refills the reservoir; as one is there already, the other branch is taken, which clears it. Nothing adds to the reservoir again.',
  made: 'library',
  breaks: 'noJobLost',
  promises: [noJobLost],
  where: QUIET,
  strategy: libraryStrategy(
    'bottleneck',
    () => import('bottleneck'),
    ({ default: Bottleneck }) =>
      (fetch) => {
        const limiter = new Bottleneck({ reservoir: 5, reservoirIncreaseInterval: 1000, reservoirIncreaseAmount: 5 });
        let calls = 0;
        return (input, init) => {
          // As a program does that has read a fresh number of calls left.
          if (++calls === 3) limiter.updateSettings({ reservoir: 2 });
          return limiter.schedule(() => fetch(input, init));
        };
      },
  ),
};
