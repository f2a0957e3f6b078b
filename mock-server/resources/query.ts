/** Reads query parameters; what breaks a rule is answered 400. Of a single parameter that is given twice, the first one counts. */
import { badRequest } from './replies.ts';

/** Values of a repeated parameter at most. */
const VALUES_MAX = 500;
const SHOWN_MAX = 40;

/** A whole number from `min` to `max`; `usual` when the parameter is absent. */
export function wholeNumber(
  query: URLSearchParams,
  name: string,
  usual: number,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const text = query.get(name);
  if (text === null) return usual;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (value >= min && value <= max) return value;
  throw mustBe(name, `a whole number from ${min} to ${max}`, text);
}

/** One of `values`, whatever the case of its letters; the first of them when the parameter is absent. */
export function choice<const T extends readonly [string, ...string[]]>(
  query: URLSearchParams,
  name: string,
  values: T,
): T[number] {
  const text = query.get(name);
  if (text === null) return values[0];
  const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw mustBe(name, `one of ${values.join(', ')}`, text);
  return found;
}

/** All values of a repeated parameter, each of which may also be a list with commas; null when it is absent. */
export function list(query: URLSearchParams, name: string): ReadonlySet<string> | null {
  const given = query.getAll(name);
  if (given.length === 0) return null;
  const values = given.length > VALUES_MAX ? given : given.flatMap((value) => value.split(',', VALUES_MAX + 1));
  if (values.length > VALUES_MAX) {
    throw badRequest(`${name} must be at most ${VALUES_MAX} values, current value is more.`);
  }
  return new Set(values);
}

/** An instant as epoch ms, given as ISO 8601; null when the parameter is absent. */
export function instant(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(value)) throw mustBe(name, 'a date and time in ISO 8601', text);
  return value;
}

/** The error of a parameter that is not what it must be. */
export function mustBe(name: string, rule: string, text: string): Error {
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}...` : text;
  return badRequest(`${name} must be ${rule}, current value is ${shown}.`);
}
