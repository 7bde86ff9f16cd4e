// The user interface of a running box in a terminal of its own: keys in, text out.
import { type Box, binary } from './box.ts';
import { TmuxScreen } from './tmux-screen.ts';

/** Milliseconds: two programs start, on machines that do other things, too. */
const patience = 25_000;

/**
 * Opens it, types these keys once it shows how it begins, and waits until the screen shows it; throws with what it shows
 * instead. `before`: what the shell runs it with, such as in another network namespace.
 */
export async function screenShows(
  box: Box,
  keys: readonly string[],
  what: string | RegExp,
  { columns = 140, rows = 40, begins = 'LIVE', before = '' } = {},
): Promise<void> {
  const screen = new TmuxScreen('ll-look', columns, rows);
  try {
    screen.type(`${before} ${binary} ui --socket ${box.socket}`);
    await screen.shows(begins, patience);
    for (const key of keys) {
      screen.keys(key);
      // What a key leads to is drawn before the next one means something there.
      await Bun.sleep(100);
    }
    await screen.shows(what, patience);
  } finally {
    screen.close();
  }
}
