// Entry of `lanlord capture`: writes what the product hears and says into a capture file, beside the daemon.
import { type ElectionEar, electionComment, electionRow } from '#capture/election-frame.ts';
import { electionFilter, vrrpFilter } from '#capture/filter.ts';
import { FrameVerdict } from '#capture/frame-verdict.ts';
import { controlClient } from '#control/client.ts';
import { trafficRow } from '#control/traffic-row.ts';
import { buildInfo } from '#model/build-info.ts';
import { rowTest } from '#model/filter-match.ts';
import { safeText } from '#model/safe-text.ts';
import { openLinkMonitor } from '#native/linux/link-monitor.ts';
import { openLive } from '#native/open.ts';
import type { Pcap } from '#native/pcap.ts';
import { carriesVrrp } from '#wire/carries-vrrp.ts';
import { interfaceBlock, packetBlock, sectionBlock } from '#wire/pcapng.ts';
import type { CaptureOptions } from './actions.ts';
import { captureSelection, type FilterResult } from './capture-filter.ts';
import { faultExits, notUnderstood, refusedText } from './capture-refusal.ts';
import { CaptureSink, openSink, type WriteFault } from './capture-sink.ts';

import { electionEar } from './election-ear.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { foreignLink, type LinkIdentity } from './foreign-link.ts';
import type { Output } from './output.ts';

const lookEveryMs = 5;
const refreshEveryMs = 1000;

/** A frame of Ethernet: an advertisement may list 255 addresses (RFC 9568 §5.2.5). */
const snapLength = 1514;

interface TapLink {
  readonly name: string;
  readonly mac: string;
}

interface Tap {
  readonly index: number;
  readonly link: TapLink;
  readonly direction: 'in' | 'out';
  readonly pcap: Pcap;
  readonly verdict: FrameVerdict;
}

/** Whether a frame of a tap is wanted: the last one that it gave. */
type FrameTest = (bytes: Uint8Array, tap: Tap) => boolean;

interface Rules {
  /** Looks at what the daemon answers for now. */
  readonly refresh: () => Promise<void>;
  readonly fits: FrameTest;
  readonly ear: ElectionEar;
}

/** @returns 0 when it ended by time or by ctrl-c, 2 for a terminal or a filter that makes no sense, 4 when denied. */
export async function capture(options: CaptureOptions, output: Output): Promise<number> {
  if (options.write === '-' && process.stdout.isTTY) {
    output.note('lanlord: a capture file is nothing for a terminal (lanlord capture -w FILE, or -w - | tshark -r -)');
    return exitCode.usage;
  }
  const filter = captureSelection(options.filter, electionFilter, vrrpFilter);
  if (!filter.ok) {
    output.note(refusedText(options.filter, filter));
    return exitCode.usage;
  }
  const client = controlClient(options.socket, options.timeoutMs);
  const interfaces = await client.list('interfaces');
  if (!interfaces.ok) return reportFailure(interfaces.failure, output);
  const links = interfaces.value.items.filter((link) => link.capture === 'open');
  if (links.length === 0) {
    output.note('lanlord: the daemon captures on no interface now (lanlord get interfaces)');
    return exitCode.found;
  }
  const foreign = await foreignTo(client, links);
  if (foreign !== null) {
    output.note(`lanlord: ${foreign}`);
    return exitCode.refused;
  }
  const opened = openTaps(links, filter.expression);
  if (!opened.ok) {
    const isFilter = opened.exit === exitCode.usage;
    output.note(isFilter ? notUnderstood(options.filter, filter, opened.message) : `lanlord: ${opened.message}`);
    return opened.exit;
  }
  const refresh = async () => {
    const rows = await client.list('announcements');
    if (!rows.ok) return;
    const byLink = Map.groupBy(rows.value.items, (row) => row.interface);
    for (const { link, verdict } of opened.taps) verdict.update((byLink.get(link.name) ?? []).map(({ ip }) => ip));
  };
  await refresh();
  const ear = await electionEar(client);
  const fits = frameTest(filter, ear);
  const written = await writeFile(options, links, opened.taps, { refresh, fits, ear }, output);
  const dropped = opened.taps.reduce((sum, { pcap }) => sum + droppedBy(pcap), 0);
  for (const { pcap } of opened.taps) pcap.close();
  if (typeof written === 'object') {
    output.note(`lanlord: cannot write "${safeText(options.write)}": ${written.message}`);
    return faultExits[written.code] ?? exitCode.found;
  }
  output.note(`lanlord: ${written} frames, ${dropped} dropped`);
  return exitCode.clean;
}

/** Null: the interfaces here are those of the daemon, or nobody can tell. */
async function foreignTo(
  client: ReturnType<typeof controlClient>,
  links: readonly LinkIdentity[],
): Promise<string | null> {
  const monitor = openLinkMonitor();
  if (!monitor.ok) return null;
  const present = monitor.value.snapshot();
  monitor.value.close();
  if (!present.ok) return null;
  const found = foreignLink(links, present.value, null);
  if (found === null) return null;
  const status = await client.status();
  return foreignLink(links, present.value, status.ok ? status.value.pid : null);
}

