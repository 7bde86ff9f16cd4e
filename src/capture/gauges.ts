// Figures that a capture worker shows to the main thread, and the word that ends it, in shared memory.

/** Index of each figure. */
export const gauge = { kernelDrops: 0, announced: 1, sendErrors: 2, received: 3, probes: 4 } as const;

/** Room for the figures above, with some to spare. */
export function createGauges(): SharedArrayBuffer {
  return new SharedArrayBuffer(64);
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
