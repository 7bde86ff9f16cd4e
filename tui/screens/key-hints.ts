// The keys that are worth knowing where one is: what the last line of the screen shows.
import { keymap } from '../state/keymap.ts';
import type { Model } from '../state/model.ts';
import { isLossShown } from '../state/selectors.ts';

export interface KeyHint {
  readonly text: string;
  /** Where there is too little room, those that are worth least are left out. */
  readonly worth: number;
}

const doctor: KeyHint = { text: 'd examine this machine', worth: 6 };
const help: KeyHint = { text: '? help', worth: 9 };
const back: KeyHint = { text: 'esc back', worth: 8 };
const scroll: KeyHint = { text: 'j/k scroll', worth: 5 };
const explain: KeyHint = { text: 'e explain', worth: 7 };
const copy: KeyHint = { text: 'c copy', worth: 2 };

/** Where keys mean something else than in a list, or others matter. */
const places = {
  lost: [{ text: 'r retry now', worth: 9 }, doctor, help, { text: 'q quit', worth: 8 }],
  'lost-known': [
    { text: 'r retry now', worth: 9 },
    { text: 'esc last known state', worth: 7 },
    doctor,
    help,
    { text: 'q quit', worth: 8 },
  ],
  doctor: [scroll, { text: 'r ask again', worth: 7 }, { text: 'esc close', worth: 9 }],
  help: [scroll, { text: 'esc close', worth: 9 }],
  menu: [
    { text: 'j/k move', worth: 5 },
    { text: 'enter choose', worth: 7 },
    { text: 'esc cancel', worth: 9 },
  ],
  filter: [
    { text: 'enter keep', worth: 7 },
    { text: 'tab complete', worth: 5 },
    { text: 'up earlier', worth: 3 },
    { text: 'esc leave, again: clear', worth: 9 },
  ],
  command: [
    { text: 'enter do', worth: 7 },
    { text: 'tab complete', worth: 5 },
    { text: 'up earlier', worth: 3 },
    { text: 'esc cancel', worth: 9 },
  ],
  'who-has': [
    { text: 'enter look', worth: 7 },
    { text: 'up earlier', worth: 3 },
    { text: 'esc cancel', worth: 9 },
  ],
  action: [
    { text: 'enter do', worth: 7 },
    { text: 'esc cancel', worth: 9 },
  ],
  quit: [
    { text: 'y stop it', worth: 8 },
    { text: 'n stay', worth: 9 },
  ],
  explain: [
    { text: 'j/k move', worth: 4 },
    { text: '^d ^u scroll', worth: 6 },
    { text: 'e explain another', worth: 5 },
    copy,
    { text: 'esc close', worth: 9 },
    help,
  ],
  ip: [
    scroll,
    explain,
    { text: 'a probe now', worth: 6 },
    { text: '5 its traffic', worth: 4 },
    { text: 'x packets', worth: 3 },
    copy,
    { text: 'i who-has', worth: 3 },
    back,
    help,
  ],
  service: [scroll, explain, copy, { text: 'i who-has', worth: 3 }, back, help],
  page: [scroll, copy, { text: 'i who-has', worth: 3 }, back, help],
  stream: [
    { text: 'j/k move', worth: 1 },
    { text: 'enter open', worth: 6 },
    { text: '/ filter', worth: 8 },
    { text: 'p freeze', worth: 7 },
    { text: 'G newest', worth: 5 },
    { text: 'n/N trouble', worth: 4 },
    { text: 'v verdicts', worth: 3 },
    { text: 'x packets', worth: 3 },
    { text: 'a probe', worth: 2 },
    { text: 't time', worth: 0 },
    help,
    { text: 'q quit', worth: 6 },
  ],
} as const satisfies Readonly<Record<string, readonly KeyHint[]>>;

export type KeyPlace = keyof typeof places | 'list';

export function keyPlace(model: Model): KeyPlace {
  const { ui, world } = model;
  if (ui.overlay === 'confirm-quit') return 'quit';
  if (ui.prompt !== null) return ui.prompt.kind;
  if (ui.overlay === 'help' || ui.overlay === 'doctor') return ui.overlay;
  if (isLossShown(model)) return world.status === null ? 'lost' : 'lost-known';
  if (ui.overlay === 'actions') return 'menu';
  if (ui.explain !== null) return 'explain';
  const { page, screen } = ui.place;
  if (page?.kind === 'ip' || page?.kind === 'service') return page.kind;
  if (page !== null) return 'page';
  return screen === 'traffic' ? 'stream' : 'list';
}

/** Those that leave stand at the end. */
const atEnd: ReadonlySet<string> = new Set(['help', 'leave']);

function listHints(): readonly KeyHint[] {
  const ends = (binding: (typeof keymap)[number]) => binding.bindings.some(({ action }) => atEnd.has(action));
  const ordered = [...keymap.filter((binding) => !ends(binding)), ...keymap.filter(ends).toReversed()];
  return ordered.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
}

export function keyHints(model: Model): readonly KeyHint[] {
  const place = keyPlace(model);
  return place === 'list' ? listHints() : places[place];
}
