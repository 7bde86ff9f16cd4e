import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKEN, closeWakeFd, createWakeFd, READABLE, Waiter, WOKEN, wake } from '../../../native/mod.ts';

function create(): number {
  const fd = createWakeFd();
  assert.ok(fd.ok);
  return fd.value;
}

test('a wait without events ends when its time is over', () => {
  const [quiet, wakeFd] = [create(), create()];
  assert.equal(new Waiter(quiet, wakeFd).wait(10), 0);
  closeWakeFd(quiet);
  closeWakeFd(wakeFd);
});

test('a wake before the wait is not lost, several count once, and the wait drains it', () => {
  const [quiet, wakeFd] = [create(), create()];
  const waiter = new Waiter(quiet, wakeFd);
  for (let i = 0; i < 5; i++) wake(wakeFd);
  assert.equal(waiter.wait(-1), WOKEN);
  assert.equal(waiter.wait(0), 0);
  closeWakeFd(quiet);
  closeWakeFd(wakeFd);
});

test('readable and woken come together', () => {
  const [readable, wakeFd] = [create(), create()];
  const waiter = new Waiter(readable, wakeFd);
  wake(readable);
  wake(wakeFd);
  assert.equal(waiter.wait(-1), READABLE | WOKEN);
  assert.equal(waiter.wait(0), READABLE);
  closeWakeFd(readable);
  closeWakeFd(wakeFd);
});

test('a dead descriptor is reported instead of waited for', () => {
  const wakeFd = create();
  assert.equal(new Waiter(99_999, wakeFd).wait(-1), BROKEN);
  closeWakeFd(wakeFd);
});

test('a worker that waits for ever is stopped by a wake from the main thread', async () => {
  const wakeFd = create();
  const worker = new Worker(new URL('../../support/waiting-worker.ts', import.meta.url), { type: 'module' });
  const next = () =>
    new Promise<MessageEvent>((resolve) => worker.addEventListener('message', resolve, { once: true }));
  const waiting = next();
  worker.postMessage(wakeFd);
  assert.equal((await waiting).data, 'waiting');
  const woken = next();
  // `terminate()` would not reach a thread that sits in poll(2).
  wake(wakeFd);
  assert.equal((await woken).data, WOKEN);
  worker.terminate();
  closeWakeFd(wakeFd);
});
