// What a box says of itself about once a second, on every LAN that it has elections on. JSON with short names: fields that
// are not known are ignored, missing ones have their defaults, so that boxes of different versions understand each other.
import { formatMac, parseAddress, parseMac } from '#model/address.ts';
import type { Labels } from '#model/labels.ts';
import { formatGroupSet, parseGroupSet } from './group-set.ts';
import { type Field, fieldsOf } from './json-fields.ts';

/** State of the sender; `leaving`: it says good-bye. */
const states = ['ready', 'stale-config', 'draining', 'joining', 'leaving'] as const;

interface Answer {
  readonly to: string;
  readonly serial: number;
  readonly isDone: boolean;
  readonly text: string;
}

export interface Hello {
  readonly version: string;
  readonly state: (typeof states)[number];
  readonly generation: number;
  readonly configHash: string;
  readonly labels: Labels;
  readonly vips: number;
  /** After how long the next one is due, milliseconds. */
  readonly intervalMs: number;
  /** When this was sent, by the sender's wall clock, milliseconds since 1970; 0: not told. For people alone. */
  readonly wallMs: number;
  /** The sender's name of the interface that this was sent on, and what that has. */
  readonly via: string;
  readonly mac: string;
  readonly addresses: readonly string[];
  readonly led: ReadonlySet<number>;
  readonly eligible: ReadonlySet<number>;
  /** MACs of all interfaces of the sender. */
  readonly macs: readonly string[];
  /** Digest and number of its allocation records, and digest of its exclusions. */
  readonly digest: number;
  readonly records: number;
  readonly exclusions: number;
  /** Whom the sender hears on this LAN: name, instance, incarnation. */
  readonly heard: readonly (readonly [node: string, instance: string, incarnation: number])[];
  readonly orders: readonly {
    readonly serial: number;
    readonly group: number;
    readonly to: string;
    /** How long the first choice may still have the group, milliseconds; 0: not at all. */
    readonly provisionalMs: number;
  }[];
  readonly asks: readonly { readonly serial: number; readonly group: number; readonly to: string | null }[];
  /** What came of asks. `text`: for people. */
  readonly answers: readonly Answer[];
}

/** BOUNDED: so many of a kind are listed. */
const mostListed = 32;
const encoder = new TextEncoder();

/** At most `room` bytes: what does not fit is left out, the least needed first. */
export function emitHello(hello: Hello, room: number): Uint8Array {
  let bytes = new Uint8Array();
  const cuts: readonly Partial<Hello>[] = [
    {},
    { labels: {} },
    { macs: [hello.mac] },
    { heard: hello.heard.slice(0, 8), addresses: fewAddresses(hello.addresses, 4) },
    { answers: [], asks: [], heard: hello.heard.slice(0, 1) },
  ];
  let cut = hello;
  for (const next of cuts) {
    cut = { ...cut, ...next };
    bytes = encoder.encode(JSON.stringify(shorten(cut)));
    if (bytes.length <= room) return bytes;
  }
  // One that is too large is heard by nobody: rather the newest orders than none, and a box that counts as gone.
  for (let left = Math.min(cut.orders.length, mostListed) - 1; left >= 0 && bytes.length > room; left--) {
    bytes = encoder.encode(JSON.stringify(shorten({ ...cut, orders: left === 0 ? [] : cut.orders.slice(-left) })));
  }
  return bytes;
}

/**
 * Where not all fit, those that advertisements come from: the link-local address of IPv6, and the first one of IPv4. A box
 * whose source is left out would be taken for a stranger.
 */
function fewAddresses(addresses: readonly string[], most: number): readonly string[] {
  if (addresses.length <= most) return addresses;
  const rank = (address: string) => (address.startsWith('fe80:') ? 0 : address.includes(':') ? 2 : 1);
  return addresses.toSorted((a, b) => rank(a) - rank(b)).slice(0, most);
}

