// One libpcap handle: reading without copying, filter, inject, statistics, dump files.
import { type DumpFile, openDumpFile } from './dump.ts';
import { failure, type PcapError, pcapFailure, type Result, success } from './error.ts';
import { type Address, addressOf, allocate, readCString, toCString, viewAt } from './ffi.ts';
import type { Libpcap } from './load.ts';
import { ERROR_BUFFER_BYTES } from './symbols.ts';

export interface PcapStatistics {
  /** Frames that passed the filter, dropped ones included. Like the others since activation; wraps at 2^32. */
  readonly received: number;
  /** Frames that found the ring full. */
  readonly dropped: number;
  readonly interfaceDropped: number;
}

/** What `next()` returns when there is no frame. */
export const NOTHING = 0;
export const GONE = -1;
export const FAILED = -2;
export const END_OF_FILE = -3;

const NETMASK_UNKNOWN = 0xffff_ffff;
// struct pcap_pkthdr { struct timeval ts (2 × 8 bytes); bpf_u_int32 caplen; bpf_u_int32 len; }
const HEADER_BYTES = 24;
const EMPTY = new Uint8Array(0);

/** Made by `openLive`, `openOffline` and `openDead`. Not usable by several threads at once. */
export class Pcap {
  readonly #library: Libpcap;
  #handle: Address;
  /** `pcap_next_ex` writes two pointers here; read as halves, because a BigInt per frame would be garbage per frame. */
  readonly #pointers = new Uint32Array(allocate(16).buffer);
  readonly #headerOut: Address;
  readonly #dataOut: Address;
  #headerWords = new Uint32Array(HEADER_BYTES / 4);
  #headerLow = 0;
  #headerHigh = 0;
  #dataLow = 0;
  #dataHigh = 0;
  #frame: Uint8Array = EMPTY;
  readonly #snapLength: number;
  /** Why the last `next()` was below zero. */
  lastError: PcapError | null = null;

  /** Takes over `handle`. */
  constructor(library: Libpcap, handle: Address) {
    this.#library = library;
    this.#handle = handle;
    this.#headerOut = addressOf(this.#pointers);
    this.#dataOut = this.#headerOut + 8;
    this.#snapLength = library.call.pcap_snapshot(handle);
  }

  /** The last frame that `next()` gave: its bytes are `frame[0..n)` until the next call. After `close()` it is empty. */
  get frame(): Uint8Array {
    return this.#frame;
  }

  /** Length on the wire of the last frame; more than `next()` returned when it was cut at the snap length. */
  get originalLength(): number {
    return this.#headerWords[5] as number;
  }

  /** When the kernel saw the last frame, seconds since 1970. */
  get timestamp(): number {
    const words = this.#headerWords;
    const seconds = (words[0] as number) + (words[1] as number) * 2 ** 32;
    return seconds + (words[2] as number) / 1e6;
  }

  /** Its whole seconds. */
  get seconds(): number {
    return this.#headerWords[0] as number;
  }

  /** Its microseconds within the second. */
  get microseconds(): number {
    return this.#headerWords[2] as number;
  }

  get closed(): boolean {
    return this.#handle === 0;
  }

  /** The packet socket, for poll(2) and send(2); -1 for files and after `close()`. */
  get fd(): number {
    return this.closed ? -1 : this.#library.call.pcap_fileno(this.#handle);
  }

  get snapLength(): number {
    return this.#snapLength;
  }

