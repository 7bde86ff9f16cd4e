// Every key of the interface: one table for what happens, the help and the reference page.

export type Action =
  | 'move.down'
  | 'move.up'
  | 'move.half-down'
  | 'move.half-up'
  | 'move.page-down'
  | 'move.page-up'
  | 'move.first'
  | 'move.last'
  | 'open'
  | 'back'
  | 'leave'
  | 'screen.1'
  | 'screen.2'
  | 'screen.3'
  | 'screen.4'
  | 'screen.5'
  | 'screen.6'
  | 'screen.7'
  | 'pane.next'
  | 'pane.previous'
  | 'history.back'
  | 'history.forward'
  | 'filter'
  | 'command'
  | 'help'
  | 'freeze'
  | 'notable.next'
  | 'notable.previous'
  | 'verdicts'
  | 'explain'
  | 'who-has'
  | 'probe'
  | 'doctor'
  | 'copy'
  | 'save'
  | 'save.frame'
  | 'sort'
  | 'sort.reverse'
  | 'wide'
  | 'time'
  | 'retry'
  | 'redraw'
  | 'actions'
  | 'suspend'
  | 'interrupt';

export const keyGroups = ['Move', 'Look', 'Ask', 'Table', 'Keep', 'Change'] as const;

export interface KeyBinding {
  readonly group: (typeof keyGroups)[number];
  readonly bindings: readonly { readonly keys: readonly string[]; readonly action: Action }[];
  /** As the help shows the keys; their own names joined when absent. */
  readonly shown?: string;
  readonly meaning: string;
  /** For the last line of the screen; where there is too little room, those that are worth least are left out. */
  readonly hint?: { readonly worth: number; readonly text: string };
}

