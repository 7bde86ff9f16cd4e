// Prints which libpcap this process and a worker of it use, as one line of JSON.
import { libpcapOrigin } from '../../native/mod.ts';

const own = libpcapOrigin();
const worker = new Worker(new URL('./post-libpcap-origin.ts', import.meta.url), { type: 'module' });
worker.addEventListener('message', ({ data }) => {
  console.log(JSON.stringify({ ...own, worker: data }));
  process.exit();
});
