// What writing down claims of other hosts costs: nanoseconds per frame of the responder with and without it, in
// alternation in one run; clean requests, and requests with forged claims among them. CSV out, then the ratios.
//
//   bun bench/watching.ts
import { type Responder, respond } from '#core/respond.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { ArpField, emitAnnouncementRequest } from '#wire/arp.ts';
import { headerLength } from '#wire/ethernet.ts';
import { median } from './bed.ts';

const rounds = 31;
const framesPerRound = 500_000;
const rows = 10_000;
const firstVip = 0x0a00_0001;

const buffer = createTable(rows);
const writer = new TableWriter(buffer);
writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: 120_000 });
for (let i = 0; i < rows; i++) {
  writer.put({ address: { family: 'IPv4', value: BigInt(firstVip + i) }, group: 0, generation: 1 });
}
const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
const off: Responder = { mac, table: new TableReader(buffer), nowMs: 1000 };
const claims = new ClaimRecorder(buffer);
const on: Responder = { ...off, claims };

/** Nanoseconds per frame. `claimEvery`: so many frames carry one claim on an address of ours; 0: none does. */
function measure(self: Responder, claimEvery: number): number {
  const frame = new Uint8Array(new ArrayBuffer(64));
  emitAnnouncementRequest(frame, 0, Uint8Array.of(2, 0, 0, 0, 0, 0xaa), 0xc000_02c8);
  const view = new DataView(frame.buffer);
  const out = new Uint8Array(new ArrayBuffer(64));
  const begin = performance.now();
  for (let i = 0; i < framesPerRound; i++) {
    const isClaim = claimEvery > 0 && i % claimEvery === 0;
    view.setUint32(headerLength + ArpField.senderAddress, isClaim ? firstVip + (i % rows) : 0xc000_02c8);
    view.setUint32(headerLength + ArpField.targetAddress, firstVip + ((Math.imul(i, 0x9e37_79b1) >>> 0) % rows));
    respond(frame, 60, self, out, 0);
    if ((i & 63) === 0) while (claims.takeNews() >= 0);
  }
  return ((performance.now() - begin) * 1e6) / framesPerRound;
}

console.log('load,round,off_ns,on_ns');
for (const [load, claimEvery] of [
  ['clean', 0],
  ['claims_1_in_100', 100],
  ['claims_only', 1],
] as const) {
  measure(off, claimEvery);
  measure(on, claimEvery);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first finds another machine than whoever goes second: the order turns with every round.
    const first = round % 2 === 0 ? off : on;
    const a = measure(first, claimEvery);
    const b = measure(first === off ? on : off, claimEvery);
    const [offNs, onNs] = first === off ? [a, b] : [b, a];
    ratios.push(offNs / onNs);
    console.log(`${load},${round},${offNs.toFixed(1)},${onNs.toFixed(1)}`);
  }
  console.log(
    `# ${load}: answering rate with watching / without: median ${median(ratios).toFixed(3)} (aim >= 0.95 when clean)`,
  );
}
