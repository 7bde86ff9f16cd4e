// `check`: validates manifests without a daemon and without privileges.
import { apiVersion } from '#control/protocol.ts';
import { safeText } from '#model/safe-text.ts';
import { type CheckResult, checkPaths, summarize } from '#sources/file/check.ts';
import { renderProblems } from '#sources/file/render-problem.ts';
import type { CheckOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

/** @returns 0 without errors, also with warnings; 1 with errors. */
export async function check({ paths, output: form }: CheckOptions, output: Output): Promise<number> {
  const result = await checkPaths(paths);
  if (form === 'json') printJson(checkAnswer(result), output);
  else {
    if (result.problems.length > 0) output.data(`${renderProblems(result.problems, result.texts)}\n`);
    for (const line of result.skipped) output.note(safeText(line));
    output.data(`${summarize(result)}\n`);
  }
  return result.problems.some(({ severity }) => severity === 'error') ? exitCode.found : exitCode.clean;
}

function checkAnswer({ problems, files, documents }: CheckResult) {
  return {
    apiVersion,
    kind: 'Check',
    generatedAt: new Date().toISOString(),
    files,
    documents,
    problems: problems.map(({ file, line, column, severity, code, message, hint }) => ({
      file,
      line,
      column,
      severity,
      code,
      message,
      hint,
    })),
  };
}
