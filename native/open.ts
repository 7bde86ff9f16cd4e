// Opens libpcap handles: on an interface, on a savefile, or on nothing (for compiling and dumping).
import { argumentFailure, failure, pcapFailure, type Result, success } from './error.ts';
import { type Address, allocate, readCString, toCString } from './ffi.ts';
import { type Libpcap, loadLibpcap } from './load.ts';
import { bufferText, Pcap } from './pcap.ts';
import { ERROR_BUFFER_BYTES } from './symbols.ts';

export interface LiveOptions {
  /** Bytes kept of each frame, 1–262144. Default 65535. */
  readonly snapLength?: number;
  /** Also frames for other MAC addresses. Default false. */
  readonly promiscuous?: boolean;
  /** Milliseconds that the kernel may collect frames before a wake-up; without effect in immediate mode. Default 1000. */
  readonly timeoutMs?: number;
  /** Hand over each frame as it arrives. Default true. */
  readonly immediate?: boolean;
  /** Size of the kernel's ring. Default libpcap's (2 MiB). */
  readonly bufferBytes?: number;
  /**
   * Only this Ethernet type reaches the socket, so that it does not tap the rest of the box's packets; 3 is all. A
   * socket bound to a type sees nothing on an enslaved bridge port. Ignored by libpcap below 1.9.
   */
  readonly protocol?: number;
  /** `in`: without the frames this box sends. Default `both`. */
  readonly direction?: 'both' | 'in' | 'out';
  /** Never wait inside `next()`. Default true. */
  readonly nonBlocking?: boolean;
}

/** libpcap's own bound (MAXIMUM_SNAPLEN). */
const MAXIMUM_SNAP_LENGTH = 262_144;
const DIRECTIONS = { both: 0, in: 1, out: 2 } as const;

type Step = readonly [operation: string, status: number];

function applyOptions(library: Libpcap, handle: Address, options: LiveOptions): Step | undefined {
  const { call } = library;
  const steps: (() => Step)[] = [
    () => ['pcap_set_snaplen', call.pcap_set_snaplen(handle, options.snapLength ?? 65_535)],
    () => ['pcap_set_promisc', call.pcap_set_promisc(handle, options.promiscuous ? 1 : 0)],
    () => ['pcap_set_timeout', call.pcap_set_timeout(handle, options.timeoutMs ?? 1000)],
    () => ['pcap_set_immediate_mode', call.pcap_set_immediate_mode(handle, options.immediate === false ? 0 : 1)],
  ];
  const { bufferBytes, protocol } = options;
  if (bufferBytes !== undefined) {
    steps.push(() => ['pcap_set_buffer_size', call.pcap_set_buffer_size(handle, bufferBytes)]);
  }
  const { setProtocol } = library;
  if (protocol !== undefined && setProtocol !== null) {
    steps.push(() => ['pcap_set_protocol_linux', setProtocol(handle, protocol)]);
  }
  steps.push(() => ['pcap_activate', call.pcap_activate(handle)]);
  for (const step of steps) {
    const [operation, status] = step();
    // Above zero is a warning, such as a device that cannot be promiscuous: the handle works.
    if (status < 0) return [operation, status];
  }
  return undefined;
}

/** Values that C would take and misread, or that libpcap silently replaces by a default. */
function checkOptions(options: LiveOptions): Result<void> {
  const bounds: readonly (readonly [name: keyof LiveOptions, low: number, high: number])[] = [
    ['snapLength', 1, MAXIMUM_SNAP_LENGTH],
    ['timeoutMs', 0, 0x7fff_ffff],
    ['bufferBytes', 1, 0x7fff_ffff],
    ['protocol', 1, 0xffff],
  ];
  for (const [name, low, high] of bounds) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) continue;
    return failure('invalid_argument', name, `want an integer from ${low} to ${high}, got ${String(value)}`, 0);
  }
  if (options.direction !== undefined && !Object.hasOwn(DIRECTIONS, options.direction)) {
    return failure('invalid_argument', 'direction', `want both, in or out, got ${String(options.direction)}`, 0);
  }
  return success(undefined);
}

/** Opens an interface for capture and sending. Needs CAP_NET_RAW, and nothing else. */
export function openLive(name: string, options: LiveOptions = {}): Result<Pcap> {
  const loaded = loadLibpcap();
  if (!loaded.ok) return loaded;
  const valid = checkOptions(options);
  if (!valid.ok) return valid;
  const library = loaded.value;
  const { call } = library;
  try {
    const text = allocate(ERROR_BUFFER_BYTES);
    const handle = call.pcap_create(toCString(name), text);
    if (handle === 0) return pcapFailure('pcap_create', -1, bufferText(text));
    const refused = applyOptions(library, handle, options);
    if (refused !== undefined) {
      const [operation, status] = refused;
      const detail = readCString(call.pcap_geterr(handle));
      const message = detail === '' ? readCString(call.pcap_statustostr(status)) : detail;
      call.pcap_close(handle);
      return pcapFailure(operation, status, message);
    }
    return prepare(library, handle, options);
  } catch (error) {
    return argumentFailure('pcap_create', error);
  }
}

/** What is possible only once the handle is active. */
function prepare(library: Libpcap, handle: Address, options: LiveOptions): Result<Pcap> {
  const direction = DIRECTIONS[options.direction ?? 'both'];
  const status = library.call.pcap_setdirection(handle, direction);
  if (status !== 0) {
    const message = readCString(library.call.pcap_geterr(handle));
    library.call.pcap_close(handle);
    return pcapFailure('pcap_setdirection', status, message);
  }
  const pcap = new Pcap(library, handle);
  const set = pcap.setNonBlocking(options.nonBlocking !== false);
  if (set.ok) return success(pcap);
  pcap.close();
  return set;
}

/** Opens a savefile (pcap or pcapng) for reading. */
export function openOffline(path: string): Result<Pcap> {
  return openPlain('pcap_open_offline', (library, text) => library.call.pcap_open_offline(toCString(path), text));
}

/**
 * A handle on nothing: compiles filters, creates dump files.
 * @param linkType 1 is Ethernet
 */
export function openDead(linkType = 1, snapLength = 65_535): Result<Pcap> {
  return openPlain('pcap_open_dead', (library) => library.call.pcap_open_dead(linkType, snapLength));
}

function openPlain(operation: string, open: (library: Libpcap, text: Uint8Array) => Address): Result<Pcap> {
  const loaded = loadLibpcap();
  if (!loaded.ok) return loaded;
  try {
    const text = allocate(ERROR_BUFFER_BYTES);
    const handle = open(loaded.value, text);
    if (handle === 0) return pcapFailure(operation, -1, bufferText(text));
    return success(new Pcap(loaded.value, handle));
  } catch (error) {
    return argumentFailure(operation, error);
  }
}
