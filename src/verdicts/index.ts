/** What may be concluded from results. */
export { judgeScenario } from './judge-scenario.ts';
export { judgeSuite } from './judge.ts';
export { meanInterval } from '../statistics/mean-interval.ts';
export type * from './verdict.ts';
