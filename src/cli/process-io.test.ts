import { describe, expect, it } from 'vitest';
import { canShowUnicode, wantsColour } from './process-io.ts';

describe('wantsColour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ])('%j on a terminal %s: %s', (env, isTerminal, colour) => expect(wantsColour(env, isTerminal)).toBe(colour));
});

describe('canShowUnicode', () => {
  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LC_ALL: 'de_DE.utf8' }, true],
    [{}, true],
    [{ LANG: 'en_US.ISO-8859-1' }, false],
    [{ LC_ALL: 'en_US.ISO-8859-1', LANG: 'en_US.UTF-8' }, false],
    [{ TERM: 'linux', LANG: 'en_US.UTF-8' }, false],
  ])('%j: %s', (env, unicode) => expect(canShowUnicode(env)).toBe(unicode));
});