// No function keys (ink cannot see them), no ctrl-a and ctrl-b (prefixes of screen and tmux), no meaning for ctrl-s and
// ctrl-q (flow control), and no single key that changes the network. A letter means the same on every screen.
export const keymap: readonly KeyBinding[] = [
  {
    group: 'Move',
    bindings: [
      { keys: ['j', 'down'], action: 'move.down' },
      { keys: ['k', 'up'], action: 'move.up' },
    ],
    shown: 'j k down up',
    meaning: 'row',
    hint: { worth: 1, text: 'j/k move' },
  },
  {
    group: 'Move',
    bindings: [
      { keys: ['ctrl-d'], action: 'move.half-down' },
      { keys: ['ctrl-u'], action: 'move.half-up' },
    ],
    shown: '^d ^u',
    meaning: 'half page',
  },
  {
    group: 'Move',
    bindings: [
      { keys: ['pagedown'], action: 'move.page-down' },
      { keys: ['pageup'], action: 'move.page-up' },
    ],
    shown: 'pgdn pgup',
    meaning: 'page',
  },
  {
    group: 'Move',
    bindings: [
      { keys: ['g', 'home'], action: 'move.first' },
      { keys: ['G', 'end'], action: 'move.last' },
    ],
    shown: 'g G',
    meaning: 'first, last; newest',
  },
  {
    group: 'Move',
    bindings: [
      { keys: ['tab'], action: 'pane.next' },
      { keys: ['shift-tab'], action: 'pane.previous' },
    ],
    shown: 'tab s-tab',
    meaning: 'pane',
  },
  {
    group: 'Move',
    bindings: [
      { keys: ['1'], action: 'screen.1' },
      { keys: ['2'], action: 'screen.2' },
      { keys: ['3'], action: 'screen.3' },
      { keys: ['4'], action: 'screen.4' },
      { keys: ['5'], action: 'screen.5' },
      { keys: ['6'], action: 'screen.6' },
      { keys: ['7'], action: 'screen.7' },
    ],
    shown: '1 to 7',
    meaning: 'screen',
  },
  {
    group: 'Move',
    bindings: [
      { keys: ['['], action: 'history.back' },
      { keys: [']'], action: 'history.forward' },
    ],
    shown: '[ ]',
    meaning: 'places before, after',
  },
  {
    group: 'Look',
    bindings: [{ keys: ['enter'], action: 'open' }],
    shown: 'enter',
    meaning: 'open',
    hint: { worth: 6, text: 'enter open' },
  },
  { group: 'Look', bindings: [{ keys: ['esc'], action: 'back' }], shown: 'esc', meaning: 'back, or clear' },
  {
    group: 'Look',
    bindings: [{ keys: ['q'], action: 'leave' }],
    shown: 'q',
    meaning: 'back; at the top: quit',
    hint: { worth: 7, text: 'q quit' },
  },
  {
    group: 'Look',
    bindings: [{ keys: ['/'], action: 'filter' }],
    shown: '/',
    meaning: 'filter',
    hint: { worth: 8, text: '/ filter' },
  },
  {
    group: 'Look',
    bindings: [{ keys: [':'], action: 'command' }],
    shown: ':',
    meaning: 'command',
    hint: { worth: 5, text: ': cmd' },
  },
  {
    group: 'Look',
    bindings: [{ keys: ['p'], action: 'freeze' }],
    shown: 'p',
    meaning: 'freeze, go on',
    hint: { worth: 2, text: 'p freeze' },
  },
  {
    group: 'Look',
    bindings: [{ keys: ['t'], action: 'time' }],
    shown: 't',
    meaning: 'times: ago, UTC, local',
  },
  {
    group: 'Look',
    bindings: [
      { keys: ['n'], action: 'notable.next' },
      { keys: ['N'], action: 'notable.previous' },
    ],
    shown: 'n N',
    meaning: 'next trouble in a stream',
  },
  { group: 'Look', bindings: [{ keys: ['v'], action: 'verdicts' }], shown: 'v', meaning: 'frames: which verdicts' },
  {
    group: 'Ask',
    bindings: [{ keys: ['i'], action: 'who-has' }],
    shown: 'i',
    meaning: 'who has an IP',
    hint: { worth: 4, text: 'i who-has' },
  },
  {
    group: 'Ask',
    bindings: [{ keys: ['e'], action: 'explain' }],
    shown: 'e',
    meaning: 'explain why',
    hint: { worth: 3, text: 'e explain' },
  },
  { group: 'Ask', bindings: [{ keys: ['a'], action: 'probe' }], shown: 'a', meaning: 'probe the LAN' },
  { group: 'Ask', bindings: [{ keys: ['d'], action: 'doctor' }], shown: 'd', meaning: 'doctor: is this box fit' },
  {
    group: 'Ask',
    bindings: [{ keys: ['?'], action: 'help' }],
    shown: '?',
    meaning: 'this help',
    hint: { worth: 9, text: '? help' },
  },
  { group: 'Ask', bindings: [{ keys: ['r'], action: 'retry' }], shown: 'r', meaning: 'ask, connect again now' },
  {
    group: 'Table',
    bindings: [{ keys: ['s'], action: 'sort' }],
    shown: 's',
    meaning: 'sort by the next column',
    hint: { worth: 0, text: 's sort' },
  },
  { group: 'Table', bindings: [{ keys: ['S'], action: 'sort.reverse' }], shown: 'S', meaning: 'reverse the order' },
  {
    group: 'Table',
    bindings: [{ keys: ['w'], action: 'wide' }],
    shown: 'w',
    meaning: 'more columns',
    hint: { worth: 0, text: 'w wide' },
  },
  { group: 'Keep', bindings: [{ keys: ['c'], action: 'copy' }], shown: 'c', meaning: 'copy; twice: command' },
  { group: 'Keep', bindings: [{ keys: ['x'], action: 'save' }], shown: 'x', meaning: 'save rows, or packets' },
  { group: 'Keep', bindings: [{ keys: ['X'], action: 'save.frame' }], shown: 'X', meaning: 'save this screen' },
  { group: 'Change', bindings: [{ keys: ['!'], action: 'actions' }], shown: '!', meaning: 'actions, with --rw' },
  { group: 'Keep', bindings: [{ keys: ['ctrl-l'], action: 'redraw' }], shown: '^l', meaning: 'draw again' },
  { group: 'Keep', bindings: [{ keys: ['ctrl-z'], action: 'suspend' }], shown: '^z', meaning: 'suspend' },
  { group: 'Keep', bindings: [{ keys: ['ctrl-c'], action: 'interrupt' }], shown: '^c', meaning: 'ask, then quit' },
];

const byKey: ReadonlyMap<string, Action> = new Map(
  keymap.flatMap(({ bindings }) => bindings.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const))),
);

/** What a key does; undefined for one that does nothing. */
export function actionOf(key: string): Action | undefined {
  return byKey.get(key);
}
