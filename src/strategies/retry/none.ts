import { defineStrategy } from '../definition.ts';

/** The naive client. */
export const none = defineStrategy({
  name: 'none',
  title: 'No strategy',
  family: 'reacts',
  what: 'Sends every request at once and takes the first answer, whatever it is.',
  when: 'Never in production: it is the yardstick that shows what the limits do to a client that ignores them.',
  parameters: {},
  references: [],
  build: () => ({}),
});
