// Wake-up descriptors for threads that sleep in poll(2), as one object that throws.
import { closeWakeFd, createWakeFd, wake } from './wake.ts';

export const doorbells = {
  /** @throws when there are no descriptors left */
  open(): number {
    const made = createWakeFd();
    if (!made.ok) throw new Error(`Cannot make a wake-up descriptor: ${made.error.message}`);
    return made.value;
  },
  ring: wake,
  close: closeWakeFd,
};
