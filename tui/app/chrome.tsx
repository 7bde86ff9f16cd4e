// The lines at the top as ink draws them, and the keys as it reads them. Everything below belongs to the painter.
import { Box, type SuspendTerminal, Text, useApp, useInput, usePaste } from 'ink';
import { useSyncExternalStore } from 'react';
import { keyNames } from '../state/key-names.ts';

/** Tells ink what to draw, without passing through React's own state. */
export class ChromeSource {
  #lines: readonly string[] = [];
  readonly #listeners = new Set<() => void>();
  /** Ink's own, once it has drawn. */
  suspendTerminal: SuspendTerminal | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly lines = (): readonly string[] => this.#lines;

  /** Painted text. The same lines as before cost nothing. */
  set(lines: readonly string[]): void {
    const isSame = lines.length === this.#lines.length && lines.every((line, index) => line === this.#lines[index]);
    if (!isSame) this.again(lines);
  }

  /** Has ink draw, whatever it drew before. */
  again(lines: readonly string[] = [...this.#lines]): void {
    this.#lines = lines;
    for (const listener of this.#listeners) listener();
  }
}

export interface ChromeProps {
  readonly source: ChromeSource;
  readonly onKeys: (keys: readonly string[]) => void;
  /** Whole, where the terminal tells pasted text from keys. */
  readonly onPaste: (text: string) => void;
}

export function Chrome({ source, onKeys, onPaste }: ChromeProps) {
  const lines = useSyncExternalStore(source.subscribe, source.lines);
  source.suspendTerminal = useApp().suspendTerminal;
  useInput((input, key) => onKeys(keyNames(input, key)));
  usePaste(onPaste);
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        <Text key={`line ${String(index)}`} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}
