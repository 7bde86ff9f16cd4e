// Names of the keys in what the terminal sent.

/** What ink says about one piece of input. */
export interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageDown: boolean;
  readonly pageUp: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly meta: boolean;
}

const special: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
];

/**
 * Keys in the order in which they were pressed. What was typed fast, or came over a slow line, arrives as one piece: `jj` is
 * two keys, `/x` and a carriage return three.
 */
export function keyNames(input: string, key: InkKey): readonly string[] {
  if (key.tab) return [key.shift ? 'shift-tab' : 'tab'];
  for (const [flag, name] of special) if (key[flag]) return [name];
  if (key.ctrl) return input === '' ? [] : [`ctrl-${input.toLowerCase()}`];
  const names = Array.from(input, keyName).filter((name) => name !== '');
  // Escape and a key in one piece look like that key with Alt, which means nothing here.
  return key.meta ? ['esc', ...names] : names;
}

function keyName(character: string): string {
  switch (character) {
    case '\r':
    case '\n':
      return 'enter';
    case '\t':
      return 'tab';
    case '\u001b':
      return 'esc';
    case '\u007f':
    case '\b':
      return 'backspace';
    default:
      break;
  }
  const code = character.codePointAt(0) ?? 0;
  // Control characters are the letters without their upper bits.
  return code < 0x20 ? `ctrl-${String.fromCharCode(code + 0x60)}` : character;
}
