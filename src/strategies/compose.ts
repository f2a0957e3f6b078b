/** Strategies from layers. The order is visible in the spec and in the title: the first named is outermost. */
import type { ForeignCode, Pipeline, Strategy, StrategyFamily } from './strategy.ts';

/**
 * One strategy out of several, the first outermost: `composeStrategies(a, b).pipeline(fetch, context)` is
 * `a.pipeline(b.pipeline(fetch, context), context)`. Plans apply in the same order. Its family is that of the first layer that does
 * more than react. Throws when there is nothing to compose.
 */
export function composeStrategies(...layers: readonly Strategy[]): Strategy {
  const [first] = layers;
  if (first === undefined) {
    throw new Error('Cannot compose strategies: layers must be at least one strategy, current value is none');
  }
  if (layers.length === 1) return first;
  return {
    spec: layers.map((layer) => layer.spec).join('+'),
    title: layers.map((layer) => layer.title).join(' + '),
    family: familyOf(layers),
    what: layers.map((layer) => layer.what).join(' '),
    plans: layers.flatMap((layer) => layer.plans),
    pipeline: (fetch, context) => layers.reduceRight((wrapped, layer) => layer.pipeline(wrapped, context), fetch),
    ...foreignOf(layers.flatMap((layer) => layer.foreign ?? [])),
  };
}

function foreignOf(parts: readonly ForeignCode[]): { readonly foreign?: ForeignCode } {
  if (parts.length === 0) return {};
  return {
    foreign: {
      packages: [...new Set(parts.flatMap(({ packages }) => packages))],
      keepsState: parts.some(({ keepsState }) => keepsState),
      load: async () => {
        for (const part of parts) await part.load();
      },
    },
  };
}

/**
 * A user's own layer as a strategy, ready to run or to compose. `name` stands in specs and reports. `foreign` says that it reads `Date`,
 * timers or dice by name rather than from its context.
 */
export function customStrategy(
  name: string,
  pipeline: Pipeline,
  about: Partial<Pick<Strategy, 'title' | 'family' | 'what' | 'plans' | 'foreign'>> = {},
): Strategy {
  return {
    spec: name,
    title: about.title ?? name,
    family: about.family ?? 'reacts',
    what: about.what ?? 'Your own code.',
    plans: about.plans ?? [],
    pipeline,
    ...(about.foreign === undefined ? {} : { foreign: about.foreign }),
  };
}

function familyOf(layers: readonly Strategy[]): StrategyFamily {
  return layers.find((layer) => layer.family !== 'reacts')?.family ?? 'reacts';
}
