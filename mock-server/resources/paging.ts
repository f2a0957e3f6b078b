/** Pages by number, in the platform's envelope. */
import { wholeNumber } from './query.ts';

/** Which page a client asks for. */
export interface Paging {
  readonly pageSize: number;
  /** From 1. */
  readonly pageNumber: number;
}

/** A list of something, in order, that makes its entries when they are asked for. */
export interface Listing<T> {
  readonly total: number;
  /** Entries `from` up to and without `to`, at most `total`. */
  readonly slice: (from: number, to: number) => readonly T[];
}

/** The platform's envelope of a page. */
export interface Page<T> extends Paging {
  readonly entities: readonly T[];
  readonly total: number;
  readonly firstUri: string;
  readonly selfUri: string;
  readonly previousUri?: string;
  readonly nextUri?: string;
  readonly lastUri: string;
  readonly pageCount: number;
}

/** Entities of one page at most, as documented for users and flows. */
export const PAGE_SIZE_MAX = 500;
const PAGE_SIZE = 25;
const PAGE_NUMBER_MAX = 1_000_000;

/** Reads `pageSize` and `pageNumber`. */
export function readPaging(query: URLSearchParams, usualSize = PAGE_SIZE): Paging {
  return {
    pageSize: wholeNumber(query, 'pageSize', usualSize, { min: 1, max: PAGE_SIZE_MAX }),
    pageNumber: wholeNumber(query, 'pageNumber', 1, { min: 1, max: PAGE_NUMBER_MAX }),
  };
}

/** The same entries, the last one first. */
export function reversed<T>({ total, slice }: Listing<T>): Listing<T> {
  return { total, slice: (from, to) => slice(total - to, total - from).toReversed() };
}

/** One page of a listing; beyond the last page it is empty. The URIs repeat the other parameters of `query`. */
export function pageOf<T>(listing: Listing<T>, paging: Paging, path: string, query: URLSearchParams): Page<T> {
  const { pageSize, pageNumber } = paging;
  const { total } = listing;
  const from = (pageNumber - 1) * pageSize;
  const pageCount = Math.ceil(total / pageSize);
  const rest = otherParameters(query);
  const uri = (page: number) => `${path}?pageSize=${pageSize}&pageNumber=${page}${rest}`;
  return {
    entities: from >= total ? [] : listing.slice(from, Math.min(from + pageSize, total)),
    pageSize,
    pageNumber,
    total,
    firstUri: uri(1),
    selfUri: uri(pageNumber),
    ...(pageNumber > 1 ? { previousUri: uri(Math.max(1, Math.min(pageNumber - 1, pageCount))) } : {}),
    ...(pageNumber < pageCount ? { nextUri: uri(pageNumber + 1) } : {}),
    lastUri: uri(Math.max(1, pageCount)),
    pageCount,
  };
}

function otherParameters(query: URLSearchParams): string {
  let rest = '';
  for (const [name, value] of query) {
    if (name === 'pageSize' || name === 'pageNumber') continue;
    rest += `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }
  return rest;
}
