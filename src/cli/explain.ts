// `explain`: every step from the manifest to the wire, and why it failed where it did.
import { controlClient } from '#control/client.ts';
import { findObject } from '#control/explain-object.ts';
import type { ExplainAnswer, ExplainStep } from '#control/protocol.ts';
import { safeText } from '#model/safe-text.ts';
import type { ExplainOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { type Glyphs, glyphs } from './glyphs.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

/** @returns 0 when there is such an object, whatever is wrong with it; 1 when there is none, 2 for what can be none. */
export async function explain(options: ExplainOptions, output: Output): Promise<number> {
  // What can be no object is told without a daemon.
  const found = findObject(options.object, null);
  if (!found.ok && found.code === 'bad_request') {
    output.note(`lanlord: ${safeText(found.message)}`);
    return exitCode.usage;
  }
  const answer = await controlClient(options.socket, options.timeoutMs).explain(options.object);
  if (!answer.ok) return reportFailure(answer.failure, output);
  if (options.output === 'json') printJson(answer.value, output);
  else output.data(explainText(answer.value, glyphs(output.isTty, process.env)));
  return exitCode.clean;
}

export function explainText({ object, ok, steps }: ExplainAnswer, signs: Glyphs): string {
  const failed = steps.filter(({ result }) => result === 'fail').length;
  const verdict = failed === 1 ? '1 step fails' : `${failed} steps fail`;
  const width = steps.reduce((most, { name }) => Math.max(most, name.length), 0);
  const lines = [
    `${object}  ${ok ? 'ok' : `NOT OK: ${verdict}`}`,
    ...steps.flatMap((step) => stepLines(step, width, signs)),
  ];
  return lines.map((line) => `${safeText(line)}\n`).join('');
}

function stepLines(
  { name, result, code, message, file, line, fix }: ExplainStep,
  width: number,
  signs: Glyphs,
): string[] {
  const place = file === null ? '' : `  ${file}${line === null ? '' : `:${line}`}`;
  const known = result === 'fail' ? `  [${code}]` : '';
  const sign = { pass: signs.pass, fail: signs.fail, skipped: signs.skipped }[result];
  return [`  ${sign} ${name.padEnd(width)}  ${message}${known}${place}`, ...fix.map((text) => `      fix: ${text}`)];
}
