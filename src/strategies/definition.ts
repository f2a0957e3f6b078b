/** Typed definitions: the parameters a strategy declares are the parameters its `build` receives. */
import type { ParameterDefinition, ParameterValues, StrategyDefinition } from './strategy.ts';

/** Declared parameters by name. */
export type Parameters = Readonly<Record<string, ParameterDefinition>>;

/** The values that go with declared parameters: numbers, booleans, and choices as unions of their texts. */
export type ValuesOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends { readonly kind: 'number' | 'integer' }
    ? number
    : P[K] extends { readonly kind: 'boolean' }
      ? boolean
      : P[K] extends { readonly choices: readonly (infer C extends string)[] }
        ? C
        : string;
};

/** A definition before its types are forgotten. */
export interface TypedDefinition<P extends Parameters> extends Omit<
  StrategyDefinition,
  'parameters' | 'build' | 'titleOf' | 'check'
> {
  readonly parameters: P;
  readonly build: (parameters: ValuesOf<P>) => ReturnType<StrategyDefinition['build']>;
  readonly titleOf?: (parameters: ValuesOf<P>) => string;
  readonly check?: (parameters: ValuesOf<P>) => { readonly parameter: keyof P & string; readonly rule: string } | null;
}

/** Declares a strategy. The registry checks every value against `parameters` before `build` or `titleOf` sees it. */
export function defineStrategy<const P extends Parameters>(definition: TypedDefinition<P>): StrategyDefinition {
  const { build, titleOf, check, ...rest } = definition;
  return {
    ...rest,
    build: (values: ParameterValues) => build(values as ValuesOf<P>),
    ...(titleOf === undefined ? {} : { titleOf: (values: ParameterValues) => titleOf(values as ValuesOf<P>) }),
    ...(check === undefined ? {} : { check: (values: ParameterValues) => check(values as ValuesOf<P>) }),
  };
}
