/** The palette: one source for the page's CSS, the live charts and the PNGs. Contrast is checked in `theme.test.ts`. */

/** Every colour of one theme. Text colours hold 4.5:1 and mark colours 3:1 against `bg` and `surface`. */
export interface Theme {
  readonly bg: string;
  readonly surface: string;
  readonly surface2: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly line: string;
  readonly line2: string;
  readonly grid: string;
  /** Text on a filled mark. */
  readonly on: string;
  readonly blue: string;
  readonly blueSoft: string;
  readonly blueMark: string;
  readonly rust: string;
  readonly rustSoft: string;
  readonly rustMark: string;
  readonly violet: string;
  readonly violetSoft: string;
  readonly violetMark: string;
  readonly mark1: string;
  readonly mark2: string;
  readonly mark3: string;
  /** Heat map, few to many. */
  readonly heat1: string;
  readonly heat2: string;
  readonly heat3: string;
  readonly heat4: string;
  readonly heat5: string;
}

/** Names of themes. */
export type ThemeName = 'light' | 'dark';

/** Blue: the pick, holds. Rust: refusals, refuted, the thread's own proposal. Violet: depends, unsure. Everything else is grey. */
export const themes: Readonly<Record<ThemeName, Theme>> = {
  light: {
    bg: '#FBFBF9',
    surface: '#FFFFFF',
    surface2: '#F3F3EF',
    ink: '#15181E',
    ink2: '#474D59',
    ink3: '#656C79',
    line: '#E6E6E1',
    line2: '#CDCDC6',
    grid: '#ECECE7',
    on: '#FFFFFF',
    blue: '#1D56C9',
    blueSoft: '#EDF3FD',
    blueMark: '#3E79E6',
    rust: '#A8450A',
    rustSoft: '#FCF1E8',
    rustMark: '#BC5A14',
    violet: '#5B3793',
    violetSoft: '#F3EFFA',
    violetMark: '#5B3793',
    mark1: '#5D6472',
    mark2: '#7A818E',
    mark3: '#8A909C',
    heat1: '#F6DFC6',
    heat2: '#EDBB8A',
    heat3: '#D98A4A',
    heat4: '#AF5A1A',
    heat5: '#6E3208',
  },
  dark: {
    bg: '#0F1217',
    surface: '#161A21',
    surface2: '#1C212A',
    ink: '#ECEEF2',
    ink2: '#B4BBC7',
    ink3: '#929BAA',
    line: '#242A34',
    line2: '#3A424F',
    grid: '#222831',
    on: '#0F1217',
    blue: '#8AB4FF',
    blueSoft: '#15213A',
    blueMark: '#5F96F4',
    rust: '#F0A264',
    rustSoft: '#2E2013',
    rustMark: '#DB8440',
    violet: '#CDB8FA',
    violetSoft: '#241D35',
    violetMark: '#CDB8FA',
    mark1: '#9AA3B2',
    mark2: '#7C8594',
    mark3: '#6B7484',
    heat1: '#4A311C',
    heat2: '#744722',
    heat3: '#A5622B',
    heat4: '#DD9350',
    heat5: '#FBD9AE',
  },
};

/** The theme as CSS custom properties: `--ink-2:#474D59;...`. */
export function themeCss(name: ThemeName): string {
  return Object.entries(themes[name])
    .map(([key, colour]) => `--${key.replace(/(?<=[a-z])(?=[A-Z0-9])/g, '-').toLowerCase()}:${colour}`)
    .join(';');
}
