// Compiled by a test: says which libpcap the binary uses, in its main thread and in a worker, and opens a link on lo.
import { libpcapOrigin, openLink } from '../../native/mod.ts';

const own = libpcapOrigin();
const link = openLink({ interface: 'lo', filter: 'arp' });
const worker = new Worker(new URL('./post-libpcap-origin.ts', import.meta.url));
worker.addEventListener('message', ({ data }) => {
  console.log(JSON.stringify({ own, link: link.ok ? 'open' : link.error, worker: data, uid: process.getuid?.() }));
  process.exit();
});
