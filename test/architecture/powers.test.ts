/**
 * Engines differ in the last bit of `x ** y` (`Math.pow`) for most x and y, also two versions of Node; results must not. Only powers that
 * every engine gets exactly are allowed, and any where nothing but a picture depends on them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A power of 2, a square and a root are exact in every engine. */
const exact = /(?<![\w.])2 \*\* |\*\* (?:2|0\.5)(?![\w.])/;
/** Axis steps of charts, in powers of ten. */
const drawn = /^src\/report\//;

function inexactPowers(path: string, source: string): string[] {
  return source.split('\n').flatMap((line, index) => {
    const code = line.replace(/'(?:[^'\\]|\\.)*'|`[^`]*`|\/\/.*|^\s*\/?\*.*/g, '');
    const isPower = /\S \*\*=? ?\S|Math\.pow\(/.test(code);
    return isPower && !exact.test(code) && !drawn.test(path) ? [`${path}:${index + 1}: ${line.trim()}`] : [];
  });
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|(?:^|\/)testing/.test(name))
    .map((name) => join(folder, name));
}

describe('powers', () => {
  it.each([
    ['x ** 3', 1],
    ['Math.pow(x, 3)', 1],
    ['x ** 0.8', 1],
    ['x ** 2.5', 1],
    ['1.2 ** n', 1],
    ['x **= 3', 1],
    ['2 ** n', 0],
    ['x ** 2', 0],
    ['x ** 0.5', 0],
    ["const paths = ['/api/**', '/a ** b']", 0],
    [' * x ** 3', 0],
  ])('finds what engines disagree about in %s', (code, found) => {
    expect(inexactPowers('src/a.ts', code)).toHaveLength(found);
  });

  it('stand nowhere in code that results depend on', () => {
    const paths = ['src', 'mock-server', 'scenarios'].flatMap(sources);
    expect(paths.length).toBeGreaterThan(200);
    const found = paths.flatMap((path) => inexactPowers(relative('.', path), readFileSync(join(root, path), 'utf8')));
    expect(found).toEqual([]);
  });
});
