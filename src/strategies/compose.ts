/** Strategies from layers. The order is visible in the spec and in the title: the first named is outermost. */
import type { Pipeline, Strategy, StrategyFamily } from './strategy.ts';

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
  };
}

/** A user's own layer as a strategy, ready to run or to compose. `name` stands in specs and reports. */
export function customStrategy(
  name: string,
  pipeline: Pipeline,
  about: Partial<Pick<Strategy, 'title' | 'family' | 'what' | 'plans'>> = {},
): Strategy {
  return {
    spec: name,
    title: about.title ?? name,
    family: about.family ?? 'reacts',
    what: about.what ?? 'Your own code.',
    plans: about.plans ?? [],
    pipeline,
  };
}

function familyOf(layers: readonly Strategy[]): StrategyFamily {
  return layers.find((layer) => layer.family !== 'reacts')?.family ?? 'reacts';
}
