// Holds the model, gives it what happens, and decides when a frame is drawn.
import { composeFrame, type Frame } from '../screens/compose.ts';
import type { Model } from '../state/model.ts';
import type { Effect, UiEvent } from '../state/ui-event.ts';
import { plainText } from '../text/line.ts';
import { type Theme, themes } from '../text/theme.ts';
import { update } from '../update/update.ts';
import { SeenWorld } from './seen-world.ts';

export interface ControllerOptions {
  readonly model: Model;
  readonly nowMs: () => number;
  readonly draw: (frame: Frame, theme: Theme) => void;
  /** The terminal has not taken the last frame yet. */
  readonly isBusy: () => boolean;
  readonly perform: (effect: Effect) => void;
}

/** What the daemon tells is drawn this often at most; what a key does is drawn at once. */
const dataPaceMs = 1000;
const streamPaceMs = 250;
/** Keys that come faster than this share a frame. */
const keyPaceMs = 40;
/** While something happens that is not seen, ages are brought up to date this often. */
const agePaceMs = 15_000;
/** How soon a frame that the terminal had no room for is tried again. */
const busyWaitMs = 50;
/** Without any frame, ages and the clock are brought up to date this often. */
const tickMs = 60_000;
/** Without a daemon the frame says how long ago that began, and when the next attempt is. */
const lostTickMs = 1000;

const paces: Readonly<Partial<Record<UiEvent['kind'], number>>> = { world: dataPaceMs, traffic: streamPaceMs };

export class Controller {
  readonly #options: ControllerOptions;
  #model: Model;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #drawn = '';
  /** What the drawn frame is made of. */
  #seen: SeenWorld | null = null;
  /** What ages and the clock of the drawn frame count to. */
  #frameMs = 0;
  /** The next frame is drawn even if nothing but time has passed. */
  #isDue = false;
  #pending: { readonly atMs: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;
  #tick: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#model = options.model;
  }

  get model(): Model {
    return this.#model;
  }

  /** The frame as it would be drawn now. */
  frame(): Frame {
    return composeFrame(this.#model, this.#options.nowMs());
  }

  dispatch(event: UiEvent): void {
    if (this.#isClosed) return;
    const { model, effects } = update(this.#model, event, this.#options.nowMs());
    this.#model = model;
    for (const effect of effects) this.#options.perform(effect);
    this.#schedule(paces[event.kind] ?? keyPaceMs);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#pending) clearTimeout(this.#pending.timer);
    if (this.#tick) clearTimeout(this.#tick);
  }

  #schedule(paceMs: number): void {
    const now = this.#options.nowMs();
    const atMs = Math.max(now, this.#drawnMs + paceMs);
    if (this.#pending && this.#pending.atMs <= atMs) return;
    if (this.#pending) clearTimeout(this.#pending.timer);
    // Once more through the loop: keys that came in one piece are all taken before the frame is drawn.
    this.#pending = { atMs, timer: setTimeout(() => this.#draw(), atMs - now) };
  }

  #draw(): void {
    if (this.#pending) clearTimeout(this.#pending.timer);
    this.#pending = null;
    if (this.#isClosed) return;
    if (this.#options.isBusy()) {
      this.#pending = { atMs: 0, timer: setTimeout(() => this.#draw(), busyWaitMs) };
      return;
    }
    this.#drawChange(this.#options.nowMs());
    if (this.#tick) clearTimeout(this.#tick);
    this.#tick = setTimeout(
      () => {
        this.#isDue = true;
        this.dispatch({ kind: 'tick' });
      },
      this.#model.connection.state === 'lost' ? lostTickMs : tickMs,
    );
  }

  /** Draws, unless nothing but time has passed: ages and the clock alone are no reason, or a quiet screen would cost. */
  #drawChange(now: number): void {
    const { theme } = this.#model.ui;
    this.#drawnMs = now;
    const isOld = this.#isDue || now - this.#frameMs >= agePaceMs;
    this.#isDue = false;
    if (!isOld && (this.#seen?.isSameFor(this.#model) || this.#compose(this.#frameMs).said === this.#drawn)) return;
    this.#frameMs = now;
    const { frame, said } = this.#compose(now);
    this.#drawn = said;
    this.#options.draw(frame, themes[theme]);
  }

  #compose(atMs: number): { readonly frame: Frame; readonly said: string } {
    const seen = new SeenWorld(this.#model);
    const frame = composeFrame(seen.model, atMs);
    this.#seen = seen;
    return { frame, said: signature(frame, this.#model.ui.theme) };
  }
}

/** What a frame says, with its styles. */
function signature({ top, body, bottom }: Frame, theme: string): string {
  const lines = [...top, ...body, ...bottom];
  return `${theme}\n${lines.map((line) => `${plainText(line)}${line.map(({ style }) => style ?? '').join()}`).join('\n')}`;
}
