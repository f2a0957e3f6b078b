/** What may be concluded from results. */
export { judgeScenario } from './judge-scenario.ts';
export { judgeSuite } from './judge.ts';
export type * from './verdict.ts';
