// The IPv6 address that an interface's advertisements come from, shared between the main thread and a capture worker.
import { Header } from './layout.ts';

/**
 * What NDP frames of an interface leave from. `none`: nothing may leave. `target`: from the address they are about.
 * Otherwise 16 bytes of an address of the interface.
 */
export type NeighborSource = 'none' | 'target' | Uint8Array;

const Kind = { none: 0, target: 1, address: 2 } as const;
const addressWords = 4;

/** Says what to use from now on, and that there is something to look at. For the writer of the table. */
export function writeNeighborSource(buffer: SharedArrayBuffer, source: NeighborSource): void {
  const words = new Int32Array(buffer);
  // An odd sequence: a reader takes what lies here for nothing.
  Atomics.add(words, Header.sourceSequence, 1);
  Atomics.store(words, Header.sourceKind, kindOf(source));
  if (typeof source !== 'string') {
    const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    for (let i = 0; i < addressWords; i++) Atomics.store(words, Header.sourceAddress + i, view.getInt32(i * 4));
  }
  Atomics.add(words, Header.sourceSequence, 1);
  Atomics.add(words, Header.epoch, 1);
}

/** What is in force. Look again after every change of the epoch. */
export function readNeighborSource(buffer: SharedArrayBuffer): NeighborSource {
  const words = new Int32Array(buffer);
  const sequence = Atomics.load(words, Header.sourceSequence);
  const kind = Atomics.load(words, Header.sourceKind);
  const address = new Uint8Array(new ArrayBuffer(addressWords * 4));
  const view = new DataView(address.buffer);
  for (let i = 0; i < addressWords; i++) view.setInt32(i * 4, Atomics.load(words, Header.sourceAddress + i));
  // Just being changed: the epoch that follows is a reason to look again.
  if ((sequence & 1) !== 0 || Atomics.load(words, Header.sourceSequence) !== sequence) return 'none';
  if (kind === Kind.address) return address;
  return kind === Kind.target ? 'target' : 'none';
}

function kindOf(source: NeighborSource): number {
  if (source === 'none') return Kind.none;
  return source === 'target' ? Kind.target : Kind.address;
}
