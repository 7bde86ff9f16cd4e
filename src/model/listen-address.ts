// Where something listens: an address and a port.
import { formatAddress, parseAddress } from './address.ts';

export interface ListenAddress {
  /** Canonical address; `::` stands for every address of both families. */
  readonly host: string;
  /** 1…65535. */
  readonly port: number;
}

/** `127.0.0.1:9417`, `[::1]:9417`, or `:9417` for every address. Names are not looked up: null, as for all else. */
export function parseListenAddress(text: string): ListenAddress | null {
  const [, bracketed, plain = '', digits = ''] = /^(?:\[([\da-fA-F:.]+)\]|([\d.]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port < 1 || port > 65_535) return null;
  if (bracketed === undefined && plain === '') return { host: '::', port };
  const address = parseAddress(bracketed ?? plain);
  if (!address || (address.family === 'IPv6') !== (bracketed !== undefined)) return null;
  return { host: formatAddress(address), port };
}
