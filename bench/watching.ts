// What writing down claims of other hosts costs, and writing down every frame: nanoseconds per frame of the responder
// without either, with the first and with both, in turns in one run; clean requests, and requests with forged claims among
// them. CSV out, then the ratios. How much that is of a frame on the wire: bench/watching-wire.ts.
//
//   bun bench/watching.ts
import { TrafficLog } from '#capture/traffic-log.ts';
import { type Responder, respond } from '#core/respond.ts';
import type { Link } from '#ports.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { Purpose } from '#table/traffic-record.ts';
import { createTrafficRing, TrafficWriter } from '#table/traffic-ring.ts';
import { carriesReply } from '#table/verdict.ts';
import { ArpField, emitAnnouncementRequest } from '#wire/arp.ts';
import { headerLength, minFrameLength } from '#wire/ethernet.ts';
import { median } from './bed.ts';

const rounds = 31;
const framesPerRound = 320_000;
const batch = 64;
const slotBytes = 128;
const rows = 10_000;
const firstVip = 0x0a00_0001;

const buffer = createTable(rows);
const writer = new TableWriter(buffer);
writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: 120_000 });
for (let i = 0; i < rows; i++) {
  writer.put({ address: { family: 'IPv4', value: BigInt(firstVip + i) }, group: 0, generation: 1 });
}
const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
const silent: Responder = { mac, table: new TableReader(buffer), nowMs: 1000 };
const claims = new ClaimRecorder(buffer);
const watching: Responder = { ...silent, claims };
const log = new TrafficLog(new TrafficWriter(createTrafficRing()), () => 1.8e15, batch);

const frame = new Uint8Array(new ArrayBuffer(128));
emitAnnouncementRequest(frame, 0, Uint8Array.of(2, 0, 0, 0, 0, 0xaa), 0xc000_02c8);
const view = new DataView(frame.buffer);
const out = new Uint8Array(new ArrayBuffer(batch * slotBytes));
const lengths = new Uint16Array(batch).fill(minFrameLength);
const link = { frame, wireLength: 60, seconds: 1, microseconds: 2, out, slotBytes } as unknown as Link;

const modes = ['bare', 'watching', 'recording'] as const;
type Mode = (typeof modes)[number];

/** Nanoseconds per frame. `claimEvery`: so many frames carry one claim on an address of ours; 0: none does. */
function measure(mode: Mode, claimEvery: number): number {
  const self = mode === 'bare' ? silent : watching;
  const traffic = mode === 'recording' ? log : null;
  const begin = performance.now();
  for (let first = 0; first < framesPerRound; first += batch) answerBatch(first, claimEvery, self, traffic);
  return ((performance.now() - begin) * 1e6) / framesPerRound;
}

function answerBatch(first: number, claimEvery: number, self: Responder, traffic: TrafficLog | null): void {
  let count = 0;
  for (let i = first; i < first + batch; i++) {
    const isClaim = claimEvery > 0 && i % claimEvery === 0;
    view.setUint32(headerLength + ArpField.senderAddress, isClaim ? firstVip + (i % rows) : 0xc000_02c8);
    view.setUint32(headerLength + ArpField.targetAddress, firstVip + ((Math.imul(i, 0x9e37_79b1) >>> 0) % rows));
    const verdict = respond(frame, 60, self, out, count * slotBytes);
    traffic?.heard(link, 60, verdict);
    if (carriesReply(verdict)) traffic?.answered(count++);
  }
  traffic?.sent(link, count, lengths, Purpose.answer);
  traffic?.publish();
  while (claims.takeNews() >= 0);
}

console.log('load,round,bare_ns,watching_ns,recording_ns');
for (const [load, claimEvery] of [
  ['clean', 0],
  ['claims_1_in_100', 100],
  ['claims_only', 1],
] as const) {
  for (const mode of modes) measure(mode, claimEvery);
  const ns: Record<Mode, number[]> = { bare: [], watching: [], recording: [] };
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first finds another machine than whoever goes last: the order turns with every round.
    for (let turn = 0; turn < modes.length; turn++) {
      const mode = modes[(turn + round) % modes.length] ?? 'bare';
      ns[mode].push(measure(mode, claimEvery));
    }
    console.log([load, round, ...modes.map((mode) => ns[mode].at(-1)?.toFixed(1))].join(','));
  }
  const ratio = median(ns.bare.map((bare, i) => bare / (ns.watching[i] ?? Number.NaN)));
  console.log(`# ${load}: answering rate with watching / without: median ${ratio.toFixed(3)} (aim >= 0.95 when clean)`);
  const cost = median(ns.recording.map((on, i) => on - (ns.watching[i] ?? Number.NaN)));
  console.log(`# ${load}: writing a frame and its answer down: ${cost.toFixed(0)} ns`);
}
