/** The page's style sheet: tokens from the theme, typefaces, then what stands in `styles/`. */
import { fontFaces } from '../fonts.ts';
import { themeCss } from '../theme.ts';
import { answerCss } from './styles/answer.ts';
import { baseCss } from './styles/base.ts';
import { mediaCss } from './styles/media.ts';
import { scenarioCss } from './styles/scenario.ts';

const scales = `
  --font-sans:"Inter RL",Inter,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
  --font-voice:"Newsreader RL","Iowan Old Style",Charter,Georgia,"DejaVu Serif",serif;
  --font-mono:"JetBrains RL",ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
  --t-12:.75rem;--t-13:.8125rem;--t-14:.875rem;--t-16:1rem;--t-18:1.125rem;--t-20:1.25rem;--t-24:1.5rem;
  --s-1:.25rem;--s-2:.5rem;--s-3:.75rem;--s-4:1rem;--s-5:1.5rem;--s-6:2rem;--s-7:3rem;--s-8:4.5rem;--s-9:7rem;
  --radius:10px;--radius-s:6px`;

const lightShadow = '--shadow:0 1px 2px rgb(20 24 30/.04),0 8px 28px -12px rgb(20 24 30/.12)';

/** The whole style sheet for a page with this many scenario tabs. */
export function pageCss(tabs: number): string {
  const dark = `color-scheme:dark;${themeCss('dark')};--shadow:none`;
  const printed = themeCss('light').replace(/(?=;|$)/g, '!important');
  return [
    fontFaces
      .map(
        ({ family, style, weight, base64 }) =>
          `@font-face{font-family:"${family}";font-style:${style};font-weight:${weight};font-display:block;src:url(data:font/woff2;base64,${base64}) format("woff2")}`,
      )
      .join(''),
    `:root{color-scheme:light dark;${themeCss('light')};${lightShadow};${scales}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}`,
    `:root[data-theme=dark]{${dark}}:root[data-theme=light]{color-scheme:light}`,
    baseCss,
    answerCss,
    scenarioCss,
    mediaCss,
    `@media print{:root,:root[data-theme]{color-scheme:light!important;${printed}}}`,
    Array.from({ length: tabs }, (_, index) => tabCss(index)).join('\n'),
  ].join('\n');
}

/** A checked radio opens its panel and marks its label: tabs without scripts. */
function tabCss(index: number): string {
  const tab = `#tab-${index}`;
  const label = `~.tablist label[for=tab-${index}]`;
  return `${tab}:checked~.panels>.panel-${index}{display:block}${tab}:checked${label}{color:var(--ink);border-color:var(--blue)!important}${tab}:focus-visible${label}{outline:2px solid var(--blue);outline-offset:-3px;border-radius:6px}`;
}
