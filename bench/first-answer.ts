// Asks for one IPv4 address every 2 ms and prints, in milliseconds since 1970, when the first answer came.
//
//   bun bench/first-answer.ts INTERFACE ADDRESS      prints `asking`, then the time

import { addressBytes, parseAddress } from '#model/address.ts';
import { openLink } from '#native/link.ts';
import { emitProbe } from '#wire/arp.ts';
import { readI32 } from '#wire/bytes.ts';

const everyMs = 2;
const senderAddressAt = 28;
const asker = new Uint8Array([2, 0, 0, 0, 0xbe, 1]);

const [name = '', text = ''] = process.argv.slice(2);
const address = parseAddress(text);
const opened = openLink({ interface: name, filter: 'arp[6:2] = 2', protocol: 0x0806, promiscuous: true });
if (!address || !opened.ok) throw new Error(opened.ok ? `no address: ${text}` : opened.error.message);
const link = opened.value;
const wanted = readI32(addressBytes(address), 0);
const lengths = new Uint16Array(1).fill(emitProbe(link.out, 0, asker, wanted));
console.log('asking');
for (;;) {
  link.flush(1, lengths);
  link.wait(everyMs);
  const length = link.next();
  if (length >= senderAddressAt + 4 && readI32(link.frame, senderAddressAt) === wanted) break;
}
console.log(performance.timeOrigin + performance.now());
link.close();
