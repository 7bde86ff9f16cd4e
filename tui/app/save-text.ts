// Saves what is shown as a file in the folder where the interface was started; never over another one.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type Saved = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

/** `lanlord-leaders-20261123T030721Z.jsonl`, readable by its owner alone. */
export function saveText(name: string, extension: string, text: string, nowMs = Date.now()): Saved {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const path = resolve(`${name}-${stamp}.${extension}`);
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return { ok: true, path };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, message: `Cannot write ${path}: ${code ?? String(error)}` };
  }
}
