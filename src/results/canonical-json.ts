/** Canonical JSON: the same value gives the same bytes, whatever the order in which its keys were set. */

/**
 * Writes a JSON value with its keys in alphabetical order, one space of indentation per level, and a newline at the end. A list of plain values stays on
 * one line, so that a file of thousands of trials stays readable and small.
 *
 * @throws TypeError for what JSON cannot hold (NaN, Infinity, functions), which would otherwise be lost silently.
 */
export function canonicalJson(value: unknown): string {
  return `${write(value, '')}\n`;
}

function write(value: unknown, indent: string): string {
  if (Array.isArray(value)) return writeList(value, indent);
  if (typeof value === 'object' && value !== null) return writeObject(value as Record<string, unknown>, indent);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`Cannot write JSON: a number must be finite, current value is ${value}`);
  const text = JSON.stringify(value);
  if (text === undefined)
    throw new TypeError(`Cannot write JSON: a value must be data, current value is a ${typeof value}`);
  return text;
}

function writeList(list: readonly unknown[], indent: string): string {
  if (list.every((entry) => typeof entry !== 'object' || entry === null))
    return `[${list.map((entry) => write(entry, '')).join(',')}]`;
  const inner = `${indent} `;
  return `[\n${list.map((entry) => inner + write(entry, inner)).join(',\n')}\n${indent}]`;
}

function writeObject(object: Record<string, unknown>, indent: string): string {
  const keys = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();
  if (keys.length === 0) return '{}';
  const inner = `${indent} `;
  const lines = keys.map((key) => `${inner}${JSON.stringify(key)}: ${write(object[key], inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
