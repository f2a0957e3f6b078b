/** Names of places in the page. Scenario names come from files, so only letters, digits and dashes reach an id. */

/** The id of a scenario's panel. */
export function anchorOf(scenario: string): string {
  return `sc-${scenario.replace(/[^a-z0-9-]+/gi, '-')}`;
}
