// Finds and opens libpcap: the system's, else the embedded copy through a memfd.
import { readFileSync } from 'node:fs';
import { embeddedLibpcap } from './embed/embedded.ts';
import { failure, type Result, success, systemFailure } from './error.ts';
import { openLibrary, readCString, toCString, viewAt } from './ffi.ts';
import { errno, LIBC_PATHS } from './libc.ts';
import { PCAP_FUNCTIONS, PCAP_PROTOCOL_FUNCTION, type PcapFunctions } from './symbols.ts';

export interface LibpcapOrigin {
  readonly kind: 'system' | 'embedded';
  /** Absolute path of the system's file, or where the embedded copy comes from. */
  readonly path: string;
  /** `1.10.3`. */
  readonly version: string;
  /** The full version text. */
  readonly description: string;
}

export interface Libpcap {
  readonly call: PcapFunctions;
  readonly unchecked: PcapFunctions;
  /** Null where libpcap is older than 1.9. */
  readonly setProtocol: ((handle: number, protocol: number) => number) | null;
  readonly origin: LibpcapOrigin;
}

const SYSTEM_NAMES = ['libpcap.so.1', 'libpcap.so.0.8'];

const RTLD_NOW = 2;
const RTLD_DI_LINKMAP = 2;
const MFD_CLOEXEC = 1;

/**
 * Absolute path of the library that the system's loader finds under `name`. Bun's own dlopen must not be asked with a
 * bare name: it falls back to a file of that name in the working directory, which anybody may have put there.
 */
function locate(name: string): Result<string> {
  // Before glibc 2.34 these live in libdl, which both runtimes are linked with, so it is loaded already.
  const loader = openLibrary([...LIBC_PATHS, 'libdl.so.2'], {
    dlopen: { args: ['buffer', 'i32'], returns: 'pointer' },
    dlinfo: { args: ['pointer', 'i32', 'buffer'], returns: 'i32' },
    dlerror: { args: [], returns: 'pointer' },
  });
  if (!loader.ok) return failure('library_missing', 'dlopen', loader.error.message);
  const { dlopen, dlinfo, dlerror } = loader.value.call;
  const handle = dlopen(toCString(name), RTLD_NOW);
  if (handle === 0) return failure('library_missing', 'dlopen', readCString(dlerror()));
  const out = new BigUint64Array(1);
  if (dlinfo(handle, RTLD_DI_LINKMAP, out) !== 0) return failure('library_missing', 'dlinfo', readCString(dlerror()));
  // struct link_map { ElfW(Addr) l_addr; char *l_name; … }
  const map = new BigUint64Array(viewAt(Number(out[0]), 16).buffer);
  return success(readCString(Number(map[1])));
}

/**
 * Opens a file's content as a library through anonymous memory: nothing is left on disk, and no writable path is needed.
 * The descriptor is made, filled and closed by the C library, because Deno's own functions know no foreign descriptors.
 */
function openInMemory(path: string): Result<Libpcap> {
  const libc = openLibrary(LIBC_PATHS, {
    memfd_create: { args: ['buffer', 'u32'], returns: 'i32' },
    write: { args: ['i32', 'buffer', 'u64'], returns: 'i32' },
    close: { args: ['i32'], returns: 'i32' },
  });
  if (!libc.ok) return failure('library_missing', 'dlopen', libc.error.message);
  const { memfd_create, write, close } = libc.value.call;
  const fd = memfd_create(toCString('libpcap'), MFD_CLOEXEC);
  if (fd < 0) return systemFailure('memfd_create', errno());
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; ) {
    const written = write(fd, bytes.subarray(at), bytes.length - at);
    if (written <= 0) {
      const failed = systemFailure('write', errno());
      close(fd);
      return failed;
    }
    at += written;
  }
  const library = bind(`/proc/self/fd/${fd}`, 'embedded', path);
  // The mapping outlives the descriptor.
  close(fd);
  return library;
}

function bind(path: string, kind: LibpcapOrigin['kind'], shownPath: string): Result<Libpcap> {
  const library = openLibrary([path], PCAP_FUNCTIONS);
  if (!library.ok) return failure('library_missing', 'dlopen', library.error.message);
  const { call, unchecked } = library.value;
  const protocol = openLibrary([path], PCAP_PROTOCOL_FUNCTION);
  const description = readCString(call.pcap_lib_version());
  const version = /\d+(\.\d+)+\S*/.exec(description)?.[0] ?? 'unknown';
  const setProtocol = protocol.ok ? protocol.value.call.pcap_set_protocol_linux : null;
  return success({ call, unchecked, setProtocol, origin: { kind, path: shownPath, version, description } });
}

function openSystem(): Result<Libpcap> {
  const failures: string[] = [];
  for (const name of SYSTEM_NAMES) {
    const path = locate(name);
    const library = path.ok ? bind(path.value, 'system', path.value) : path;
    if (library.ok) return library;
    failures.push(library.error.message);
  }
  return failure('library_missing', 'dlopen', failures.join('; '));
}

function openEmbedded(): Result<Libpcap> {
  if (embeddedLibpcap === null) return failure('library_missing', 'dlopen', 'no embedded copy in this build');
  return openInMemory(embeddedLibpcap);
}

function open(wish: string | undefined): Result<Libpcap> {
  if (wish === 'system') return openSystem();
  if (wish === 'embedded') return openEmbedded();
  if (wish !== undefined && wish !== '') {
    return failure('invalid_argument', 'LANLORD_LIBPCAP', `want "system" or "embedded", got "${wish}"`, 0);
  }
  const system = openSystem();
  if (system.ok) return system;
  const embedded = openEmbedded();
  if (embedded.ok) return embedded;
  return failure('library_missing', 'dlopen', `${system.error.message}; ${embedded.error.message}`);
}

let loaded: Result<Libpcap> | undefined;

/** Opens libpcap once per thread. `LANLORD_LIBPCAP=system|embedded` in the environment allows only that one. */
export function loadLibpcap(): Result<Libpcap> {
  loaded ??= open(process.env['LANLORD_LIBPCAP']);
  return loaded;
}

/** Which libpcap is in use; opens it if need be. */
export function libpcapOrigin(): Result<LibpcapOrigin> {
  const library = loadLibpcap();
  return library.ok ? success(library.value.origin) : library;
}
