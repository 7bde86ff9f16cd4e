// What `doctor` found, over everything else: failures first, each with what to do about it.
import type { DoctorCheck } from '#control/doctor-answer.ts';
import { breakpointOf, type Size } from '../layout/breakpoint.ts';
import { panelFrame, panelLines } from '../layout/panel.ts';
import type { DoctorPane, Model } from '../state/model.ts';
import { cellText } from '../text/cell-text.ts';
import { type Glyphs, profiles } from '../text/glyphs.ts';
import { type Line, span, type Token } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';

const order: Readonly<Record<DoctorCheck['result'], number>> = { failure: 0, warning: 1, ok: 2 };

/** Exactly as many lines as `size` has rows. */
export function doctorPanel({ ui }: Model, size: Size): readonly Line[] {
  const glyphs = profiles[ui.profile];
  const style = panelStyleOf(ui.size);
  const lines = doctorLines(ui.doctor, size.columns - panelFrame[style].width, glyphs);
  const shown = lines.slice(ui.pageTop);
  const room = size.rows - panelFrame[style].height;
  const place =
    lines.length > room ? `${ui.pageTop + 1}-${ui.pageTop + Math.min(room, shown.length)} of ${lines.length}` : '';
  const panel = { title: 'Doctor', subject: countText(ui.doctor), note: 'r asks again', place, isFocused: true };
  return panelLines({ ...panel, lines: shown }, style, size.columns, size.rows, glyphs);
}

/** How many lines there are beyond the first screenful. */
export function doctorOverflow({ ui }: Model, size: Size): number {
  const frame = panelFrame[panelStyleOf(ui.size)];
  const lines = doctorLines(ui.doctor, size.columns - frame.width, profiles[ui.profile]);
  return Math.max(0, lines.length - (size.rows - frame.height));
}

function panelStyleOf(terminal: Size): 'box' | 'rule' {
  const breakpoint = breakpointOf(terminal);
  return breakpoint === 'wide' || breakpoint === 'roomy' ? 'box' : 'rule';
}

function countText(pane: DoctorPane | null): string {
  const checks = pane?.answer?.checks ?? [];
  if (checks.length === 0) return '';
  const count = (result: DoctorCheck['result']) => checks.filter((check) => check.result === result).length;
  const named = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  return `${named(count('failure'), 'failure')}, ${named(count('warning'), 'warning')}, ${count('ok')} ok`;
}

function doctorLines(pane: DoctorPane | null, width: number, glyphs: Glyphs): readonly Line[] {
  if (pane === null) return [];
  const { answer, failure, isAsking } = pane;
  const wrapped = (text: string, style: Token): readonly Line[] =>
    wrapText(cellText(text, glyphs.name), width - 4).map((part) => [span('  '), span(part, style)]);
  const checks = answer?.checks.toSorted((a, b) => order[a.result] - order[b.result]) ?? [];
  return [
    ...(isAsking
      ? wrapped(answer === null ? 'examining this machine' : 'examining this machine once more', 'dim')
      : []),
    ...(failure === null ? [] : wrapped(failure, 'crit')),
    ...checks.flatMap((check) => checkLines(check, width, glyphs)),
  ];
}

function checkLines({ result, code, message, fix }: DoctorCheck, width: number, glyphs: Glyphs): readonly Line[] {
  const [sign, token] = signOf(result, glyphs);
  const said = cellText(result === 'ok' ? message : `${message}  ${code}`, glyphs.name);
  return [
    ...wrapText(said, width - 6).map(
      (text, index): Line => [span('  '), span(index === 0 ? sign : ' ', token), span(' '), span(text)],
    ),
    ...(fix === '' ? [] : wrapText(cellText(`fix: ${fix}`, glyphs.name), width - 10)).map(
      (text): Line => [span('      '), span(text, 'accent')],
    ),
  ];
}

function signOf(result: DoctorCheck['result'], glyphs: Glyphs): readonly [string, Token] {
  switch (result) {
    case 'ok':
      return [glyphs.pass, 'ok'];
    case 'warning':
      return [glyphs.warning, 'warn'];
    case 'failure':
      return [glyphs.fail, 'crit'];
  }
}
