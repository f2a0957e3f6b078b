/** Which operations the real platform has, beside those that the simulation answers. */
import { PLATFORM_OPERATIONS } from './platform-operations.ts';

/** One segment of the tree of paths. */
interface Branch {
  /** Letters of the methods that end here, '' when none does. */
  methods: string;
  readonly literal: Map<string, Branch>;
  /** Where a segment with a name in braces leads. */
  named: Branch | null;
}

const ROOT = '/api/v2/';
/** No operation is deeper; a path with more segments is not looked at. */
const SEGMENTS_MAX = 16;
const LETTERS: Readonly<Record<string, string>> = {
  G: 'GET',
  P: 'POST',
  U: 'PUT',
  A: 'PATCH',
  D: 'DELETE',
  H: 'HEAD',
};
const LETTER_OF = new Map(Object.entries(LETTERS).map(([letter, method]) => [method, letter]));

let tree: Branch | null = null;

/** Whether the real platform has an operation for this method and path (without query). Any text may be asked. */
export function existsOnPlatform(method: string, path: string): boolean {
  const letter = LETTER_OF.get(method);
  if (letter === undefined || !path.startsWith(ROOT)) return false;
  const segments = path.slice(ROOT.length).split('/', SEGMENTS_MAX + 1);
  if (segments.length > SEGMENTS_MAX) return false;
  tree ??= grow(PLATFORM_OPERATIONS);
  return leads(tree, segments, 0, letter);
}

/** All operations, with `{}` for each name. */
export function platformOperations(): readonly { readonly method: string; readonly path: string }[] {
  tree ??= grow(PLATFORM_OPERATIONS);
  return [...operationsOf(tree, ROOT)];
}

/** A literal segment is tried first; where it leads nowhere, it may still be the value of a name. */
function leads(branch: Branch, segments: readonly string[], at: number, letter: string): boolean {
  const segment = segments[at];
  if (segment === undefined) return branch.methods.includes(letter);
  const literal = branch.literal.get(segment);
  if (literal !== undefined && leads(literal, segments, at + 1, letter)) return true;
  return branch.named !== null && segment !== '' && leads(branch.named, segments, at + 1, letter);
}

function* operationsOf(branch: Branch, path: string): Generator<{ method: string; path: string }> {
  for (const letter of branch.methods) yield { method: LETTERS[letter] ?? letter, path: path.slice(0, -1) };
  for (const [segment, below] of branch.literal) yield* operationsOf(below, `${path}${segment}/`);
  if (branch.named !== null) yield* operationsOf(branch.named, `${path}{}/`);
}

function grow(text: string): Branch {
  const root = newBranch();
  const above = [root];
  for (const line of text.trim().split('\n')) {
    const [segment = '', methods = ''] = line.trimStart().split(' ');
    const depth = line.length - line.trimStart().length;
    const parent = above[depth] ?? root;
    const branch = newBranch();
    branch.methods = methods;
    if (segment === '*') parent.named = branch;
    else parent.literal.set(segment, branch);
    above[depth + 1] = branch;
  }
  return root;
}

function newBranch(): Branch {
  return { methods: '', literal: new Map(), named: null };
}
