// How this program starts itself once more.

/** The compiled program, or Bun with the source. */
export function ownCommand(): readonly string[] {
  const isCompiled = Bun.main.startsWith('/$bunfs/');
  return isCompiled ? [process.execPath] : [process.execPath, Bun.main];
}
