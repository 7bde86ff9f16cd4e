// Entry of a capture worker: opens one interface and answers on it until told to stop.

import { parseMac } from '#model/address.ts';
import { defaultNodeConfig, type NodeConfig } from '#model/node-config.ts';
import { openLink, type PcapLink } from '#native/link.ts';
import { boottimeMs, realtimeUs } from '#native/linux/clock.ts';
import { VrrpMembership } from '#native/linux/vrrp-membership.ts';
import { VrrpUnicast } from '#native/linux/vrrp-unicast.ts';
import { loadLibpcap } from '#native/load.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { CaptureState, Link } from '#ports.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { GroupLeases } from '#table/group-leases.ts';
import { readNeighborSource } from '#table/neighbor-source.ts';
import { SharedTextReader } from '#table/shared-text.ts';
import { TableReader } from '#table/table-reader.ts';
import { TrafficWriter } from '#table/traffic-ring.ts';
import { captureFilter, electionFilter } from './filter.ts';
import { FirstSigns } from './first-signs.ts';
import { ResponderLoop } from './responder-loop.ts';
import { TrafficLog } from './traffic-log.ts';
import { unicastSender } from './unicast-sender.ts';
import { VrrpDuty } from './vrrp-duty.ts';
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

/** An advertisement may list 255 addresses; a cut one could not be checked. */
const longestFrame = 1518;
/** Room for an advertisement of the longest list that is sent. */
const electionSlotBytes = 256;

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
    filter: order.election ? electionFilter : captureFilter,
    ...(order.election ? { snapLength: longestFrame, slotBytes: electionSlotBytes } : {}),
    protocol: everyProtocol,
    bufferBytes: ringBytes,
    wakeFd: order.wakeFd,
  });
  if (!opened.ok) {
    const { code, operation, message } = opened.error;
    return { kind: 'failed', capture: failures[code] ?? 'gone', detail: `${operation}: ${message}` };
  }
  const link = opened.value;
  try {
    return answer(order, link, mac);
  } finally {
    // Also when this thread fails: descriptors belong to the process.
    link.close();
  }
}

/** Until told to stop, or the link dies. */
function answer(order: WorkerOrder, link: PcapLink, mac: Uint8Array): WorkerNews {
  const election = order.election ? elected(order, order.election, link, mac) : null;
  const gauges = new Uint32Array(order.gauges);
  const newAnnounce = announceSettings(order.announce);
  const loop = new ResponderLoop({
    link,
    table: new TableReader(order.table),
    claims: new ClaimRecorder(order.table),
    mac,
    neighborSource: () => readNeighborSource(order.table),
    announce: newAnnounce() ?? defaultNodeConfig(order.interface).announce,
    newAnnounce,
    gauges,
    traffic: new TrafficLog(new TrafficWriter(order.traffic), realtimeUs, link.slots),
    clock: boottimeMs,
    ...(election ? { election } : {}),
    random: Math.random,
    rest: giveMemoryBack,
  });
  self.postMessage({ kind: 'open', faults: election?.faults ?? [] });
  try {
    let end = loop.turn();
    while (end === 'again') end = loop.turn();
    return end === 'stop' ? { kind: 'stopped' } : { kind: 'lost', detail: link.lastError?.message ?? '' };
  } catch (error) {
    election?.letGo();
    throw error;
  } finally {
    election?.close();
  }
}

/** Gives settings that have not been given before. */
function announceSettings(buffer: SharedArrayBuffer): () => NodeConfig['announce'] | null {
  const reader = new SharedTextReader(buffer);
  return () => {
    const text = reader.take();
    return text === null ? null : JSON.parse(text);
  };
}

function elected(
  { interface: name, index, table, gauges }: WorkerOrder,
  settings: SharedArrayBuffer,
  link: Link,
  mac: Uint8Array,
) {
  const membership = new VrrpMembership(index);
  const unicast = new VrrpUnicast(name, index);
  const tell = (news: ElectionNews) => self.postMessage({ kind: 'election', news });
  const duty = new VrrpDuty({
    link,
    mac,
    leases: new GroupLeases(table),
    table: new TableReader(table),
    settings: new SharedTextReader(settings),
    gauges: new Uint32Array(gauges),
    sendToPeer: unicastSender((source, destination, message) => unicast.send(source, destination, message)),
    tell,
  });
  const close = () => {
    membership.close();
    unicast.close();
  };
  // A bug ends this thread: others need not wait for silence.
  const letGo = () => {
    try {
      duty.letGo(boottimeMs());
    } catch {
      // The bug may be just there, and is told about by whoever is heard first.
    }
  };
  const signs = new FirstSigns((found) => tell({ kind: 'signs', signs: found }));
  return { duty, signs, letGo, close, faults: membership.faults };
}

/** This thread never returns to its event loop, where the runtime would do so by itself. */
function giveMemoryBack(): void {
  Bun.gc(true);
  Bun.shrink();
}
