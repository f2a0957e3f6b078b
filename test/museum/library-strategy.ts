/** A library's own code as a strategy of the museum. */
import { customStrategy } from '../../src/strategies/index.ts';
import type { Pipeline, Strategy } from '../../src/strategies/strategy.ts';

/** Runs in ambient time, as every library does: `load` gives the module, `around` wraps a fetch with it. */
export function libraryStrategy<M>(
  name: string,
  load: () => Promise<M>,
  around: (module: M) => Pipeline,
  { keepsState = false } = {},
): Strategy {
  let module: M | null = null;
  return customStrategy(
    name,
    (fetch, context) => {
      if (module === null) throw new Error(`Cannot use ${name}: it must have been loaded`);
      return around(module)(fetch, context);
    },
    {
      foreign: {
        packages: [name],
        keepsState,
        load: async () => {
          module ??= await load();
        },
      },
    },
  );
}
