// The table of keys is whole, unambiguous and safe.
import { expect, test } from 'bun:test';
import { helpLines } from '#tui/screens/help-lines.ts';
import { keyNames } from '#tui/state/key-names.ts';
import { actionOf, keymap } from '#tui/state/keymap.ts';
import { plainText } from '#tui/text/line.ts';
import { commandOf, commandTable } from '#tui/update/command-table.ts';

const bindings = keymap.flatMap((entry) => entry.bindings);

test('no key has two meanings, and no action is bound twice', () => {
  const keys = bindings.flatMap((binding) => binding.keys);
  expect(keys.toSorted()).toEqual([...new Set(keys)].sort());
  const actions = bindings.map(({ action }) => action);
  expect(actions.toSorted()).toEqual([...new Set(actions)].sort());
  for (const { keys: names, action } of bindings) for (const key of names) expect(actionOf(key)).toBe(action);
});

test('keys that people press by reflex elsewhere mean nothing: F-keys, prefixes of screen and tmux, flow control', () => {
  for (const key of ['f1', 'f10', 'ctrl-a', 'ctrl-b', 'ctrl-s', 'ctrl-q', 'ctrl-w', 'ctrl-x', 'D', 'x\u007f']) {
    expect(actionOf(key)).toBeUndefined();
  }
});

test('the help shows every binding and every command', () => {
  const text = helpLines(120).map(plainText).join('\n');
  for (const { meaning, shown } of keymap) {
    expect(text).toContain(meaning);
    if (shown !== undefined) expect(text).toContain(shown);
  }
  for (const { name, meaning } of commandTable) if (meaning !== '') expect(text).toContain(`:${name}`);
});

test('a command may be shortened to what only it begins with', () => {
  expect(commandOf('q')).toBe('quit');
  expect(commandOf('le')).toBe('leaders');
  expect(commandOf('p')).toBeNull();
  expect(commandOf('services')).toBe('services');
  expect(commandOf('')).toBeNull();
});

const plain = {
  ...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false },
  ...{ home: false, end: false, return: false, escape: false, ctrl: false, shift: false, tab: false },
  ...{ backspace: false, delete: false, meta: false },
};

test.each([
  ['jj', {}, ['j', 'j']],
  ['j\r', {}, ['j', 'enter']],
  ['', { return: true }, ['enter']],
  ['', { upArrow: true }, ['up']],
  ['c', { ctrl: true }, ['ctrl-c']],
  ['', { tab: true, shift: true }, ['shift-tab']],
  ['\u0004x', {}, ['ctrl-d', 'x']],
  ['?', { meta: true }, ['esc', '?']],
  ['日', {}, ['日']],
] as const)('%j with %j are the keys %j', (input, flags, names) => {
  expect(keyNames(input, { ...plain, ...flags })).toEqual([...names]);
});
