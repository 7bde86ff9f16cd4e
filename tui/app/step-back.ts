// The interface gives way to the daemon on the same machine: a frame can wait for an answer on the wire.
import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** With both cores full of answers a third of one is left for keys: enough for a frame within 50 ms. */
const niceness = 5;

/** For every thread there is: the compiler's would otherwise take what the drawing leaves. Later ones inherit it. */
export function stepBack(): void {
  for (const task of threads()) {
    try {
      // Whoever already stepped back further is left there: as root this would bring it forward.
      if (getPriority(task) < niceness) setPriority(task, niceness);
    } catch {
      // The thread has ended, or somebody forbids it: the interface works all the same.
    }
  }
}

/** Priorities are those of threads (sched(7)), whatever POSIX says. */
function threads(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}
