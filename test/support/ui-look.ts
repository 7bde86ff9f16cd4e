// The user interface of a running box in a terminal of its own: keys in, text out.
import { type Box, binary } from './box.ts';
import { TmuxScreen } from './tmux-screen.ts';

/** Opens it, types these keys, and waits until the screen shows it; throws with what it shows instead. */
export async function screenShows(
  box: Box,
  keys: readonly string[],
  what: string | RegExp,
  { columns = 140, rows = 40 } = {},
): Promise<void> {
  const screen = new TmuxScreen('ll-look', columns, rows);
  try {
    screen.type(`${binary} ui --socket ${box.socket}`);
    await screen.shows('LIVE');
    for (const key of keys) {
      screen.keys(key);
      // What a key leads to is drawn before the next one means something there.
      await Bun.sleep(100);
    }
    await screen.shows(what);
  } finally {
    screen.close();
  }
}