  /**
   * Next frame without copying or allocating. Above 0: its captured length; 0: nothing waiting; -1: the interface is gone
   * or the handle closed, open it anew; -2: another failure, see `lastError`; -3: end of the file.
   */
  next(): number {
    if (this.#handle === 0) return GONE;
    const status = this.#library.unchecked.pcap_next_ex(this.#handle, this.#headerOut, this.#dataOut);
    if (status === 1) {
      const p = this.#pointers;
      if (p[0] !== this.#headerLow || p[1] !== this.#headerHigh) this.#moveHeader();
      const captured = this.#headerWords[4] as number;
      if (p[2] !== this.#dataLow || p[3] !== this.#dataHigh || captured > this.#frame.length) this.#moveFrame(captured);
      return captured;
    }
    if (status === 0) return NOTHING;
    if (status === -2) return END_OF_FILE;
    return this.#fail(status);
  }

  #moveHeader(): void {
    this.#headerLow = this.#pointers[0] as number;
    this.#headerHigh = this.#pointers[1] as number;
    this.#headerWords = new Uint32Array(viewAt(this.#headerLow + this.#headerHigh * 2 ** 32, HEADER_BYTES).buffer);
  }

  /** libpcap hands out one buffer per handle, so the view is made once; a file's may grow and move. */
  #moveFrame(captured: number): void {
    this.#dataLow = this.#pointers[2] as number;
    this.#dataHigh = this.#pointers[3] as number;
    detach(this.#frame);
    this.#frame = viewAt(this.#dataLow + this.#dataHigh * 2 ** 32, Math.max(captured, this.#snapLength));
  }

  #fail(status: number): number {
    const failed = this.#failure('pcap_next_ex', status);
    this.lastError = failed.ok ? null : failed.error;
    return this.lastError?.code === 'interface_gone' ? GONE : FAILED;
  }

  #failure(operation: string, status: number): Result<never> {
    return pcapFailure(operation, status, readCString(this.#library.call.pcap_geterr(this.#handle)));
  }

  /** Replaces the filter. Frames that wait in the ring already are judged by the new one too. */
  setFilter(expression: string): Result<void> {
    if (this.closed) return closedFailure('pcap_setfilter');
    if (typeof expression !== 'string' || expression.includes('\0')) {
      return failure('invalid_argument', 'pcap_compile', 'the filter must be a string without NUL', 0);
    }
    const { call } = this.#library;
    // struct bpf_program { u_int bf_len; struct bpf_insn *bf_insns; }
    const program = allocate(16);
    const compiled = call.pcap_compile(this.#handle, program, toCString(expression), 1, NETMASK_UNKNOWN);
    if (compiled !== 0) {
      return failure('filter_invalid', 'pcap_compile', readCString(call.pcap_geterr(this.#handle)), compiled);
    }
    const status = call.pcap_setfilter(this.#handle, program);
    call.pcap_freecode(program);
    return status === 0 ? success(undefined) : this.#failure('pcap_setfilter', status);
  }

  /** Sends one frame; gives the bytes sent. */
  inject(frame: Uint8Array): Result<number> {
    if (this.closed) return closedFailure('pcap_inject');
    const sent = this.#library.call.pcap_inject(this.#handle, frame, frame.length);
    return sent >= 0 ? success(sent) : this.#failure('pcap_inject', sent);
  }

  stats(): Result<PcapStatistics> {
    if (this.closed) return closedFailure('pcap_stats');
    const counters = new Uint32Array(allocate(12).buffer);
    const status = this.#library.call.pcap_stats(this.#handle, counters);
    if (status !== 0) return this.#failure('pcap_stats', status);
    const [received = 0, dropped = 0, interfaceDropped = 0] = counters;
    return success({ received, dropped, interfaceDropped });
  }

  /** Link-layer type: `{ value: 1, name: 'EN10MB' }` for Ethernet. */
  linkType(): { readonly value: number; readonly name: string } {
    if (this.closed) return { value: -1, name: '' };
    const value = this.#library.call.pcap_datalink(this.#handle);
    return { value, name: readCString(this.#library.call.pcap_datalink_val_to_name(value)) };
  }

  /** With true, `next()` never waits. */
  setNonBlocking(on: boolean): Result<void> {
    if (this.closed) return closedFailure('pcap_setnonblock');
    const text = allocate(ERROR_BUFFER_BYTES);
    const status = this.#library.call.pcap_setnonblock(this.#handle, on ? 1 : 0, text);
    return status === 0 ? success(undefined) : pcapFailure('pcap_setnonblock', status, bufferText(text));
  }

  /** Creates a savefile with this handle's link type; `-` is standard output. */
  openDump(path: string): Result<DumpFile> {
    return this.closed ? closedFailure('pcap_dump_open') : openDumpFile(this.#library, this.#handle, path);
  }

  /** Frees the handle. A view that was kept is emptied rather than left over freed memory. */
  close(): void {
    if (this.#handle === 0) return;
    detach(this.#frame);
    detach(this.#headerWords);
    this.#frame = EMPTY;
    this.#headerWords = new Uint32Array(HEADER_BYTES / 4);
    this.#library.call.pcap_close(this.#handle);
    this.#handle = 0;
  }
}

/** Text up to the first NUL. */
export function bufferText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end));
}

function closedFailure(operation: string): Result<never> {
  return failure('closed', operation, 'the handle is closed', 0);
}

/** Makes every view over this foreign memory empty: reading freed memory would give garbage or end the process. */
function detach(view: Uint8Array | Uint32Array): void {
  if (view.byteLength > 0) (view.buffer as ArrayBuffer).transfer(0);
}
