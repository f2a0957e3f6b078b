/** Libraries that people use, each as a strategy of a few lines. Importing this loads none of them. */
import type { StrategyDefinition } from '../strategy.ts';
import { axiosRetry } from './axios-retry.ts';
import { ky } from './ky.ts';
import { pRetry } from './p-retry.ts';
import { pThrottle } from './p-throttle.ts';

/** All libraries, in alphabetical order of their names. */
export const libraryDefinitions: readonly StrategyDefinition[] = [axiosRetry, ky, pRetry, pThrottle];
