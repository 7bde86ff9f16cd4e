// docs/explain-codes.md: every code of explain, get problems and doctor.
import { doctorCodes } from '#cli/doctor-codes.ts';
import { captureCodes } from '#control/explain-answer.ts';
import { leaderCodes } from '#control/explain-leader.ts';
import { deliveryCode } from '#core/delivery-problems.ts';
import { reasonCodes } from '#core/explain-step.ts';
import { actionRefusals } from '#model/control-action.ts';
import { problemCodes } from '#model/problem-codes.ts';
import { explain, type Reason } from '#model/reason.ts';
import { code, page, table } from './markdown.ts';
import { reasonSamples } from './reason-samples.ts';

export function codesPage(): string {
  return page(
    '# Codes',
    'Codes never change their meaning. Those of manifests (`LL-CFG-nnn`) are in [configuration.md](configuration.md#codes).',
    '## Steps of explain',
    `A step that holds has the number 000 of its area. The sentences are examples; the names in them are yours. The reason is
the word that stands in JSON and in conditions of services, where there is one.`,
    table(['Code', 'Reason', 'Sentence'], (Object.keys(reasonCodes) as Reason['code'][]).map(reasonRow).sort(byFirst)),
    '## Steps of election, capture and delivery',
    table(
      ['Code', 'Meaning'],
      [...Object.values(leaderCodes), ...Object.values(captureCodes), deliveryCode].map(({ code: name, meaning }) => [
        code(name),
        meaning,
      ]),
    ),
    '## Problems',
    '`lanlord get problems`, `lanlord status`. A critical one makes `status` end with 1.',
    table(
      ['Code', 'Meaning', 'What to do'],
      Object.entries(problemCodes).map(([name, { meaning, todo }]) => [code(name), meaning, todo]),
    ),
    '## Refusals',
    'What `announce`, `failover`, `drain` and `undrain` may be told.',
    table(
      ['Code', 'Meaning'],
      Object.entries(actionRefusals).map(([name, meaning]) => [code(name), meaning]),
    ),
    '## Checks of doctor',
    'Every check names what it looked at; `ok`, `warning` and `failure` are its results.',
    table(
      ['Code', 'Meaning'],
      Object.entries(doctorCodes).map(([name, meaning]) => [code(name), meaning]),
    ),
  );
}

function reasonRow(name: Reason['code']): string[] {
  return [code(reasonCodes[name]), code(name), explain(reasonSamples[name])];
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}
