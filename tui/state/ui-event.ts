// What can happen to the interface, and what it asks the world to do.

import type { DoctorAnswer } from '#control/doctor-answer.ts';
import type { AnnouncementItem, HistoryItem } from '#control/list-items.ts';
import type { ExplainAnswer, PlanAnswer, WhoHasAnswer } from '#control/protocol.ts';
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import type { Size } from '../layout/breakpoint.ts';
import type { Connection } from './connection.ts';
import type { ActionItem, PacketsState, UiMessage } from './model.ts';
import type { World } from './world.ts';

/** An answer, or the sentence why there is none. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export type UiEvent =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'resize'; readonly size: Size }
  | { readonly kind: 'world'; readonly world: World }
  | { readonly kind: 'traffic'; readonly answer: TrafficAnswer }
  /** What the daemon still has, oldest first. */
  | { readonly kind: 'backlog'; readonly items: readonly TrafficItem[] }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'explained'; readonly object: string; readonly answer: Answer<ExplainAnswer> }
  | { readonly kind: 'planned'; readonly paths: readonly string[]; readonly answer: Answer<PlanAnswer> }
  | { readonly kind: 'examined'; readonly answer: Answer<DoctorAnswer> }
  | {
      readonly kind: 'address';
      readonly ip: string;
      readonly whoHas: Answer<WhoHasAnswer>;
      readonly history: readonly HistoryItem[];
      readonly announcements: readonly AnnouncementItem[];
      /** Frames about the address, oldest first. */
      readonly frames: readonly TrafficItem[];
    }
  | { readonly kind: 'packets'; readonly packets: PacketsState | null }
  | { readonly kind: 'message'; readonly message: UiMessage }
  /** A minute passed without a frame. */
  | { readonly kind: 'tick' };

export type Effect =
  | { readonly kind: 'explain'; readonly object: string }
  | { readonly kind: 'address'; readonly ip: string; readonly probe: boolean }
  | { readonly kind: 'examine' }
  /** `paths` empty: those that the daemon runs with. */
  | { readonly kind: 'plan'; readonly paths: readonly string[] }
  | { readonly kind: 'act'; readonly item: ActionItem }
  | { readonly kind: 'backlog' }
  | { readonly kind: 'copy'; readonly text: string; readonly what: string }
  | { readonly kind: 'save-rows'; readonly name: string; readonly rows: readonly unknown[] }
  | { readonly kind: 'save-frame' }
  /** Writes what fits the filter into a file, from now on. */
  | { readonly kind: 'packets'; readonly filter: string }
  | { readonly kind: 'packets-end' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'quit' };

export interface Update<M> {
  readonly model: M;
  readonly effects: readonly Effect[];
}
