// Header and footer as ink draws them; what lies between stays blank for the painter of the body.
import { Box, type SuspendTerminal, Text, useApp, useInput } from 'ink';
import { useSyncExternalStore } from 'react';
import { keyNames } from '../state/key-names.ts';

export interface ChromeLines {
  /** Painted text. */
  readonly top: readonly string[];
  readonly blank: number;
  readonly bottom: readonly string[];
}

/** Tells ink what to draw, without passing through React's own state. */
export class ChromeSource {
  #lines: ChromeLines = { top: [], blank: 0, bottom: [] };
  readonly #listeners = new Set<() => void>();
  /** Ink's own, once it has drawn. */
  suspendTerminal: SuspendTerminal | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly lines = (): ChromeLines => this.#lines;

  set(lines: ChromeLines): void {
    this.#lines = lines;
    for (const listener of this.#listeners) listener();
  }
}

export interface ChromeProps {
  readonly source: ChromeSource;
  readonly onKeys: (keys: readonly string[]) => void;
}

export function Chrome({ source, onKeys }: ChromeProps) {
  const { top, blank, bottom } = useSyncExternalStore(source.subscribe, source.lines);
  source.suspendTerminal = useApp().suspendTerminal;
  useInput((input, key) => onKeys(keyNames(input, key)));
  return (
    <Box flexDirection="column">
      {top.map((line, index) => (
        <Text key={`top ${String(index)}`} wrap="truncate">
          {line}
        </Text>
      ))}
      <Box height={blank} />
      {bottom.map((line, index) => (
        <Text key={`bottom ${String(index)}`} wrap="truncate">
          {line}
        </Text>
      ))}
    </Box>
  );
}
