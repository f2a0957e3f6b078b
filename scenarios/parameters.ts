/** Parameters of a scenario, written with where they come from. */
import type { Parameter } from './scenario.ts';

type Plain = number | string | boolean;
type Widened<T> = T extends number ? number : T extends string ? string : boolean;

/** The thread gives the value. */
export function fromThread<T extends Plain>(value: T, note: string): Parameter<Widened<T>> {
  return parameter(value, 'thread', note);
}

/** The platform's documentation gives the value. */
export function documented<T extends Plain>(value: T, note: string): Parameter<Widened<T>> {
  return parameter(value, 'documented', note);
}

/** Nobody gives the value; the note says why it is plausible. */
export function assumed<T extends Plain>(value: T, note: string): Parameter<Widened<T>> {
  return parameter(value, 'assumed', note);
}

function parameter<T extends Plain>(value: T, source: Parameter['source'], note: string): Parameter<Widened<T>> {
  return { value: value as unknown as Widened<T>, source, note };
}
