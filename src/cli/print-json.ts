// JSON for people and pipes: indented, ASCII only.
import { asciiJson } from '#control/stream-list.ts';
import type { Output } from './output.ts';

export function printJson(value: unknown, output: Output): void {
  output.data(`${asciiJson(value, 2)}\n`);
}
