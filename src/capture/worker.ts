// Entry of a capture worker: opens one interface and answers on it until told to stop.

import { parseMac } from '#model/address.ts';
import { openLink } from '#native/link.ts';
import { boottimeMs, realtimeUs } from '#native/linux/clock.ts';
import { loadLibpcap } from '#native/load.ts';
import type { CaptureState } from '#ports.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { readNeighborSource } from '#table/neighbor-source.ts';
import { TableReader } from '#table/table-reader.ts';
import { TrafficWriter } from '#table/traffic-ring.ts';
import { captureFilter } from './filter.ts';
import { ResponderLoop } from './responder-loop.ts';
import { TrafficLog } from './traffic-log.ts';
import type { WorkerNews, WorkerOrder } from './worker-messages.ts';

declare const self: {
  onmessage: ((event: { data: WorkerOrder }) => void) | null;
  postMessage(news: WorkerNews): void;
};

const failures: Readonly<Record<string, Exclude<CaptureState['capture'], 'open'>>> = {
  permission_denied: 'denied',
  interface_down: 'down',
};

/**
 * ETH_P_ALL, with the filter in the kernel. A socket bound to ARP alone gets frames of foreign VLANs after the kernel has
 * taken their tag away, and would answer them as if they were untagged.
 */
const everyProtocol = 3;
/**
 * Room for 10,000 frames: half a second at 20,000/s, 30 ms of a 300,000/s flood while the thread does something else. The
 * ring is resident from the start, so it is no larger.
 */
const ringBytes = 2 * 1024 * 1024;

// Before there is an order: this thread may have been started ahead of its interface. What fails is told by `openLink`.
loadLibpcap();

self.onmessage = (event) => {
  self.onmessage = null;
  self.postMessage(work(event.data));
};

function work(order: WorkerOrder): WorkerNews {
  const mac = parseMac(order.mac);
  if (!mac) return { kind: 'failed', capture: 'gone', detail: `interface has no MAC address: "${order.mac}"` };
  const opened = openLink({
    interface: order.interface,
    filter: captureFilter,
    protocol: everyProtocol,
    bufferBytes: ringBytes,
    wakeFd: order.wakeFd,
  });
  if (!opened.ok) {
    const { code, operation, message } = opened.error;
    return { kind: 'failed', capture: failures[code] ?? 'gone', detail: `${operation}: ${message}` };
  }
  const link = opened.value;
  const loop = new ResponderLoop({
    link,
    table: new TableReader(order.table),
    claims: new ClaimRecorder(order.table),
    mac,
    neighborSource: () => readNeighborSource(order.table),
    announce: order.announce,
    gauges: new Uint32Array(order.gauges),
    traffic: new TrafficLog(new TrafficWriter(order.traffic), realtimeUs, link.slots),
    clock: boottimeMs,
    random: Math.random,
    rest: giveMemoryBack,
  });
  self.postMessage({ kind: 'open' });
  let end = loop.turn();
  while (end === 'again') end = loop.turn();
  const detail = link.lastError?.message ?? '';
  link.close();
  return end === 'stop' ? { kind: 'stopped' } : { kind: 'lost', detail };
}

/** This thread never returns to its event loop, where the runtime would do so by itself. */
function giveMemoryBack(): void {
  Bun.gc(true);
  Bun.shrink();
}
