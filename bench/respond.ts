// Nanoseconds per received frame of the pure responder: `bun bench/respond.ts`, CSV out.
import { type Responder, respond } from '#core/respond.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { emitAnnouncementRequest } from '#wire/arp.ts';

const rounds = 9;
const framesPerRound = 1_000_000;
const frameCount = 1024;
const firstVip = 0x0a00_0001;
const client = 0xc000_02c8;

function frames(target: (i: number) => number): Uint8Array[] {
  const clientMac = Uint8Array.of(2, 0, 0, 0, 0, 0xaa);
  return Array.from({ length: frameCount }, (_, i) => {
    const frame = new Uint8Array(new ArrayBuffer(60));
    emitAnnouncementRequest(frame, 0, clientMac, client);
    new DataView(frame.buffer).setUint32(38, target(i));
    return frame;
  });
}

function measure(requests: readonly Uint8Array[], self: Responder): number {
  const out = new Uint8Array(new ArrayBuffer(64));
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    for (let i = 0; i < framesPerRound; i++) {
      const frame = requests[i & (frameCount - 1)];
      if (frame) respond(frame, 60, self, out, 0);
    }
    times.push(((performance.now() - begin) * 1e6) / framesPerRound);
  }
  return times.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
}

console.log('rows,request,ns_per_frame_median');
for (const rows of [1, 10_000, 65_536]) {
  const buffer = createTable(rows);
  const writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: 120_000 });
  for (let i = 0; i < rows; i++) {
    writer.put({ address: { family: 'IPv4', value: BigInt(firstVip + i) }, group: 0, generation: 1 });
  }
  // A clock beyond 2^31 ms is the slower case: it is no small integer any more.
  const self = { mac: Uint8Array.of(2, 0, 0, 0, 0, 1), table: new TableReader(buffer), nowMs: 1000 };
  const spread = (i: number) => Math.imul(i, 0x9e37_79b1) >>> 0;
  console.log(
    `${rows},ours,${measure(
      frames((i) => firstVip + (spread(i) % rows)),
      self,
    ).toFixed(1)}`,
  );
  console.log(
    `${rows},not_ours,${measure(
      frames((i) => 0xac10_0000 + (spread(i) & 0xffff)),
      self,
    ).toFixed(1)}`,
  );
}
