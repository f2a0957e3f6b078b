/**
 * `globalThis.fetch` while foreign code is on trial: the trial's own fetch, so that a module that calls `fetch` by name reaches the gateway and
 * not the network. A stand-in takes the place of the real function, as code may keep what it finds there while it is loaded
 * (`const request = fetch.bind(globalThis)`); outside trials it calls the real one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fetch } from '../strategies/strategy.ts';

/** Lends a trial's fetch to all code that asks for `fetch` by name. */
export interface FetchLoan {
  /** Runs `main` with it. */
  during<T>(fetch: Fetch, main: () => T): T;
  /** The trial is over, however it ended. */
  end(): void;
}

/** Trials in virtual time come one at a time. */
let lent: Fetch | null = null;
/** Trials on the wire run side by side: whose a call is follows from where it comes from. Costs time per promise, once it is used. */
let perTrial: AsyncLocalStorage<Fetch> | null = null;

let users = 0;
let real: Fetch = globalThis.fetch;

const standIn: Fetch = function fetch(input, init) {
  return (lent ?? perTrial?.getStore() ?? real)(input, init);
};

/** Puts the stand-in in place until the returned function is called (a second call does nothing) and nobody else needs it. */
function standInForFetch(): () => void {
  if (users === 0) {
    real = globalThis.fetch;
    globalThis.fetch = standIn;
  }
  users += 1;
  let isUsed = true;
  return () => {
    if (!isUsed) return;
    isUsed = false;
    users -= 1;
    // What code under test put there ends with it.
    if (users === 0) globalThis.fetch = real;
  };
}

/** Loads foreign code: what it takes of `fetch` while it loads will be the trial's fetch during trials. */
export async function loadWithFetchStandIn<T>(load: () => Promise<T>): Promise<T> {
  const leave = standInForFetch();
  try {
    return await load();
  } finally {
    leave();
  }
}

/** For a trial that is alone in its thread while it runs. */
export function lendFetch(): FetchLoan {
  let leave = () => {};
  return {
    during: (fetch, main) => {
      leave = standInForFetch();
      lent = fetch;
      return main();
    },
    end: () => {
      leave();
      lent = null;
    },
  };
}

/** For trials that run side by side in real time. */
export function lendFetchSideBySide(): FetchLoan {
  let leave = () => {};
  return {
    during: (fetch, main) => {
      leave = standInForFetch();
      perTrial ??= new AsyncLocalStorage<Fetch>();
      return perTrial.run(fetch, main);
    },
    end: () => leave(),
  };
}
