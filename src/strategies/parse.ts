/**
 * Strategies as text: `layer(+layer)*`, outermost first; a layer is `name` or `name:parameter=value,parameter=value`.
 * For example `token-bucket:ratePerSecond=5+retry-after`.
 */
import { closest, distance } from 'fastest-levenshtein';
import { composeStrategies } from './compose.ts';
import { libraryDefinitions } from './libraries/index.ts';
import { strategyDefinitions } from './registry.ts';
import type { ParameterDefinition, ParameterValues, Strategy, StrategyDefinition } from './strategy.ts';

/** A strategy's text is wrong. The message names every fault, one a line. */
export class StrategySpecError extends Error {
  override readonly name = 'StrategySpecError';
}

/** What a spec may name: the package's own strategies, and libraries. */
const allDefinitions: readonly StrategyDefinition[] = [...strategyDefinitions, ...libraryDefinitions];

/** Longest text that is read. */
const specCharsMax = 2000;

/**
 * Builds a strategy from its text. The result's `spec` is canonical: parameters in the order of their definition, only those that
 * differ from the default, and no `none` beside other layers. `definitions` may hold more than the package's own.
 * Throws {@link StrategySpecError} with all faults.
 */
export function parseStrategy(spec: string, definitions: readonly StrategyDefinition[] = allDefinitions): Strategy {
  if (spec.length > specCharsMax) {
    throw new StrategySpecError(
      `Cannot parse strategy ${spec.slice(0, 40)}...: its text must be at most ${specCharsMax} characters, current value is ${spec.length}`,
    );
  }
  const faults: string[] = [];
  const report: Report = (path, rule, current) => {
    faults.push(`Cannot parse strategy ${spec}: ${path} must be ${rule}, current value is ${current || "''"}`);
  };
  const layers = spec.split('+').map((text) => parseLayer(text.trim(), definitions, report));
  const outermost = layers[0]?.definition;
  if (outermost?.inside !== undefined) report(outermost.name, `inside ${outermost.inside}`, 'outermost');
  if (faults.length > 0) throw new StrategySpecError(faults.join('\n'));
  const built = layers
    .filter((layer) => layer !== null)
    .map(({ definition, values }) => buildStrategy(definition, values));
  const active = built.filter((layer) => layer.spec !== 'none');
  return composeStrategies(...(active.length > 0 ? active : built.slice(0, 1)));
}

/** The strategy of one definition; parameters that are not given take their defaults. Values are not checked here. */
export function buildStrategy(definition: StrategyDefinition, given: ParameterValues = {}): Strategy {
  const values = Object.fromEntries(
    Object.entries(definition.parameters).map(([name, parameter]) => [name, given[name] ?? parameter.default]),
  );
  const { plan, pipeline, foreign } = definition.build(values);
  return {
    spec: formatLayer(definition, values),
    title: titleOf(definition, values),
    family: definition.family,
    what: definition.what,
    plans: plan === undefined ? [] : [plan],
    pipeline: pipeline ?? ((fetch) => fetch),
    ...(foreign === undefined ? {} : { foreign }),
  };
}

type Report = (path: string, rule: string, current: string) => void;

interface Layer {
  readonly definition: StrategyDefinition;
  readonly values: ParameterValues;
}

function parseLayer(text: string, definitions: readonly StrategyDefinition[], report: Report): Layer | null {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon).trim();
  const definition = definitions.find((candidate) => candidate.name === name);
  if (definition === undefined) {
    const names = definitions.map((candidate) => candidate.name);
    report('name', `a known strategy${suggestion(name, names)}`, name);
    return null;
  }
  const values: Record<string, number | string | boolean> = {};
  const pairs = colon < 0 ? [] : text.slice(colon + 1).split(',');
  for (const pair of pairs) {
    const [key = '', value = ''] = splitOnce(pair.trim(), '=');
    const parameter = Object.hasOwn(definition.parameters, key) ? definition.parameters[key] : undefined;
    if (parameter === undefined) {
      report(`parameter of ${name}`, knownParameters(key, Object.keys(definition.parameters)), key);
    } else if (Object.hasOwn(values, key)) {
      report(`${name}.${key}`, 'given once', value);
    } else {
      const read = readValue(parameter, value);
      if (read === null) report(`${name}.${key}`, ruleOf(parameter), value);
      else values[key] = read;
    }
  }
  const broken = definition.check?.({ ...defaultsOf(definition), ...values });
  if (broken)
    report(
      `${name}.${broken.parameter}`,
      broken.rule,
      String(values[broken.parameter] ?? definition.parameters[broken.parameter]?.default),
    );
  return { definition, values };
}

function readValue(parameter: ParameterDefinition, text: string): number | string | boolean | null {
  switch (parameter.kind) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : null;
    case 'choice':
      return parameter.choices?.includes(text) ? text : null;
    case 'time-zone':
      return isTimeZone(text) ? text : null;
    default: {
      const value = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(value) || (parameter.kind === 'integer' && !Number.isInteger(value))) return null;
      return value < (parameter.min ?? -Infinity) || value > (parameter.max ?? Infinity) ? null : value;
    }
  }
}

/** What a value of a parameter must be, as words for errors and documentation. */
export function ruleOf(parameter: ParameterDefinition): string {
  switch (parameter.kind) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${parameter.choices?.join(', ')}`;
    case 'time-zone':
      return 'a time zone like Europe/Berlin';
    default: {
      const noun = parameter.kind === 'integer' ? 'a whole number' : 'a number';
      const { min, max } = parameter;
      if (min !== undefined && max !== undefined) return `${noun} from ${min} to ${max}`;
      return min !== undefined ? `${noun}, at least ${min}` : max !== undefined ? `${noun}, at most ${max}` : noun;
    }
  }
}

function defaultsOf(definition: StrategyDefinition): ParameterValues {
  return Object.fromEntries(Object.entries(definition.parameters).map(([name, { default: value }]) => [name, value]));
}

function formatLayer(definition: StrategyDefinition, values: ParameterValues): string {
  const pairs = differing(definition, values).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? definition.name : `${definition.name}:${pairs.join(',')}`;
}

function titleOf(definition: StrategyDefinition, values: ParameterValues): string {
  if (definition.titleOf !== undefined) return definition.titleOf(values);
  const texts = differing(definition, values).map(([name, value]) => {
    const unit = definition.parameters[name]?.unit ?? '';
    return unit === '' ? `${name} ${value}` : `${value} ${unit}`;
  });
  return texts.length === 0 ? definition.title : `${definition.title} (${texts.join(', ')})`;
}

/** The parameters that differ from their defaults, in the order of the definition. */
function differing(definition: StrategyDefinition, values: ParameterValues): [string, number | string | boolean][] {
  return Object.entries(definition.parameters).flatMap(([name, parameter]) => {
    const value = values[name];
    return value === undefined || value === parameter.default ? [] : [[name, value] as [string, typeof value]];
  });
}

function knownParameters(key: string, names: readonly string[]): string {
  return names.length === 0 ? 'absent, it has none' : `one of ${names.join(', ')}${suggestion(key, names)}`;
}

function suggestion(text: string, names: readonly string[]): string {
  const near = names.find((name) => name.toLowerCase().startsWith(text.toLowerCase())) ?? closest(text, names);
  const isNear =
    near.toLowerCase().startsWith(text.toLowerCase()) || distance(text, near) <= Math.max(2, text.length / 2);
  return text === '' || names.length === 0 || !isNear ? '' : ` (did you mean ${near}?)`;
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
