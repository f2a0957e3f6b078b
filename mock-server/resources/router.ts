/** Finds the operation of a method and path. */
import type { Operation } from './resource.ts';

/** An operation that was found, with the values of its path's names. */
export interface Found {
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
}

/** No operation is deeper: what follows is not looked at. */
const SEGMENTS_MAX = 16;

/** Routes requests to operations by template. A literal segment wins over a name. */
export class Router {
  /** Paths without names, by method and path. */
  readonly #literal = new Map<string, Found>();
  readonly #bySegments = new Map<string, { readonly segments: readonly string[]; readonly operation: Operation }[]>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const segments = operation.path.split('/');
      if (names(segments) === 0) {
        this.#literal.set(`${operation.method} ${operation.path}`, { operation, parameters: {} });
        continue;
      }
      const key = `${operation.method} ${segments.length}`;
      const same = this.#bySegments.get(key) ?? [];
      same.push({ segments, operation });
      this.#bySegments.set(key, same);
    }
    for (const same of this.#bySegments.values()) {
      same.sort((one, other) => names(one.segments) - names(other.segments));
    }
  }

  /** The operation, or null when there is none. */
  find(method: string, path: string): Found | null {
    const literal = this.#literal.get(`${method} ${path}`);
    if (literal !== undefined) return literal;
    const segments = path.split('/', SEGMENTS_MAX + 1);
    for (const candidate of this.#bySegments.get(`${method} ${segments.length}`) ?? []) {
      const parameters = match(candidate.segments, segments);
      if (parameters !== null) return { operation: candidate.operation, parameters };
    }
    return null;
  }
}

function names(segments: readonly string[]): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
}

function match(template: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of template.entries()) {
    const given = segments[index]!;
    if (expected.startsWith('{')) {
      const decoded = decode(given);
      if (decoded === null || decoded === '') return null;
      parameters[expected.slice(1, -1)] = decoded;
    } else if (expected !== given) {
      return null;
    }
  }
  return parameters;
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
