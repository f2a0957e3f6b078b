/** What `ratelab list` can list; in a file of its own because the help shows it without loading the command. */
export const LIST_KINDS = ['scenarios', 'strategies', 'libraries', 'policies'] as const;
