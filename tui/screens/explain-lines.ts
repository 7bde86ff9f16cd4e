// The answer of `explain` as lines: the first failing step first, then what was not reached, then what holds.
import type { ExplainAnswer, ExplainStep } from '#control/protocol.ts';
import type { ExplainPane } from '../state/model.ts';
import { cellText } from '../text/cell-text.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, span, type Token } from '../text/line.ts';
import { shorten, toWidth } from '../text/to-width.ts';
import { wrapText } from '../text/wrap-text.ts';

const order: Readonly<Record<ExplainStep['result'], number>> = { fail: 0, skipped: 1, pass: 2 };

/** The object, and what came of it. */
export function explainSubject({ object, answer }: ExplainPane): string {
  if (answer === null) return object;
  const failing = answer.steps.filter(({ result }) => result === 'fail').length;
  return `${object}: ${answer.ok ? 'all steps hold' : `${failing} ${failing === 1 ? 'step fails' : 'steps fail'}`}`;
}

export function explainLines({ answer, failure }: ExplainPane, width: number, glyphs: Glyphs): readonly Line[] {
  if (failure !== null)
    return wrapText(cellText(failure, glyphs.name), width - 4).map((text) => [span('  '), span(text, 'crit')]);
  if (answer === null) return [[span('  asking the daemon', 'dim')]];
  return inOrder(answer).flatMap((step) => stepLines(step, width, glyphs));
}

function inOrder({ steps }: ExplainAnswer): readonly ExplainStep[] {
  return steps.toSorted((a, b) => order[a.result] - order[b.result]);
}

function stepLines(step: ExplainStep, width: number, glyphs: Glyphs): readonly Line[] {
  const place = step.file === null ? '' : `  ${step.file}${step.line === null ? '' : `:${step.line}`}`;
  const code = step.result === 'fail' ? `  ${step.code}` : '';
  const message = cellText(`${step.message}${code}${place}`, glyphs.name);
  const style: Token | undefined = step.result === 'skipped' ? 'dim' : undefined;
  return [
    ...(width < roomForNames ? belowName(step, message, width, glyphs) : besideName(step, message, width, glyphs)).map(
      ({ lead, text }): Line => [...lead, span(text, style)],
    ),
    ...step.fix.flatMap((fix) =>
      wrapText(cellText(`fix: ${fix}`, glyphs.name), width - 10).map(
        (text): Line => [span('      '), span(text, 'accent')],
      ),
    ),
  ];
}

interface Told {
  readonly lead: Line;
  readonly text: string;
}

function besideName(step: ExplainStep, message: string, width: number, glyphs: Glyphs): readonly Told[] {
  const [sign, token] = signOf(step, glyphs);
  const name = toWidth(cellText(step.name, glyphs.name), nameWidth, glyphs.ellipsis);
  const lead: Line = [span('  '), span(sign, token), span(` ${name}  `)];
  const rest: Line = [span(' '.repeat(nameWidth + 6))];
  return wrapText(message, width - nameWidth - 7).map((text, index) => ({ lead: index === 0 ? lead : rest, text }));
}

function belowName(step: ExplainStep, message: string, width: number, glyphs: Glyphs): readonly Told[] {
  const [sign, token] = signOf(step, glyphs);
  const name = shorten(cellText(step.name, glyphs.name), Math.max(0, width - 6), glyphs.ellipsis);
  const lines = wrapText(message, width - 6).map((text) => ({ lead: [span('    ')], text }));
  return [{ lead: [span('  '), span(sign, token), span(` ${name}`)], text: '' }, ...lines];
}

/** Narrower than this the names of the steps would leave nothing for what they say. */
const roomForNames = 60;
const nameWidth = 24;

function signOf({ result }: ExplainStep, glyphs: Glyphs): readonly [string, Token] {
  switch (result) {
    case 'pass':
      return [glyphs.pass, 'ok'];
    case 'fail':
      return [glyphs.fail, 'crit'];
    case 'skipped':
      return [glyphs.skipped, 'dim'];
  }
}
