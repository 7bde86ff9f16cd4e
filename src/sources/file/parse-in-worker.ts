// Parsing in a worker of its own, which lives only as long as the load: its memory goes with it.
import type { FileInput, Step, WorkerAnswer, WorkerRequest } from './steps.ts';

/** Slices small enough that taking one in does not hold up the main thread. */
export async function* parseInWorker(inputs: readonly FileInput[]): AsyncGenerator<readonly Step[], void, undefined> {
  // A small heap that is swept often: 50,000 services must not double the memory of the process.
  const worker = new Worker(new URL('./parse-worker.ts', import.meta.url).href, { smol: true });
  try {
    let waiting = answer(worker);
    send(worker, { inputs });
    for (;;) {
      const slice = await waiting;
      if ('fault' in slice) throw new Error(`parsing worker: ${slice.fault}`);
      if (!slice.done) {
        waiting = answer(worker);
        send(worker, { next: true });
      }
      yield slice.steps;
      if (slice.done) return;
    }
  } finally {
    worker.terminate();
  }
}

function send(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request);
}

function answer(worker: Worker): Promise<WorkerAnswer> {
  return new Promise((resolve) => {
    worker.onmessage = (event: MessageEvent<WorkerAnswer>) => resolve(event.data);
    worker.onerror = (event) => resolve({ fault: event.message });
  });
}
