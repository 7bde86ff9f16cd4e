// The reader of the hammer test: looks without a pause for what must never be seen, and always.
import { TableReader } from '#table/table-reader.ts';

declare const self: Worker;

/** What the test agrees on with this worker. */
export interface HammerOrder {
  readonly buffer: SharedArrayBuffer;
  /** Always in the table. */
  readonly steady: readonly number[];
  /** Put and removed all the time. */
  readonly churning: readonly number[];
  /** Never in the table. */
  readonly never: readonly number[];
  /** Counts the turns of the reader. */
  readonly seen: SharedArrayBuffer;
}

export interface HammerReport {
  readonly lookups: number;
  readonly visits: number;
  readonly faults: readonly string[];
}

/** Rows carry a group that follows from the generation, so that a torn pair shows. */
export const groupOf = (generation: number): number => generation % 7;

self.onmessage = ({ data }: MessageEvent<HammerOrder>) => {
  const table = new TableReader(data.buffer);
  const faults: string[] = [];
  let lookups = 0;
  let visits = 0;
  const turns = new Int32Array(data.seen);
  const addresses = new Set([...data.steady, ...data.churning]);
  self.postMessage('started');
  while (!table.stopRequested() && faults.length < 10) {
    for (let turn = 0; turn < 200; turn++) {
      for (const address of data.steady) if (table.findIPv4(address, 0) < 0) faults.push(`steady ${address} not found`);
      for (const address of data.never) if (table.findIPv4(address, 0) !== -1) faults.push(`foreign ${address} found`);
      for (const address of data.churning) table.findIPv4(address, 0);
      lookups += data.steady.length + data.never.length + data.churning.length;
    }
    table.forEachRow((row) => {
      visits++;
      const value = new DataView(row.address.buffer).getUint32(12);
      const prefix = row.address.subarray(0, 12).join();
      if (row.family === 4) {
        if (prefix !== '0,0,0,0,0,0,0,0,0,0,255,255' || !addresses.has(value))
          faults.push(`torn ${row.address.join()}`);
      } else if (!row.address.every((byte) => byte === row.address[0])) faults.push(`torn ${row.address.join()}`);
      if (row.group !== groupOf(row.generation)) faults.push(`torn group ${row.group} of ${row.generation}`);
    }, 0);
    Atomics.add(turns, 0, 1);
  }
  self.postMessage({ lookups, visits, faults } satisfies HammerReport);
};
