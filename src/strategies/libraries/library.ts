/** How a library becomes a strategy: unmodified, loaded only when asked for, each fetch with an instance of its own. */
import { defineStrategy, type Parameters, type TypedDefinition, type ValuesOf } from '../definition.ts';
import type { Pipeline, StrategyDefinition } from '../strategy.ts';

/** A library as a strategy. */
export interface LibraryDefinition<M, P extends Parameters> extends Omit<TypedDefinition<P>, 'build' | 'packages'> {
  /** Npm packages that the adapter imports itself, the one that it is about first. (What they import is theirs: its version cannot be told by its name.) */
  readonly packages: readonly [string, ...string[]];
  /**
   * The package keeps state in module scope (counters, groups, singletons that cannot be had anew), so that every trial needs a thread of its
   * own. Default false.
   */
  readonly keepsState?: boolean;
  /** Imports the packages. Called before time becomes virtual, once per built strategy. */
  readonly load: () => Promise<M>;
  /** The adapter: the library around a fetch. Called once per wrapped fetch, so that whatever it makes is used by that fetch alone. */
  readonly around: (module: M, values: ValuesOf<P>) => Pipeline;
}

/** Declares a library. */
export function defineLibrary<M, const P extends Parameters>(definition: LibraryDefinition<M, P>): StrategyDefinition {
  const { load, around, keepsState = false, ...rest } = definition;
  return defineStrategy({
    ...rest,
    build: (values) => {
      let loaded: { readonly module: M } | null = null;
      return {
        pipeline: (fetch, context) => {
          if (loaded === null)
            throw new Error(
              `Cannot use strategy ${rest.name}: its foreign.load() must have settled before, but it has not`,
            );
          return around(loaded.module, values)(fetch, context);
        },
        foreign: {
          packages: rest.packages,
          keepsState,
          load: async () => {
            loaded ??= { module: await load() };
          },
        },
      };
    },
  });
}
