// Starts the thread of a capture worker.
import type { CaptureThread } from './capture-process.ts';
import type { WorkerNews } from './worker-messages.ts';

export function spawnWorker(): CaptureThread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url).href);
  const thread: CaptureThread = { postMessage: (order) => worker.postMessage(order), onmessage: null, onerror: null };
  worker.onmessage = (event: { data: WorkerNews }) => thread.onmessage?.({ data: event.data });
  worker.onerror = (event) => thread.onerror?.({ message: event.message });
  // A thread that ends without a word has crashed; after a word this changes nothing.
  worker.addEventListener('close', () => thread.onerror?.({ message: 'the thread ended' }));
  return thread;
}
