// The capture devices that libpcap sees on this box.
import { pcapFailure, type Result, success } from './error.ts';
import { allocate, readCString, viewAt } from './ffi.ts';
import { loadLibpcap } from './load.ts';
import { bufferText } from './pcap.ts';
import { ERROR_BUFFER_BYTES } from './symbols.ts';

export interface Device {
  readonly name: string;
  /** Empty when libpcap has none. */
  readonly description: string;
  readonly loopback: boolean;
  readonly up: boolean;
  readonly running: boolean;
}

// struct pcap_if { next 0; name 8; description 16; addresses 24; bpf_u_int32 flags 32; }
const DEVICE_BYTES = 40;
const LOOPBACK = 1;
const UP = 2;
const RUNNING = 4;

/** Every device; without privileges libpcap may leave out those it cannot open. */
export function findAllDevices(): Result<Device[]> {
  const library = loadLibpcap();
  if (!library.ok) return library;
  const { call } = library.value;
  const first = new BigUint64Array(1);
  const text = allocate(ERROR_BUFFER_BYTES);
  const status = call.pcap_findalldevs(first, text);
  if (status !== 0) return pcapFailure('pcap_findalldevs', status, bufferText(text));
  const devices: Device[] = [];
  const head = Number(first[0]);
  for (let at = head; at !== 0; ) {
    const fields = new DataView(viewAt(at, DEVICE_BYTES).buffer);
    const flags = fields.getUint32(32, true);
    devices.push({
      name: readCString(Number(fields.getBigUint64(8, true))),
      description: readCString(Number(fields.getBigUint64(16, true))),
      loopback: (flags & LOOPBACK) !== 0,
      up: (flags & UP) !== 0,
      running: (flags & RUNNING) !== 0,
    });
    at = Number(fields.getBigUint64(0, true));
  }
  call.pcap_freealldevs(head);
  return success(devices);
}
