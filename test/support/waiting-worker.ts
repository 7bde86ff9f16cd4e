// A thread that waits for ever on an eventfd handed to it, and then says what woke it.
import { createWakeFd, Waiter } from '../../native/mod.ts';

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<number>) => void) | null;
  postMessage(value: unknown): void;
};

scope.onmessage = ({ data: wakeFd }) => {
  const quiet = createWakeFd();
  if (!quiet.ok) throw new Error(quiet.error.message);
  const waiter = new Waiter(quiet.value, wakeFd);
  scope.postMessage('waiting');
  scope.postMessage(waiter.wait(-1));
};
