/** The parameter `attemptsMax`, with its default. Everything has a limit: a request that never passes must end. */
export function attemptsMaxParameter(attemptsMaxDefault: number) {
  return {
    kind: 'integer',
    default: attemptsMaxDefault,
    unit: 'attempts',
    min: 1,
    max: 1_000_000,
    doc: 'Attempts in all; then the last response is handed over as it is.',
  } as const;
}
