// Figures that a capture worker shows to the main thread, in shared memory.

/** Index of each figure. */
export const gauge = { kernelDrops: 0, announced: 1, sendErrors: 2, received: 3, probes: 4 } as const;

/** Room for the figures above, with some to spare. */
export function createGauges(): SharedArrayBuffer {
  return new SharedArrayBuffer(64);
}

export function readGauge(buffer: SharedArrayBuffer, which: keyof typeof gauge): number {
  return Atomics.load(new Uint32Array(buffer), gauge[which]);
}
