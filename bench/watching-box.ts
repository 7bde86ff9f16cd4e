// A responder for bench/watching.ts, with parts of the product left out: answers on eth0 until it is killed.
//
//   bun bench/watching-box.ts off|watching|recording COUNT
import { captureFilter } from '#capture/filter.ts';
import { createGauges } from '#capture/gauges.ts';
import { ResponderLoop } from '#capture/responder-loop.ts';
import { TrafficLog } from '#capture/traffic-log.ts';
import { parseAddress, parseMac } from '#model/address.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { openLink } from '#native/link.ts';
import { boottimeMs, realtimeUs } from '#native/linux/clock.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { createTable } from '#table/layout.ts';
import { readNeighborSource } from '#table/neighbor-source.ts';
import { NOT_FOUND, TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { createTrafficRing, TrafficWriter } from '#table/traffic-ring.ts';
import { askerAddress, firstVip } from './bed.ts';

const [, , mode = '', count = '1'] = process.argv;
const farMs = 100_000_000;
const askerValue = Number(parseAddress(askerAddress)?.value ?? 0n) | 0;
const firstValue = parseAddress(firstVip)?.value ?? 0n;
const macText = (await Bun.file('/sys/class/net/eth0/address').text()).trim();
const mac = parseMac(macText) ?? new Uint8Array(6);

const buffer = createTable(Number(count));
const writer = new TableWriter(buffer);
writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: (boottimeMs() + farMs) >>> 0 });
for (let i = 0; i < Number(count); i++) {
  writer.put({ address: { family: 'IPv4', value: firstValue + BigInt(i) }, group: 0, generation: 1 });
}
// As the product opens it.
const opened = openLink({ interface: 'eth0', filter: captureFilter, protocol: 3, bufferBytes: 2 * 1024 * 1024 });
if (!opened.ok) throw new Error(opened.error.message);
const link = opened.value;

/** Nobody's claims are looked up: the asker, whose address is none of ours, is known beforehand. */
class Unwatched extends TableReader {
  override findIPv4(address: number, nowMs: number): number {
    return address === askerValue ? NOT_FOUND : super.findIPv4(address, nowMs);
  }
}
class Deaf extends ClaimRecorder {
  override record(): void {}
}

const loop = new ResponderLoop({
  link,
  table: mode === 'off' ? new Unwatched(buffer) : new TableReader(buffer),
  claims: mode === 'off' ? new Deaf(buffer) : new ClaimRecorder(buffer),
  mac,
  neighborSource: () => readNeighborSource(buffer),
  // Nothing is announced: 10,000 bursts would be measured, too.
  announce: { ...defaultNodeConfig('box').announce, burstMs: [], refreshMs: farMs },
  gauges: new Uint32Array(createGauges()),
  ...(mode === 'recording'
    ? { traffic: new TrafficLog(new TrafficWriter(createTrafficRing()), realtimeUs, link.slots) }
    : {}),
  clock: boottimeMs,
  random: Math.random,
});
console.log('ready');
while (loop.turn() === 'again');
