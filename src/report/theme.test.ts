import { describe, expect, it } from 'vitest';
import { type Theme, themes } from './theme.ts';

/** Contrast ratio of two colours, WCAG 2.2. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const linear = [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  };
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const text: (keyof Theme)[] = ['ink', 'ink2', 'ink3', 'blue', 'rust', 'violet'];
const marks: (keyof Theme)[] = ['blueMark', 'rustMark', 'violetMark', 'mark1', 'mark2', 'mark3'];
const grounds: (keyof Theme)[] = ['bg', 'surface', 'surface2'];

describe.each(['light', 'dark'] as const)('themes.%s', (name) => {
  const theme = themes[name];

  it.each(text)('%s holds 4.5:1 on every ground', (key) => {
    for (const ground of grounds) expect(contrast(theme[key], theme[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(marks)('%s holds 3:1 on page and card', (key) => {
    for (const ground of ['bg', 'surface'] as const)
      expect(contrast(theme[key], theme[ground])).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['blue', 'blueSoft'],
    ['ink', 'blueSoft'],
    ['ink3', 'blueSoft'],
    ['rust', 'rustSoft'],
    ['violet', 'violetSoft'],
  ] as const)('%s holds 4.5:1 on %s', (front, ground) => {
    expect(contrast(theme[front], theme[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it('on holds 4.5:1 on every mark that carries text', () => {
    for (const key of ['rustMark', 'violetMark', 'mark1'] as const)
      expect(contrast(theme.on, theme[key])).toBeGreaterThanOrEqual(4.5);
  });

  it('heat colours change lightness in one direction', () => {
    const steps = [theme.heat1, theme.heat2, theme.heat3, theme.heat4, theme.heat5].map((colour) =>
      contrast(colour, theme.bg),
    );
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });
});
