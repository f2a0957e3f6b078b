/** Strategies: what production code puts around fetch. */
export { systemContext, withStrategy, type AroundFetchOptions } from './around-fetch.ts';
export { composeStrategies, customStrategy } from './compose.ts';
export { strategyPages, type StrategyPage } from './pages.ts';
export { buildStrategy, parseStrategy, StrategySpecError } from './parse.ts';
export { strategyChapters, strategyDefinitions, type StrategyChapter } from './registry.ts';
export type * from './strategy.ts';
