// Figures that a capture worker shows to the main thread, and the word that ends it, in shared memory.
import { type VrrpVerdict, vrrpVerdictNames } from '#wire/vrrp.ts';

/** Index of each figure. */
export const gauge = { kernelDrops: 0, announced: 1, sendErrors: 2, received: 3, probes: 4 } as const;

/** Advertisements by what became of them: verdicts, and those of virtual routers that are none of ours. */
const advertisementsAt = 16;
const advertisementKinds = [...vrrpVerdictNames, 'elsewhere'];

/** Room for the figures above. */
export function createGauges(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (advertisementsAt + advertisementKinds.length));
}

export function countAdvertisement(gauges: Uint32Array, verdict: VrrpVerdict | 'elsewhere'): void {
  const at = verdict === 'elsewhere' ? advertisementKinds.length - 1 : verdict;
  Atomics.add(gauges, advertisementsAt + at, 1);
}

/** Advertisements heard, by what became of them; kinds that were never heard are left out. */
export function readAdvertisements(buffer: SharedArrayBuffer): Readonly<Record<string, number>> {
  const gauges = new Uint32Array(buffer);
  const counts = advertisementKinds.map((name, i) => [name, Atomics.load(gauges, advertisementsAt + i)] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Not a figure: the main thread's word that this worker is to end, also when another one takes its table over. */
const stopAt = 15;

export function requestStop(buffer: SharedArrayBuffer): void {
  Atomics.store(new Uint32Array(buffer), stopAt, 1);
}

export function stopRequested(gauges: Uint32Array): boolean {
  return Atomics.load(gauges, stopAt) !== 0;
}

export function readGauge(buffer: SharedArrayBuffer, which: keyof typeof gauge): number {
  return Atomics.load(new Uint32Array(buffer), gauge[which]);
}
