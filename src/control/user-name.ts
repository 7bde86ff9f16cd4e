// The name of a user by its number.
import { readFileSync } from 'node:fs';

/** From `/etc/passwd` (passwd(5)): what other databases know is not asked for. Null when it is not there. */
export function userName(uid: number, file = '/etc/passwd'): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id !== undefined && /^\d{1,10}$/.test(id) && Number(id) === uid) return name;
  }
  return null;
}
