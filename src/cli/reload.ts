// `reload`: makes the daemon read its configuration again, and says what came of it.
import { controlClient } from '#control/client.ts';
import type { ReloadAnswer, ReloadProblem } from '#control/protocol.ts';
import { safeText } from '#model/safe-text.ts';
import type { ReloadOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

/** @returns 0 when it was applied, also with objects that are wrong; 1 when it was refused. */
export async function reload(options: ReloadOptions, output: Output): Promise<number> {
  const answer = await controlClient(options.socket, options.timeoutMs).reload();
  if (!answer.ok) return reportFailure(answer.failure, output);
  if (options.output === 'json') printJson(answer.value, output);
  else {
    for (const problem of answer.value.problems) output.note(problemText(problem));
    const line = safeText(reloadText(answer.value));
    if (answer.value.applied) output.data(`${line}\n`);
    else output.note(line);
  }
  return answer.value.applied ? exitCode.clean : exitCode.found;
}

export function reloadText({ applied, generation, added, changed, removed, moved, message }: ReloadAnswer): string {
  if (!applied) return `lanlord: ${message}`;
  return `generation ${generation} applied: ${added} added, ${changed} changed, ${removed} removed, ${moved} VIPs moved`;
}

function problemText({ file, line, column, severity, code, message, hint }: ReloadProblem): string {
  const first = safeText(`${file}:${line}:${column}: ${severity}[${code}]: ${message}`);
  return hint === '' ? first : `${first}\n     = ${safeText(hint)}`;
}
