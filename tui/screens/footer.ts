// The two lines at the bottom: what is asked or said, and the keys.
import { durationText } from '#control/duration-text.ts';
import type { Model, PacketsState, Prompt, UiState } from '../state/model.ts';
import { cellText } from '../text/cell-text.ts';
import { profiles } from '../text/glyphs.ts';
import { cutLine, type Line, lineWidth, padLine, span, spread } from '../text/line.ts';
import { takeEnd } from '../text/to-width.ts';
import { keyHints } from './key-hints.ts';
import { summaryLine } from './summary-line.ts';
import { grouped } from './view.ts';

/** As many keys as fit. The last column of the last line stays free: a terminal that wraps there would scroll. */
export function keysLine(model: Model): Line {
  const hints = keyHints(model);
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
  if (ui.packets !== null) return padLine([span(' '), span(packetsText(ui.packets, ui), 'accent')], width);
  if (ui.frozen !== null) {
    const text = `FROZEN ${durationText((nowMs - ui.frozen.sinceMs) / 1000)}. The daemon goes on; p shows it again.`;
    return padLine([span(' '), span(text, 'frozen')], width);
  }
  if (model.connection.state === 'lost' && model.world.status !== null) {
    return padLine([span(' '), span('Not live: the daemon does not answer. r tries again', 'stale')], width);
  }
  return padLine([span(' '), ...summaryLine(model, nowMs)], width);
}

function packetsText({ path, bytes, filter }: PacketsState, { size, profile }: UiState): string {
  const how = bytes === 0 ? 'starting' : `${grouped(Math.ceil(bytes / 1024))} kB`;
  if (size.columns < 80) return `writing packets, ${how}; 5 x ends it`;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const what = filter === '' ? '' : ` of ${filter}`;
  return cellText(
    `writing ${name}, ${how}; x on Traffic ends it. Packets${what === '' ? ' of all frames' : what}`,
    profile,
  );
}

/** Said shortly: it has to fit into 40 cells. */
function confirmation({ world, ui }: Model): Line {
  const here = world.status?.vips.here ?? 0;
  const effect = here === 0 ? '' : ` It answers for ${here} ${here === 1 ? 'VIP' : 'VIPs'}.`;
  const question = 'Stop the daemon and leave? y/n';
  const fits = question.length + effect.length < ui.size.columns;
  return [span(question, 'crit'), span(fits ? effect : '')];
}

/** Narrower terminals get the shortest labels. */
const roomForLabels = 60;

function label({ kind }: Prompt, { ui }: Model): string {
  const isNarrow = ui.size.columns < roomForLabels;
  const typed = cellText(ui.actions?.items[ui.actions.selected]?.typed ?? '', ui.profile);
  switch (kind) {
    case 'filter':
      return 'filter: ';
    case 'command':
      return ':';
    case 'who-has':
      return isNarrow ? 'who has: ' : 'who has (address, MAC or service): ';
    case 'action':
      return isNarrow ? 'type it: ' : `type ${typed} to do it: `;
  }
}

function promptLine(prompt: Prompt, model: Model): Line {
  const { kind, text, fault } = prompt;
  const { ui } = model;
  const name = label(prompt, model);
  const glyphs = profiles[ui.profile];
  const width = ui.size.columns;
  const validity =
    fault === null ? span(`${glyphs.pass} valid`, 'ok') : span(`${glyphs.fail} ${cellText(fault, ui.profile)}`, 'crit');
  const said = ui.message === null ? [] : [span(cellText(ui.message.text, ui.profile), ui.message.style)];
  const right = ui.message !== null ? said : kind === 'filter' || fault !== null ? [validity] : [];
  // What is typed is seen before what is wrong with it.
  const typed = cellText(text, ui.profile);
  const room = Math.max(10, width - name.length - 24);
  const left = [span(' '), span(name, 'accent'), span(takeEnd(typed, room)), span(' ', 'selection')];
  return spread(left, cutLine(right, Math.max(0, width - lineWidth(left) - 1)), width);
}
