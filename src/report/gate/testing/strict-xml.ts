/** A small, strict reader of XML, for tests: whatever it takes, any parser takes. It knows elements, attributes, text and the five entities. */

/** An element in the order of its start tag. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** All elements of a document. Throws on anything that is not well-formed, or that it does not know. */
export function elementsOf(xml: string): XmlElement[] {
  const bad = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(xml);
  if (bad !== null) throw new Error(`character ${bad[0].codePointAt(0)} at ${bad.index} must not stand in XML`);
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!xml.startsWith(head)) throw new Error('there must be a declaration');
  const elements: XmlElement[] = [];
  const open: XmlElement[] = [];
  const token = /<\/([\w-]+)>|<([\w-]+)((?:\s+\w+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  token.lastIndex = head.length;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 40)}`);
    const [, closed, opened, attributes = '', empty, text] = match;
    if (text !== undefined) {
      const inside = open.at(-1);
      if (inside !== undefined) inside.text += decoded(text);
      else if (text.trim() !== '') throw new Error(`text outside of the root: ${text}`);
    } else if (closed !== undefined) {
      if (open.pop()?.name !== closed) throw new Error(`</${closed}> closes nothing at ${at}`);
    } else if (opened !== undefined) {
      if (open.length === 0 && elements.length > 0) throw new Error('there must be one root');
      const element = { name: opened, attributes: attributesOf(attributes), text: '' };
      elements.push(element);
      if (empty === '') open.push(element);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return elements;
}

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)="([^"]*)"/g)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`attribute ${name} stands twice`);
    attributes[name] = decoded(value);
  }
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (text.includes(']]>')) throw new Error(']]> must not stand in text');
  return text.replaceAll(/&(?:#(\d+)|(\w+));|&/g, (whole, code?: string, name?: string) => {
    if (code !== undefined) return String.fromCodePoint(Number(code));
    const entity = name === undefined ? undefined : ENTITIES[name];
    if (entity === undefined) throw new Error(`${whole} is no entity`);
    return entity;
  });
}
