/** A rest after which no limit that is looked for remembers anything: two windows of an hour, where the one before counts as well, and a little more, ms. */
export const IDLE_AFTER_MS = 7_300_000;
