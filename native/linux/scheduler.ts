// Real-time priority for the calling thread, so that a busy machine does not delay its answers.
// Read sched(7) before changing this file.

import { allocate } from '../ffi.ts';
import { libc } from './libc.ts';
import { viewOf } from './netlink-message.ts';

const SCHED_FIFO = 1;
// Threads and programs started from this thread get normal priority again.
const SCHED_RESET_ON_FORK = 0x40000000;
// The lowest real-time priority already precedes every normal thread and stays below the kernel's own threads (50).
const PRIORITY = 1;

/** Sets SCHED_FIFO priority 1 for the calling thread (call it inside the worker). False without CAP_SYS_NICE. */
export function setRealtimePriority(): boolean {
  const parameters = allocate(4);
  viewOf(parameters).setInt32(0, PRIORITY, true);
  return libc().sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, parameters) === 0;
}

/** Back to normal scheduling. */
export function setNormalPriority(): boolean {
  return libc().sched_setscheduler(0, 0, allocate(4)) === 0;
}
