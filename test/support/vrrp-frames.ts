// VRRP frames for tests: golden ones as hex, others from parts, with checksums that are computed in another way than ours.
import { fromHex } from './frames.ts';

/** Of 192.0.2.1 = 02:00:00:00:00:01, virtual router 51, priority 254, every 100 ms. tshark has called them right. */
export const goldenVrrp = {
  /** Lists 192.0.0.8; the checksum with the pseudo-header. 60 bytes. */
  pseudo:
    '01005e000012020000000001080045c0002000004000ff70d899c0000201e00000123133fe01000a6e27c00000080000000000000000000000000000',
  /** The same with the checksum of RFC 9568. */
  rfc9568:
    '01005e000012020000000001080045c0002000004000ff70d899c0000201e00000123133fe01000a10b8c00000080000000000000000000000000000',
  /** From fe80::ff:fe00:1, lists fe80::200:5eff:fe00:233. 78 bytes. */
  ipv6: '33330000001202000000000186dd60000000001870fffe80000000000000000000fffe000001ff0200000000000000000000000000123133fe01000a73edfe8000000000000002005efffe000233',
} as const;

export interface VrrpParts {
  readonly family?: 4 | 6;
  readonly to?: string;
  readonly from?: string;
  readonly ttl?: number;
  readonly protocol?: number;
  readonly source?: string;
  readonly destination?: string;
  readonly version?: number;
  readonly type?: number;
  readonly virtualRouterId?: number;
  readonly priority?: number;
  readonly count?: number;
  /** With its four reserved bits. */
  readonly interval?: number;
  readonly list?: string;
  readonly checksum?: 'pseudo' | 'rfc9568';
  /** Added to the right checksum of the message, and of the IPv4 header. */
  readonly wrong?: number;
  readonly wrongHeader?: number;
  /** Flags and fragment offset. */
  readonly fragment?: number;
  /** Hex; a multiple of four bytes. */
  readonly options?: string;
  /** Hex behind the list, within the packet. */
  readonly trailer?: string;
  /** In place of what the header really promises: total length (IPv4), payload length (IPv6). */
  readonly length?: number;
}

/** An advertisement of 192.0.2.2 or fe80::2 with parts replaced, not padded. */
export function vrrpFrame(parts: VrrpParts = {}): Uint8Array {
  const { family = 4, from = '020000000002', version = 3, type = 1, virtualRouterId = 51, priority = 100 } = parts;
  const { interval = 10, list = family === 4 ? 'c0000008' : 'fe8000000000000002005efffe000233', wrong = 0 } = parts;
  const count = parts.count ?? list.length / (family === 4 ? 8 : 32);
  const head = byte((version << 4) | type) + byte(virtualRouterId) + byte(priority) + byte(count) + word(interval);
  const message = (checksum: number) => head + word(checksum) + list + (parts.trailer ?? '');
  const length = message(0).length / 2;
  const source = parts.source ?? (family === 4 ? 'c0000202' : 'fe800000000000000000000000000002');
  const destination = parts.destination ?? (family === 4 ? 'e0000012' : 'ff020000000000000000000000000012');
  const protocol = parts.protocol ?? 112;
  const pseudo = `${source}${destination}${word(0)}${word(length)}${word(0)}${word(112)}`;
  const covered = (parts.checksum ?? 'pseudo') === 'pseudo' ? pseudo + message(0) : message(0);
  const body = message((complement(covered) + wrong) & 0xffff);
  if (family === 6) {
    const header = `60000000${word(parts.length ?? length)}${byte(protocol)}${byte(parts.ttl ?? 255)}`;
    return fromHex(`${parts.to ?? '333300000012'}${from}86dd${header}${source}${destination}${body}`);
  }
  const options = parts.options ?? '';
  const words = 5 + options.length / 8;
  const header = (checksum: number) =>
    `4${words.toString(16)}00${word(parts.length ?? words * 4 + length)}0000${word(parts.fragment ?? 0x4000)}` +
    `${byte(parts.ttl ?? 255)}${byte(protocol)}${word(checksum)}${source}${destination}${options}`;
  const whole = header((complement(header(0)) + (parts.wrongHeader ?? 0)) & 0xffff);
  return fromHex(`${parts.to ?? '01005e000012'}${from}0800${whole}${body}`);
}

/** The Internet checksum by the book, on big numbers and not folded until the end (RFC 1071 §1). */
export function complement(hex: string): number {
  let sum = 0n;
  for (let at = 0; at < hex.length; at += 4) sum += BigInt(`0x${hex.slice(at, at + 4).padEnd(4, '0')}`);
  while (sum >> 16n) sum = (sum & 0xffffn) + (sum >> 16n);
  return Number(~sum & 0xffffn);
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function word(value: number): string {
  return value.toString(16).padStart(4, '0');
}
