// Frames of the terminal interface without a terminal.
import type { Size } from '#tui/layout/breakpoint.ts';
import { composeFrame, type Frame } from '#tui/screens/compose.ts';
import { initialModel, type Model } from '#tui/state/model.ts';
import type { UiEvent } from '#tui/state/ui-event.ts';
import type { World } from '#tui/state/world.ts';
import type { ProfileName } from '#tui/text/glyphs.ts';
import { type Line, plainText } from '#tui/text/line.ts';
import { update } from '#tui/update/update.ts';
import { nowMs } from './ui-worlds.ts';

export interface ModelWishes {
  readonly size?: Size;
  readonly profile?: ProfileName;
  readonly world?: World;
  readonly ownsDaemon?: boolean;
  readonly writable?: boolean;
}

/** Connected, on the Overview. */
export function liveModel({ size, profile, world, ownsDaemon, writable }: ModelWishes = {}): Model {
  const model = initialModel({
    size: size ?? { columns: 120, rows: 35 },
    profile: profile ?? 'unicode',
    theme: 'ansi',
    socket: '/run/lanlord/lanlord.sock',
    ownsDaemon: ownsDaemon ?? false,
    writable: writable ?? false,
  });
  return { ...model, connection: { state: 'live' }, ...(world === undefined ? {} : { world }) };
}

export function after(model: Model, ...events: readonly UiEvent[]): Model {
  return events.reduce((before, event) => update(before, event, nowMs).model, model);
}

/** Keys by name, one after another. */
export function typed(model: Model, ...keys: readonly string[]): Model {
  return after(model, ...keys.map((key): UiEvent => ({ kind: 'key', key })));
}

export function frameLines(model: Model, atMs = nowMs): readonly Line[] {
  const { top, body, bottom }: Frame = composeFrame(model, atMs);
  return [...top, ...body, ...bottom];
}

export function frameText(model: Model, atMs = nowMs): string {
  return frameLines(model, atMs)
    .map((line) => plainText(line).trimEnd())
    .join('\n');
}