function shorten(hello: Hello): Readonly<Record<string, unknown>> {
  const { orders, asks, answers } = hello;
  return {
    v: hello.version,
    s: hello.state,
    g: hello.generation,
    h: hello.configHash,
    l: hello.labels,
    n: hello.vips,
    t: hello.intervalMs,
    ...(hello.wallMs > 0 ? { w: hello.wallMs } : {}),
    i: hello.via,
    m: hello.mac,
    a: fewAddresses(hello.addresses, mostListed),
    gl: formatGroupSet(hello.led),
    ge: formatGroupSet(hello.eligible),
    mm: hello.macs.slice(0, mostListed),
    d: hello.digest,
    c: hello.records,
    e: hello.exclusions,
    x: hello.heard.slice(0, mostListed),
    ...(orders.length > 0 ? { o: orders.slice(-mostListed).map(orderFields) } : {}),
    ...(asks.length > 0 ? { q: asks.slice(-mostListed).map(({ serial, group, to }) => [serial, group, to]) } : {}),
    ...(answers.length > 0 ? { r: answers.slice(-mostListed).map(answerFields) } : {}),
  };
}

function orderFields({ serial, group, to, provisionalMs }: Hello['orders'][number]): readonly Field[] {
  return [serial, group, to, ...(provisionalMs > 0 ? [provisionalMs] : [])];
}

function answerFields({ to, serial, isDone, text }: Answer): readonly Field[] {
  return [to, serial, text, ...(isDone ? [1] : [])];
}

/** Null: no hello. */
export function parseHello(body: Uint8Array): Hello | null {
  const fields = fieldsOf(body);
  if (!fields) return null;
  const state = states.find((one) => one === fields.text('s'));
  const via = fields.text('i');
  const mac = macOf(fields.text('m'));
  const [led, eligible] = [parseGroupSet(fields.text('gl')), parseGroupSet(fields.text('ge'))];
  if (!state || via === '' || mac === null || !led || !eligible) return null;
  return {
    version: fields.text('v'),
    state,
    generation: fields.count('g'),
    configHash: fields.text('h'),
    labels: fields.texts('l'),
    vips: fields.count('n'),
    intervalMs: fields.count('t'),
    wallMs: fields.count('w'),
    via,
    mac,
    addresses: fields
      .list('a')
      .slice(0, mostListed)
      .flatMap((one) => (isAddress(one) ? [one] : [])),
    led,
    eligible,
    macs: fields
      .list('mm')
      .slice(0, mostListed)
      .flatMap((one) => macOf(one) ?? []),
    digest: fields.count('d'),
    records: fields.count('c'),
    exclusions: fields.count('e'),
    heard: fields.rows('x').slice(0, mostListed).flatMap(heardOf),
    orders: fields.rows('o').slice(0, mostListed).flatMap(orderOf),
    asks: fields.rows('q').slice(0, mostListed).flatMap(askOf),
    answers: fields.rows('r').slice(0, mostListed).flatMap(answerOf),
  };
}

function isAddress(value: Field): value is string {
  return typeof value === 'string' && parseAddress(value) !== null;
}

function macOf(value: Field): string | null {
  const bytes = typeof value === 'string' ? parseMac(value) : null;
  return bytes && formatMac(bytes);
}

function heardOf([node, instance, incarnation]: readonly Field[]): Hello['heard'] {
  const isHeard = typeof node === 'string' && typeof instance === 'string' && isCount(incarnation);
  return isHeard ? [[node, instance, incarnation]] : [];
}

function orderOf([serial, group, to, provisional = 0]: readonly Field[]): Hello['orders'] {
  if (!isCount(serial) || !isCount(group) || typeof to !== 'string') return [];
  return [{ serial, group, to, provisionalMs: isCount(provisional) ? provisional : 0 }];
}

function askOf([serial, group, to]: readonly Field[]): Hello['asks'] {
  if (!isCount(serial) || !isCount(group) || (to !== null && typeof to !== 'string')) return [];
  return [{ serial, group, to }];
}

function answerOf([to, serial, text, done]: readonly Field[]): Hello['answers'] {
  const isAnswer = typeof to === 'string' && isCount(serial) && typeof text === 'string';
  return isAnswer ? [{ to, serial, isDone: done === 1, text }] : [];
}

function isCount(value: Field): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
