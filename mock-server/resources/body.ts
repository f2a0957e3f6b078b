/** Reads request bodies: untrusted, so each passes a schema; what breaks a rule is answered 400 with its path. */
import { z } from 'zod';
import { badRequest } from './replies.ts';

/** The body as a schema has it. Fields that the schema does not know are left out. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  throw badRequest(`${`body${path}`.replace(/^body\./, '')} must be ${issue?.message ?? 'otherwise'}.`);
}

/** A text of 1 to `longest` characters. */
export function text(longest: number) {
  const rule = `a text of 1 to ${longest} characters`;
  return z.string(rule).min(1, rule).max(longest, rule);
}

/** A text of at most `longest` characters. */
export function textMaybeEmpty(longest: number) {
  const rule = `a text of at most ${longest} characters`;
  return z.string(rule).max(longest, rule);
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number) {
  const rule = `a whole number from ${min} to ${max}`;
  return z.int(rule).min(min, rule).max(max, rule);
}

/** One of some words. */
export function oneOf<const T extends readonly string[]>(words: T) {
  return z.enum(words, `one of ${words.join(', ')}`);
}

/** A list of at most `longest` entries. */
export function listOf<T extends z.ZodType>(entry: T, longest: number) {
  const rule = `a list of at most ${longest} entries`;
  return z.array(entry, rule).max(longest, rule);
}

/** An object with these fields; others are left out. */
export function objectOf<T extends z.ZodRawShape>(fields: T) {
  return z.object(fields, 'an object');
}

/** True or false. */
export function yesOrNo() {
  return z.boolean('true or false');
}
