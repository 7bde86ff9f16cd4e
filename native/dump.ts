// Savefiles: frames written in the format that tcpdump and Wireshark read.
import { failure, pcapFailure, type Result, success } from './error.ts';
import { type Address, allocate, readCString, toCString } from './ffi.ts';
import type { Libpcap } from './load.ts';

/** Made by `Pcap.openDump`. It may outlive the handle it was opened on. */
export class DumpFile {
  readonly #library: Libpcap;
  #dumper: Address;
  readonly #header = allocate(24);
  readonly #fields = new DataView(this.#header.buffer);

  constructor(library: Libpcap, dumper: Address) {
    this.#library = library;
    this.#dumper = dumper;
  }

  /**
   * Appends a frame.
   * @param timestamp seconds since 1970, kept to the microsecond
   * @param originalLength length on the wire, when `frame` was cut
   */
  write(frame: Uint8Array, timestamp: number, originalLength: number = frame.length): Result<void> {
    if (this.#dumper === 0) return failure('closed', 'pcap_dump', 'the file is closed', 0);
    if (!(timestamp >= 0 && timestamp < 2 ** 32)) {
      return failure('invalid_argument', 'pcap_dump', `want seconds since 1970 below 2^32, got ${timestamp}`, 0);
    }
    if (!Number.isInteger(originalLength) || originalLength < frame.length || originalLength > 0xffff_ffff) {
      return failure(
        'invalid_argument',
        'pcap_dump',
        `want a length of at least ${frame.length}, got ${originalLength}`,
        0,
      );
    }
    const micros = Math.round(timestamp * 1e6);
    this.#fields.setUint32(0, Math.floor(micros / 1e6), true);
    this.#fields.setUint32(8, micros % 1e6, true);
    this.#fields.setUint32(16, frame.length, true);
    this.#fields.setUint32(20, originalLength, true);
    // pcap_dump reports no error; a full disk is seen by flush().
    this.#library.unchecked.pcap_dump(this.#dumper, this.#header, frame);
    return success(undefined);
  }

  flush(): Result<void> {
    if (this.#dumper === 0) return failure('closed', 'pcap_dump_flush', 'the file is closed', 0);
    const status = this.#library.call.pcap_dump_flush(this.#dumper);
    return status === 0
      ? success(undefined)
      : failure('failed', 'pcap_dump_flush', 'the file could not be written', status);
  }

  close(): void {
    if (this.#dumper === 0) return;
    this.#library.call.pcap_dump_close(this.#dumper);
    this.#dumper = 0;
  }
}

export function openDumpFile(library: Libpcap, handle: Address, path: string): Result<DumpFile> {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    return failure('invalid_argument', 'pcap_dump_open', 'the path must be a string without NUL, not empty', 0);
  }
  const dumper = library.call.pcap_dump_open(handle, toCString(path));
  if (dumper !== 0) return success(new DumpFile(library, dumper));
  return pcapFailure('pcap_dump_open', -1, readCString(library.call.pcap_geterr(handle)));
}
