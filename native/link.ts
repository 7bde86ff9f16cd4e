// The hot-path handle on one Ethernet interface: read without copying, answer in batches, wait without spinning.
import { createSendBatch, type SendBatch } from './batch.ts';
import { failure, type PcapError, type Result, success } from './error.ts';
import { openLive } from './open.ts';
import type { Pcap, PcapStatistics } from './pcap.ts';
import { ignoreOutgoing } from './socket.ts';
import { checkWakeFd, closeWakeFd, createWakeFd, Waiter } from './wake.ts';

export interface LinkOptions {
  readonly interface: string;
  /** In the language of pcap-filter(7). */
  readonly filter: string;
  /** Bytes kept of each frame. Default 128. */
  readonly snapLength?: number;
  /** Size of the kernel's ring. Default 4 MiB. */
  readonly bufferBytes?: number;
  /** Ethernet type the socket is bound to: 0x0806 for ARP alone, 3 for all. Default 3. */
  readonly protocol?: number;
  /** Also frames for other MAC addresses. Default false. */
  readonly promiscuous?: boolean;
  /** Frames that one `flush` can send. Default 64. */
  readonly slots?: number;
  /** Longest frame to send. Default 128. */
  readonly slotBytes?: number;
  /** An eventfd of the caller's, from `createWakeFd`, that `close` leaves open. Default: one of the link's own. */
  readonly wakeFd?: number;
}

// At the default snap length 4 MiB hold 20,000 frames: 65 ms of a 300,000/s flood while the thread does something else.
const BUFFER_BYTES = 4 * 1024 * 1024;
const SNAP_LENGTH = 128;
const SLOTS = 64;
const SLOT_BYTES = 128;
const ETH_P_ALL = 3;
/** DLT_EN10MB: anything else has no Ethernet header to answer to. */
const ETHERNET = 1;
const NO_STATISTICS: PcapStatistics = { received: 0, dropped: 0, interfaceDropped: 0 };

/** Made by `openLink`. For one thread; `wake(link.wakeFd)` is the only thing others may do to it. */
export class PcapLink {
  readonly #pcap: Pcap;
  readonly #batch: SendBatch;
  readonly #waiter: Waiter;
  readonly #ownsWakeFd: boolean;
  readonly wakeFd: number;
  #statistics = NO_STATISTICS;
  #lastError: PcapError | null = null;

  constructor(pcap: Pcap, batch: SendBatch, wakeFd: number, ownsWakeFd: boolean) {
    this.#pcap = pcap;
    this.#batch = batch;
    this.wakeFd = wakeFd;
    this.#ownsWakeFd = ownsWakeFd;
    this.#waiter = new Waiter(pcap.fd, wakeFd);
  }

  /**
   * Next captured frame, without copying or allocating. Above 0: its captured length, its bytes are `frame[0..n)` until
   * the next call; 0: nothing waiting; -1: the interface is gone or the link closed, open it anew; -2: see `lastError`.
   */
  next(): number {
    const captured = this.#pcap.next();
    if (captured < 0) this.#lastError = this.#pcap.lastError;
    return captured;
  }

  /** May be a new view after each `next()`: do not keep it. */
  get frame(): Uint8Array {
    return this.#pcap.frame;
  }

  /** Length on the wire of the last frame; more than `next()` returned when it was cut. */
  get wireLength(): number {
    return this.#pcap.originalLength;
  }

  /** When the kernel saw the last frame: seconds since 1970. */
  get seconds(): number {
    return this.#pcap.seconds;
  }

  /** When the kernel saw the last frame: microseconds of that second. */
  get microseconds(): number {
    return this.#pcap.microseconds;
  }

  /** `slots * slotBytes`; the caller writes frame i at `i * slotBytes`. */
  get out(): Uint8Array {
    return this.#batch.out;
  }

  get slots(): number {
    return this.#batch.slots;
  }

  get slotBytes(): number {
    return this.#batch.slotBytes;
  }

  /** Frames that did not leave: full queue, interface down or gone, refused by the kernel. */
  get sendErrors(): number {
    return this.#batch.errors;
  }

  get lastError(): PcapError | null {
    return this.#lastError ?? this.#batch.lastError;
  }

  /** Sends the first `count` slots, slot i with `lengths[i]` bytes; returns how many left. Never throws, never waits. */
  flush(count: number, lengths: Uint16Array): number {
    return this.#pcap.closed ? 0 : this.#batch.flush(count, lengths);
  }

  /**
   * Waits for a frame, a `wake` or trouble.
   * @param timeoutMs -1 waits for ever
   * @returns bits: 1 readable, 2 woken, 4 error (then `next()` tells); 0 when the time is over
   */
  wait(timeoutMs: number): number {
    return this.#pcap.closed ? 4 : this.#waiter.wait(timeoutMs);
  }

  /** Counters since the link was opened; after `close` the last ones. */
  stats(): PcapStatistics {
    const current = this.#pcap.stats();
    if (current.ok) this.#statistics = current.value;
    return this.#statistics;
  }

  setFilter(expression: string): Result<void> {
    return this.#pcap.setFilter(expression);
  }

  /** Safe to call twice. The last `frame` is emptied. */
  close(): void {
    if (this.#pcap.closed) return;
    this.stats();
    this.#pcap.close();
    if (this.#ownsWakeFd) closeWakeFd(this.wakeFd);
  }
}

function equip(pcap: Pcap, options: LinkOptions): Result<PcapLink> {
  const linkType = pcap.linkType();
  if (linkType.value !== ETHERNET) {
    return failure(
      'not_ethernet',
      'pcap_datalink',
      `"${options.interface}" has link type ${linkType.name}`,
      linkType.value,
    );
  }
  // Frames that came in since activation wait in the ring unfiltered: libpcap then filters those itself.
  const filtered = pcap.setFilter(options.filter);
  if (!filtered.ok) return filtered;
  // PACKET_QDISC_BYPASS stays off: in alternating runs over a veth pair it gained nothing, and it turns a full driver queue
  // into a lost frame.
  ignoreOutgoing(pcap.fd);
  const batch = createSendBatch(pcap.fd, options.slots ?? SLOTS, options.slotBytes ?? SLOT_BYTES);
  if (!batch.ok) return batch;
  const wakeFd = options.wakeFd === undefined ? createWakeFd() : checkWakeFd(options.wakeFd);
  if (!wakeFd.ok) return wakeFd;
  return success(new PcapLink(pcap, batch.value, wakeFd.value, options.wakeFd === undefined));
}

/** Opens an interface: activated, filtered, non-blocking, incoming frames only. Needs CAP_NET_RAW. */
export function openLink(options: LinkOptions): Result<PcapLink> {
  const pcap = openLive(options.interface, {
    snapLength: options.snapLength ?? SNAP_LENGTH,
    bufferBytes: options.bufferBytes ?? BUFFER_BYTES,
    protocol: options.protocol ?? ETH_P_ALL,
    promiscuous: options.promiscuous ?? false,
    direction: 'in',
  });
  if (!pcap.ok) return pcap;
  const link = equip(pcap.value, options);
  if (!link.ok) pcap.value.close();
  return link;
}
