/** Parameters that most pacers have, in the same words and with the same bounds. */

/** How many calls may start per interval. `doc`: what the library calls it, where that says more. */
export function limitParameter(doc = 'Starts per interval.') {
  return { kind: 'integer', default: 10, unit: 'calls', min: 1, max: 1_000_000, doc } as const;
}

/** The interval of {@link limitParameter}. */
export function intervalMsParameter(doc = 'The interval.') {
  return { kind: 'integer', default: 1000, unit: 'ms', min: 1, max: 86_400_000, doc } as const;
}

/** How many calls may be under way at once, for libraries that count none unless they are told to. */
export const atOnceParameter = {
  kind: 'integer',
  default: 0,
  unit: 'calls',
  min: 0,
  max: 1_000_000,
  doc: 'Calls under way at once; 0: any number, as is its default.',
} as const;
