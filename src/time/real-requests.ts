/**
 * What is under way outside JavaScript and would be outrun by virtual time: the net under real-io.ts, for what cannot be caught at the call
 * (`import()` of a module that is not loaded yet, functions that a module took out of `node:fs` before the run).
 */

/** Requests of libuv that are seen while they last, in words. Not seen: the thread pool's zlib and cryptography. */
const WATCHED: Readonly<Record<string, string>> = {
  FSReqCallback: 'files',
  FSReqPromise: 'files (an import() of a module that was not loaded before also reads files)',
  GetAddrInfoReqWrap: 'a name look-up',
  GetNameInfoReqWrap: 'a name look-up',
  QueryReqWrap: 'a name look-up',
  TCPConnectWrap: 'a connection',
  PipeConnectWrap: 'a connection',
};

/** Real requests under way in this thread, in words; 111 ns. */
export function realRequests(): string[] {
  return process.getActiveResourcesInfo().flatMap((name) => WATCHED[name] ?? []);
}