type Taps =
  | { readonly ok: true; readonly taps: readonly Tap[] }
  | { readonly ok: false; readonly message: string; readonly exit: number };

/** Two handles per interface: a captured frame does not say which way it went. */
function openTaps(links: readonly TapLink[], expression: string): Taps {
  const taps: Tap[] = [];
  for (const [index, link] of links.entries()) {
    const verdict = new FrameVerdict(link.mac);
    for (const direction of ['in', 'out'] as const) {
      const opened = openFiltered(link.name, direction, expression);
      if (opened.ok) {
        taps.push({ index, link, direction, pcap: opened.value, verdict });
        continue;
      }
      for (const { pcap } of taps) pcap.close();
      const { code, message } = opened.error;
      const exit = faultExits[code] ?? exitCode.found;
      const where = exit === exitCode.usage ? '' : `Cannot capture on "${link.name}": `;
      return { ok: false, message: `${where}${message}`, exit };
    }
  }
  return { ok: true, taps };
}

function openFiltered(name: string, direction: 'in' | 'out', expression: string) {
  const opened = openLive(name, { snapLength, direction });
  if (!opened.ok) return opened;
  const set = opened.value.setFilter(expression);
  if (set.ok) return opened;
  opened.value.close();
  return set;
}

async function writeFile(
  options: CaptureOptions,
  links: readonly TapLink[],
  taps: readonly Tap[],
  rules: Rules,
  output: Output,
): Promise<number | WriteFault> {
  const sink = openSink(options.write);
  if (!(sink instanceof CaptureSink)) return sink;
  await sink.drain(sectionBlock(`lanlord ${buildInfo.version}`));
  for (const { name } of links) await sink.drain(interfaceBlock(name, snapLength));
  output.note(`lanlord: capturing on ${links.map(({ name }) => name).join(', ')} (ctrl-c ends it)`);
  const isRead = () => options.write !== '-' || output.open;
  const frames = await tapUntilEnd(taps, sink, options.durationMs, rules, isRead);
  sink.close();
  return sink.fault ?? frames;
}

/** Reads all handles until the time is over, a signal comes or nobody reads; how many frames were written. */
async function tapUntilEnd(
  taps: readonly Tap[],
  sink: CaptureSink,
  durationMs: number | null,
  rules: Rules,
  isRead: () => boolean,
): Promise<number> {
  let ended = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      ended = true;
    });
  }
  const endMs = durationMs === null ? Number.POSITIVE_INFINITY : performance.now() + durationMs;
  let refreshMs = performance.now() + refreshEveryMs;
  let frames = 0;
  for (let isLast = false; !isLast && !sink.isClosed; ) {
    // One more look after the end: what came before it is in the file.
    isLast = ended || performance.now() >= endMs;
    frames += await copyFrames(taps, sink, rules);
    if (performance.now() >= refreshMs) {
      refreshMs = performance.now() + refreshEveryMs;
      void rules.refresh();
      // A quiet wire would never show that nobody reads.
      if (!isRead()) break;
    }
    if (!isLast) await Bun.sleep(lookEveryMs);
  }
  return frames;
}

/** What waits on all handles, in the order in which it passed the wire. */
async function copyFrames(taps: readonly Tap[], sink: CaptureSink, { fits, ear }: Rules): Promise<number> {
  const found: { readonly micros: number; readonly block: Uint8Array }[] = [];
  for (const tap of taps) {
    const { index, direction, pcap, verdict } = tap;
    for (let length = pcap.next(); length > 0; length = pcap.next()) {
      const bytes = pcap.frame.slice(0, length);
      if (!fits(bytes, tap)) continue;
      const micros = Math.round(pcap.timestamp * 1e6);
      const { originalLength } = pcap;
      const comment = carriesVrrp(bytes)
        ? electionComment({ frame: bytes, direction }, ear)
        : verdict.of(bytes, direction);
      found.push({
        micros,
        block: packetBlock({ interface: index, micros, bytes, originalLength, direction, comment }),
      });
    }
  }
  found.sort((a, b) => a.micros - b.micros);
  for (const { block } of found) await sink.drain(block);
  return found.length;
}

function frameTest({ filter, elections }: Extract<FilterResult, { ok: true }>, ear: ElectionEar): FrameTest {
  const all = filter && rowTest(filter);
  const ofElections = elections ? rowTest(elections) : all;
  return (frame, { direction, verdict, pcap, link: { name } }) => {
    const { seconds, microseconds, originalLength: wireLength } = pcap;
    const stamp = { seconds, microseconds, wireLength };
    if (carriesVrrp(frame)) {
      return ofElections?.(electionRow({ frame, direction, interface: name, stamp }, ear, Date.now())) ?? true;
    }
    if (!all) return true;
    const item = verdict.item(frame, direction, stamp, name);
    return item !== null && all(trafficRow(item, Date.now()));
  };
}

function droppedBy(pcap: Pcap): number {
  const stats = pcap.stats();
  return stats.ok ? stats.value.dropped : 0;
}
