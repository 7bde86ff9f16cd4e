// What `lanlord` alone does.

/** The interface where a full screen can be drawn, else `status`. */
export function usualCommand(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): 'ui' | 'status' {
  const term = env['TERM'] ?? '';
  return isTerminal && term !== '' && term !== 'dumb' ? 'ui' : 'status';
}
