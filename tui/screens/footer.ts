// The two lines at the bottom: what is asked or said, and the keys.
import { durationText } from '#control/duration-text.ts';
import { keymap } from '../state/keymap.ts';
import type { Model, Prompt } from '../state/model.ts';
import { shownWorld } from '../state/selectors.ts';
import { cellText } from '../text/cell-text.ts';
import { profiles } from '../text/glyphs.ts';
import { cutLine, type Line, lineWidth, padLine, span, spread } from '../text/line.ts';
import { takeEnd } from '../text/to-width.ts';

/** As many keys as fit. The last column of the last line stays free: a terminal that wraps there would scroll. */
export function keysLine(model: Model): Line {
  const hints = keymap.flatMap(({ hint }) => (hint ? [hint] : []));
  const width = model.ui.size.columns - 1;
  const shown = new Set<(typeof hints)[number]>();
  const text = () => ` ${hints.flatMap((hint) => (shown.has(hint) ? [hint.text] : [])).join('  ')}`;
  for (const hint of hints.toSorted((a, b) => b.worth - a.worth)) {
    shown.add(hint);
    if (text().length > width) shown.delete(hint);
  }
  return padLine([span(text(), 'dim')], width);
}

/** A prompt, a message, or what to do about what is wrong. */
export function messageLine(model: Model, nowMs: number): Line {
  const { ui } = model;
  const width = ui.size.columns;
  if (ui.overlay === 'confirm-quit') return padLine([span(' '), ...confirmation(model)], width);
  if (ui.prompt !== null) return promptLine(ui.prompt, model);
  if (ui.message !== null) {
    return padLine([span(' '), span(cellText(ui.message.text, ui.profile), ui.message.style)], width);
  }
  if (ui.frozen !== null) {
    const text = `FROZEN ${durationText((nowMs - ui.frozen.sinceMs) / 1000)}. The daemon goes on; p shows it again.`;
    return padLine([span(' '), span(text, 'frozen')], width);
  }
  if (model.connection.state === 'lost' && model.world.status !== null) {
    return padLine([span(' '), span('Not live: the daemon does not answer. r tries again', 'stale')], width);
  }
  return padLine([span(' '), ...summary(model)], width);
}

/** Said shortly: it has to fit into 40 cells. */
function confirmation({ world, ui }: Model): Line {
  const here = world.status?.vips.here ?? 0;
  const effect = here === 0 ? '' : ` It answers for ${here} ${here === 1 ? 'VIP' : 'VIPs'}.`;
  const question = 'Stop the daemon and leave? y/n';
  const fits = question.length + effect.length < ui.size.columns;
  return [span(question, 'crit'), span(fits ? effect : '')];
}

const labels: Readonly<Record<Prompt['kind'], string>> = {
  filter: 'filter: ',
  command: ':',
  'who-has': 'who has (address or service): ',
  action: 'type it to do it: ',
};

function promptLine({ kind, text, fault }: Prompt, { ui }: Model): Line {
  const glyphs = profiles[ui.profile];
  const width = ui.size.columns;
  const validity =
    fault === null ? span(`${glyphs.pass} valid`, 'ok') : span(`${glyphs.fail} ${cellText(fault, ui.profile)}`, 'crit');
  const right = kind === 'filter' || fault !== null ? [validity] : [];
  // What is typed is seen before what is wrong with it.
  const typed = cellText(text, ui.profile);
  const room = Math.max(10, width - labels[kind].length - 24);
  const left = [span(' '), span(labels[kind], 'accent'), span(takeEnd(typed, room)), span(' ', 'selection')];
  return spread(left, cutLine(right, Math.max(0, width - lineWidth(left) - 1)), width);
}

function summary(model: Model): Line {
  const glyphs = profiles[model.ui.profile];
  const { status, lists } = shownWorld(model);
  if (status === null) return [];
  const count = (wanted: string) => lists.problems.filter(({ severity }) => severity === wanted).length;
  const critical = count('critical');
  const warnings = count('warning');
  if (critical > 0) {
    const what = `${glyphs.critical} ${critical} critical ${critical === 1 ? 'problem' : 'problems'}`;
    return [span(model.ui.size.columns < 60 ? what : `${what}: enter opens it, e explains it`, 'crit')];
  }
  if (warnings > 0) return [span(`${glyphs.warning} ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`, 'warn')];
  return [span(`${glyphs.pass} no problems`, 'ok')];
}
