/**
 * What the live page's functions share. As in the report, the functions are written and checked as TypeScript and the page carries their
 * source, so each refers to nothing but its arguments.
 */

/** How the page makes elements and words. Text becomes text nodes and attributes are set as such: nothing is ever read as HTML. */
export interface Kit {
  /** An element with attributes and children. */
  readonly el: (
    tag: string,
    attributes?: Readonly<Record<string, string>>,
    children?: readonly (Node | string)[],
  ) => HTMLElement;
  /** The same in SVG. */
  readonly svg: (tag: string, attributes?: Readonly<Record<string, string>>, text?: string) => SVGElement;
  /** An element of the page by its id. */
  readonly at: (id: string) => HTMLElement;
  /** A name that may break after its dots. */
  readonly breakable: (name: string) => (Node | string)[];
  /** Shows children in place of what is there, unless they would look the same: what a person has selected stays. */
  readonly show: (place: HTMLElement, children: readonly (Node | string)[]) => void;
  /** `15,532`; one digit for fractions below ten. */
  readonly count: (value: number) => string;
  /** `12.9 %` */
  readonly share: (part: number, whole: number) => string;
  /** `15:41:03` */
  readonly time: (epochMs: number) => string;
}

/** Makes the kit, in the page. */
export function pageKit(): Kit {
  const at = (id: string): HTMLElement => {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`#${id} is not on the page`);
    return found;
  };
  return {
    at,
    el(tag, attributes = {}, children = []) {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.append(...children);
      return element;
    },
    svg(tag, attributes = {}, text = '') {
      const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.textContent = text;
      return element;
    },
    breakable: (name) =>
      name.split(/(?<=[.:_])/).flatMap((part, index) => (index === 0 ? [part] : [document.createElement('wbr'), part])),
    show(place, children) {
      const next = document.createElement('div');
      next.append(...children);
      if (next.innerHTML !== place.innerHTML) place.replaceChildren(...next.childNodes);
    },
    count: (value) => value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 && value % 1 !== 0 ? 1 : 0 }),
    share: (part, whole) => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)}\u00A0%`),
    time: (epochMs) => new Date(epochMs).toISOString().slice(11, 19),
  };
}
