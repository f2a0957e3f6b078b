/** Strategies: what production code puts around fetch. */
export { systemContext, withStrategy, type AroundFetchOptions } from './around-fetch.ts';
export { composeStrategies, customStrategy } from './compose.ts';
export { buildStrategy, parseStrategy, StrategySpecError } from './parse.ts';
export { libraryDefinitions } from './libraries/index.ts';
export { strategyDefinitions } from './registry.ts';
export type * from './strategy.ts';
