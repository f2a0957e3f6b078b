/** Which commit the working folder stands at. */
import { execFile } from 'node:child_process';

/** Longest wait for git, real ms. */
const GIT_MS = 5000;

/** Full hash, with `-dirty` where tracked files differ from it; null outside of git, or without it. */
export async function gitCommit(cwd: string): Promise<string | null> {
  const head = await git(['rev-parse', 'HEAD'], cwd);
  if (head === null || !/^[0-9a-f]{40,64}$/.test(head)) return null;
  const changes = await git(['status', '--porcelain', '--untracked-files=no'], cwd);
  return changes === null || changes === '' ? head : `${head}-dirty`;
}

function git(words: readonly string[], cwd: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('git', words, { cwd, timeout: GIT_MS }, (error, stdout) => resolve(error === null ? stdout.trim() : null));
  });
}
