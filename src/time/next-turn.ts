/** Calls back when everything that is ready to run now has run: promises that are settled, and what they set off. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}
