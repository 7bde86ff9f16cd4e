// Loaded before the compiled program by BUN_OPTIONS, which the runtime heeds: a fault as soon as the file FAULT_WHEN exists.
// FAULT: `throw` or `reject` in the main thread, `worker` in the first capture worker that looks. The program has no hook for it.
import { existsSync, unlinkSync } from 'node:fs';

const { FAULT: fault, FAULT_WHEN: when = '' } = process.env;
const message = 'a fault that was asked for';

/** Once: whoever is started anew goes on. */
function isDue(): boolean {
  if (!existsSync(when)) return false;
  unlinkSync(when);
  return true;
}

if (Bun.isMainThread && fault !== 'worker') {
  const looking = setInterval(() => {
    if (!isDue()) return;
    clearInterval(looking);
    if (fault === 'throw') throw new Error(message);
    void Promise.reject(new Error(message));
  }, 20);
  looking.unref();
}

if (Bun.isMainThread && fault === 'worker') {
  const Plain = globalThis.Worker;
  globalThis.Worker = class extends Plain {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, { ...options, preload: [import.meta.path] });
    }
  };
}

if (!Bun.isMainThread && fault === 'worker') {
  // What a capture worker calls in every turn; it never comes back to timers.
  const { ceil } = Math;
  Math.ceil = (value) => {
    if (isDue()) throw new Error(message);
    return ceil(value);
  };
}
