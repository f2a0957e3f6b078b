/** Strategies: what production code puts around fetch. */
export { composeStrategies, customStrategy } from './compose.ts';
export { buildStrategy, parseStrategy, StrategySpecError } from './parse.ts';
export { strategyDefinitions } from './registry.ts';
export type * from './strategy.ts';
