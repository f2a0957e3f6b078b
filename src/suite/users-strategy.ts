/** A strategy from a file that the user named. */
import { createRequire } from 'node:module';
import { inputError, showValue } from '../results/input-error.ts';
import { type Client, type ClientMaker, fetchOfMade, isMadeClient } from '../strategies/bridges/client.ts';
import type { GenesysRequestClass } from '../strategies/bridges/genesys.ts';
import { customStrategy } from '../strategies/index.ts';
import type { ForeignCode, Pipeline, Plan, Strategy } from '../strategies/strategy.ts';
import { loadForTrials } from '../trial/load-foreign.ts';
import { loadModule } from './load-module.ts';

/** What a strategy file exports. */
export interface StrategyModule {
  /** Makes the client under test around the fetch that it is given; or the client itself, where that needs no fetch to be made. */
  readonly default: ClientMaker | Client;
  /** Order, batching and timing of jobs: jobs in, jobs out. Default: as they are. */
  readonly plan?: Plan;
  /** Name for people, in reports. Default: the path as it was named. */
  readonly title?: string;
  /** One sentence for reports: what it does. */
  readonly what?: string;
}

/** A user's module may read `Date`, set timers, and keep state between trials. */
const usersCode: ForeignCode = { packages: [], keepsState: true, load: () => Promise.resolve() };

const ACTION = 'load strategy';
const CLIENTS = 'a fetch function, an axios instance or an HTTP client of the Genesys SDK';

/**
 * Loads a strategy file.
 *
 * @param name The path as the user wrote it.
 * @param file The same, absolute.
 * @throws InputError when it cannot be loaded or its exports are not those of {@link StrategyModule}.
 */
export async function usersStrategy(name: string, file: string): Promise<Strategy> {
  const module = await loadForTrials(() => loadModule(file, ACTION, name));
  const made = module['default'];
  if (typeof made !== 'function' && !isMadeClient(made))
    throw inputError(
      ACTION,
      name,
      `default export must be a function (fetch, context) => client, where client is ${CLIENTS}, current value is ${describe(made)}`,
    );
  const plan = optional<Plan>(module, 'plan', 'function', name);
  const title = optional<string>(module, 'title', 'string', name);
  const what = optional<string>(module, 'what', 'string', name);
  return customStrategy(name, pipelineOf(made, name, file), {
    foreign: usersCode,
    ...(plan === undefined ? {} : { plans: [plan] }),
    ...(title === undefined ? {} : { title }),
    ...(what === undefined ? {} : { what }),
  });
}

/** What a strategy file says about itself. */
export interface StrategyFileFacts {
  readonly title?: string;
  readonly what?: string;
}

/** A user's strategy by what is known of it, without its code: for plans and reports. */
export function describedStrategy(name: string, facts: StrategyFileFacts): Strategy {
  const pipeline: Pipeline = () => {
    throw new Error(`invariant: ${name} was only described`);
  };
  return customStrategy(name, pipeline, { foreign: usersCode, ...facts });
}

function pipelineOf(made: unknown, name: string, file: string): Pipeline {
  return (network, context) =>
    fetchOfMade(isMadeClient(made) ? made : (made as ClientMaker)(network, context), {
      network,
      refuse: (other) =>
        inputError(
          'use strategy',
          name,
          `its default export must return ${CLIENTS}, current value is ${describe(other)}`,
        ),
      genesysRequests: () => genesysRequests(file),
    });
}

/** The user's own copy of the SDK, which is loaded already where the client is made with it. */
function genesysRequests(file: string): GenesysRequestClass | null {
  try {
    const sdk = createRequire(file)('purecloud-platform-client-v2') as { HttpRequestOptions?: GenesysRequestClass };
    return sdk.HttpRequestOptions ?? null;
  } catch {
    return null;
  }
}

function optional<T>(module: Record<string, unknown>, key: string, type: 'function' | 'string', name: string) {
  const value = module[key];
  if (value === undefined || typeof value === type) return value as T | undefined;
  throw inputError(ACTION, name, `export ${key} must be a ${type}, current value is ${describe(value)}`);
}

function describe(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'number') {
    return value === undefined ? 'absent' : showValue(value);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `of type ${typeof value}`;
  const keys = Object.keys(value).slice(0, 5).join(', ');
  return `an object with ${keys === '' ? 'nothing of its own' : keys}`;
}
