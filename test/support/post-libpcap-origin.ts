// A worker that says which libpcap it uses.
import { libpcapOrigin } from '../../native/mod.ts';

(globalThis as unknown as { postMessage(value: unknown): void }).postMessage(libpcapOrigin());
