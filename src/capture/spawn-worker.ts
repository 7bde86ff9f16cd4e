// Starts the threads of capture workers, the first of them ahead of time.
import type { CaptureThread } from './capture-process.ts';
import type { WorkerNews } from './worker-messages.ts';

interface Spare {
  readonly thread: CaptureThread;
  /** False once it has ended, which nobody was there to hear. */
  alive: boolean;
  end(): void;
}

export class WorkerSpawner {
  /** Loads its code and libpcap while the manifests are read: the first interface need not wait for that. */
  #spare: Spare | null = start();

  readonly spawn = (): CaptureThread => {
    const spare = this.#spare;
    this.#spare = null;
    return spare?.alive ? spare.thread : start().thread;
  };

  /** Ends the thread that was started ahead, if no interface has wanted it. */
  dismiss(): void {
    this.#spare?.end();
    this.#spare = null;
  }
}

function start(): Spare {
  // A small heap: answering allocates nothing.
  const worker = new Worker(new URL('./worker.ts', import.meta.url).href, { smol: true });
  const thread: CaptureThread = { postMessage: (order) => worker.postMessage(order), onmessage: null, onerror: null };
  const spare: Spare = { thread, alive: true, end: () => worker.terminate() };
  const ended = (message: string) => {
    spare.alive = false;
    thread.onerror?.({ message });
  };
  worker.onmessage = (event: { data: WorkerNews }) => thread.onmessage?.({ data: event.data });
  worker.onerror = (event) => ended(event.message);
  // A thread that ends without a word has crashed; after a word this changes nothing.
  worker.addEventListener('close', () => ended('the thread ended'));
  return spare;
}
