// What a code means, and what the numbers that commands end with mean: for `help`, without a daemon.
import { captureCodes } from '#control/explain-answer.ts';
import { leaderCodes } from '#control/explain-leader.ts';
import { deliveryCode } from '#core/delivery-problems.ts';
import { reasonCodes } from '#core/explain-step.ts';
import { actionRefusals } from '#model/control-action.ts';
import { problemCodes } from '#model/problem-codes.ts';
import { configCodes } from '#sources/file/codes.ts';
import { doctorCodes } from './doctor-codes.ts';
import { exitCode, exitCodeMeanings } from './exit-code.ts';

/** Any code that lanlord prints; `LL-…` in any case, the words of problems as printed: some are commands, too. @returns null for none. */
export function codeText(word: string): string | null {
  const problem = new Map(Object.entries(problemCodes)).get(word);
  if (problem) return `${word}: ${problem.meaning}.\n${problem.todo}.\n`;
  const code = word.toUpperCase();
  const meaning = meanings().get(code);
  return meaning === undefined ? null : `${code}: ${meaning}.\n`;
}

function meanings(): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(configCodes),
    ...Object.entries(doctorCodes),
    ...Object.entries(actionRefusals),
    ...Object.entries(reasonCodes).map(
      ([reason, code]) => [code, `A step of explain that fails with the reason ${reason}`] as const,
    ),
    ...[...Object.values(leaderCodes), ...Object.values(captureCodes), deliveryCode].map(
      ({ code, meaning }) => [code, meaning] as const,
    ),
  ]);
}

export function exitCodesText(): string {
  const names = Object.keys(exitCode) as (keyof typeof exitCode)[];
  return names.map((name) => `${String(exitCode[name]).padStart(3)}  ${exitCodeMeanings[name]}\n`).join('');
}
