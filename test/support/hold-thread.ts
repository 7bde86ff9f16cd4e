// Stops one thread of a program, while the others go on: the main thread of a box that stands still.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { scratchDirectory } from './scratch-directory.ts';

/**
 * The thread stands still from the moment that this is called until it resolves. By ptrace and not by a hook in the program: what
 * is tested is what ships, and the thread is caught wherever it happens to be. Needs gcc.
 */
export async function holdThread(thread: number, seconds: number): Promise<void> {
  const program = join(scratchDirectory(), 'hold-thread');
  const source = join(import.meta.dir, 'hold-thread.c');
  const built = Bun.spawnSync(['gcc', '-O2', '-o', program, source]);
  if (!built.success) throw new Error(String(built.stderr));
  const held = spawn(program, [String(thread), String(seconds)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((ended) => held.once('close', ended));
  if (code !== 0) throw new Error(`hold-thread ended with ${code}`);
}
