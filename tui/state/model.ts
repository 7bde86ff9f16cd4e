// Everything a frame is made of: what the daemon said, how it is reached, and what somebody chose to see.
import type { ActionName } from '#control/action-protocol.ts';
import type { DoctorAnswer } from '#control/doctor-answer.ts';
import type { AnnouncementItem, HistoryItem } from '#control/list-items.ts';
import type { ExplainAnswer, WhoHasAnswer } from '#control/protocol.ts';
import type { TrafficItem } from '#control/traffic-protocol.ts';
import type { Size } from '../layout/breakpoint.ts';
import type { TimeForm } from '../panes/cell-context.ts';
import type { PaneId, Sort } from '../panes/pane.ts';
import type { ProfileName } from '../text/glyphs.ts';
import type { Token } from '../text/line.ts';
import type { ThemeName } from '../text/theme.ts';
import type { Connection } from './connection.ts';
import type { Cursor } from './cursor.ts';
import type { Place, Screen } from './place.ts';
import { emptyWorld, type World } from './world.ts';

export interface Model {
  readonly world: World;
  readonly connection: Connection;
  readonly ui: UiState;
}

export interface UiState {
  readonly size: Size;
  readonly profile: ProfileName;
  readonly theme: ThemeName;
  readonly socket: string;
  /** The daemon was started together with this interface, and ends with it. */
  readonly ownsDaemon: boolean;
  /** Started with `--rw`: the actions menu works. */
  readonly writable: boolean;
  readonly place: Place;
  /** BOUNDED: `keptPlaces`, newest last. */
  readonly before: readonly Place[];
  readonly after: readonly Place[];
  readonly focus: Readonly<Partial<Record<Screen, PaneId>>>;
  readonly cursors: Readonly<Partial<Record<PaneId, Cursor>>>;
  /** Filters that are applied; valid ones only. */
  readonly filters: Readonly<Partial<Record<Screen, string>>>;
  readonly sorts: Readonly<Partial<Record<PaneId, Sort>>>;
  readonly wide: boolean;
  readonly time: TimeForm;
  /** The world that is shown while frozen. */
  readonly frozen: { readonly world: World; readonly sinceMs: number } | null;
  readonly prompt: Prompt | null;
  /** BOUNDED: `keptInputs` each, newest last. */
  readonly inputs: Readonly<Record<PromptKind, readonly string[]>>;
  readonly overlay: Overlay | null;
  /** The actions menu, and while it is answered the chosen one. */
  readonly actions: { readonly items: readonly ActionItem[]; readonly selected: number } | null;
  readonly explain: ExplainPane | null;
  /** What was found when it was asked last. */
  readonly doctor: DoctorPane | null;
  readonly detail: AddressDetail | null;
  /** First line shown of a page or of the help. */
  readonly pageTop: number;
  readonly message: UiMessage | null;
  /** Packets that are being written into a file; null: none. */
  readonly packets: PacketsState | null;
  /** The NOT CONNECTED page was put away: the stale screens are shown. */
  readonly lossDismissed: boolean;
  /** ctrl-c or copy was the key before this one. */
  readonly lastAction: 'interrupt' | 'copy' | null;
}

export type PromptKind = 'filter' | 'command' | 'who-has' | 'action';

export const keptInputs = 50;

export interface Prompt {
  readonly kind: PromptKind;
  readonly text: string;
  /** How far back in the earlier inputs; 0: a new one. */
  readonly back: number;
  /** What is wrong with the text so far; null: nothing. */
  readonly fault: string | null;
}

export type Overlay = 'help' | 'doctor' | 'confirm-quit' | 'actions';

/** Something that changes the network. */
export interface ActionItem {
  readonly action: ActionName;
  readonly query: Readonly<Record<string, string | null>>;
  /** What it does, in a few words. */
  readonly effect: string;
  /** The same from a shell. */
  readonly command: string;
  /** What has to be typed before it is done. */
  readonly typed: string;
}

export interface ExplainPane {
  readonly object: string;
  readonly answer: ExplainAnswer | null;
  readonly failure: string | null;
  /** First line shown. */
  readonly top: number;
}

export interface DoctorPane {
  readonly isAsking: boolean;
  /** The last one that came; a failure does not take it away. */
  readonly answer: DoctorAnswer | null;
  readonly failure: string | null;
}

/** What is asked for the page of an address, and again while it is open. */
export interface AddressDetail {
  readonly ip: string;
  readonly whoHas: WhoHasAnswer | null;
  readonly failure: string | null;
  readonly isProbing: boolean;
  readonly history: readonly HistoryItem[];
  readonly announcements: readonly AnnouncementItem[];
  /** Frames about it, oldest first. BOUNDED: by the question. */
  readonly frames: readonly TrafficItem[];
}

export interface PacketsState {
  readonly path: string;
  /** In the grammar of filters; empty: everything. */
  readonly filter: string;
  /** Size of the file; 0: it has not begun yet. */
  readonly bytes: number;
}

export interface UiMessage {
  readonly text: string;
  readonly style: Token;
}

export interface StartWishes {
  readonly size: Size;
  readonly profile: ProfileName;
  readonly theme: ThemeName;
  readonly socket: string;
  readonly ownsDaemon: boolean;
  readonly writable: boolean;
}

export function initialModel(wishes: StartWishes): Model {
  return {
    world: emptyWorld,
    connection: { state: 'connecting' },
    ui: {
      ...wishes,
      place: { screen: 'overview', page: null },
      before: [],
      after: [],
      focus: {},
      cursors: {},
      filters: {},
      sorts: {},
      wide: false,
      time: 'auto',
      frozen: null,
      prompt: null,
      inputs: { filter: [], command: [], 'who-has': [], action: [] },
      actions: null,
      overlay: null,
      explain: null,
      doctor: null,
      detail: null,
      pageTop: 0,
      message: null,
      packets: null,
      lossDismissed: false,
      lastAction: null,
    },
  };
}
