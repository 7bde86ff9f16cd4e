// The terminal interface from its first frame to the terminal as it was before.
import { controlClient } from '#control/client.ts';
import { initialModel } from '../state/model.ts';
import { isStreaming, trafficWish } from '../state/traffic-request.ts';
import { usualSocket } from '../state/usual-socket.ts';
import { frameSvg, palettes } from '../text/frame-svg.ts';
import { plainText } from '../text/line.ts';
import type { Look } from '../text/terminal-look.ts';
import { themes } from '../text/theme.ts';
import { Controller } from './controller.ts';
import { DaemonFeed } from './daemon-feed.ts';
import { PacketWriter } from './packet-writer.ts';
import { perform } from './perform.ts';
import { stepBack } from './step-back.ts';
import { TerminalScreen } from './terminal-screen.ts';
import { TrafficFeed } from './traffic-feed.ts';
import { runCommand, UnitWords } from './unit-words.ts';

export interface UiOptions {
  readonly socket: string;
  readonly timeoutMs: number;
  readonly look: Look;
  /** How this program starts itself: what comes before the name of a command. */
  readonly program: readonly string[];
  /** Acting is allowed, where the admin socket lets us. */
  readonly writable: boolean;
  /** The daemon that was started for this interface: leaving asks, and stops it. Null: somebody else's. */
  readonly daemon: { readonly log: string; lastLines(count: number): readonly string[] } | null;
}

/** How it ended: by a key, or by a signal. */
export type UiEnd = 'quit' | NodeJS.Signals;

/** While the page of an address is open it is asked for again this often. */
const addressPaceMs = 2000;

const endSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'];

/** Until somebody leaves, or a signal. The terminal is then as it was, also after a throw. */
export async function startUi(options: UiOptions): Promise<UiEnd> {
  stepBack();
  const { promise: ended, resolve: end, reject } = Promise.withResolvers<UiEnd>();
  const screen = new TerminalScreen({
    stdin: process.stdin,
    stdout: process.stdout,
    onKeys: (keys) => {
      for (const key of keys) controller.dispatch({ kind: 'key', key });
      tail.look();
    },
    onPaste: (text) => controller.dispatch({ kind: 'paste', text }),
    onResize: (size) => controller.dispatch({ kind: 'resize', size }),
    onHangUp: () => end('SIGHUP'),
    onFault: reject,
  });
  const controller: Controller = new Controller({
    model: initialModel({
      ...options.look,
      size: screen.size,
      socket: options.socket,
      ownsDaemon: options.daemon !== null,
      writable: options.writable,
    }),
    nowMs: Date.now,
    draw: (frame, theme) => screen.draw(frame, theme),
    isBusy: () => screen.isBusy,
    perform: (effect) => perform(effect, world),
  });
  const unit = new UnitWords({ run: runCommand, nowMs: Date.now });
  const feed = new DaemonFeed({
    socket: options.socket,
    nowMs: Date.now,
    onWorld: (world) => controller.dispatch({ kind: 'world', world }),
    onConnection: (connection) => {
      controller.dispatch({ kind: 'connection', connection });
      tail.look();
    },
    lastWords: () => options.daemon?.lastLines(3) ?? (options.socket === usualSocket ? unit.lines() : []),
  });
  const packets = new PacketWriter({
    program: options.program,
    socket: options.socket,
    onState: (state) => controller.dispatch({ kind: 'packets', packets: state }),
    onMessage: (message) => controller.dispatch({ kind: 'message', message }),
  });
  const world = {
    client: controlClient(options.socket, options.timeoutMs),
    socket: options.socket,
    program: options.program,
    packets,
    dispatch: (event: Parameters<Controller['dispatch']>[0]) => controller.dispatch(event),
    send: (text: string) => screen.send(text),
    frameFiles: () => frameFiles(controller),
    retry: () => feed.retry(),
    redraw: () => screen.redraw(),
    suspend: () => screen.suspend(),
    quit: () => end('quit'),
  };
  const restore = () => {
    screen.restoreNow();
    packets.end();
  };
  // Before the program's own handler, which says what happened and exits: that line belongs on the usual screen.
  process.prependListener('uncaughtException', restore);
  process.prependListener('unhandledRejection', restore);
  process.on('exit', restore);
  for (const signal of endSignals) process.once(signal, () => end(signal));
  const pages = setInterval(() => {
    const { detail, frozen } = controller.model.ui;
    if (detail === null || detail.isProbing || frozen !== null) return;
    perform({ kind: 'address', ip: detail.ip, probe: false }, world);
  }, addressPaceMs);
  const tail = new TrafficFeed({
    client: world.client,
    isWanted: () => isStreaming(controller.model),
    isFrozen: () => controller.model.ui.frozen !== null,
    wish: () => trafficWish(controller.model),
    onAnswer: (answer) => controller.dispatch({ kind: 'traffic', answer }),
  });
  controller.dispatch({ kind: 'tick' });
  void tail.run();
  void feed.run();
  try {
    return await ended;
  } finally {
    clearInterval(pages);
    feed.close();
    tail.close();
    controller.close();
    await screen.close();
    await packets.close();
    process.off('uncaughtException', restore);
    process.off('unhandledRejection', restore);
  }
}

/** The screen as text, and as a picture with a dark background. */
function frameFiles(controller: Controller): readonly { extension: string; text: string }[] {
  const { top, body, bottom } = controller.frame();
  const lines = [...top, ...body, ...bottom];
  const text = lines.map((line) => `${plainText(line).trimEnd()}\n`).join('');
  const picture = frameSvg('lanlord', lines, themes[controller.model.ui.theme], palettes.dark);
  return [
    { extension: 'txt', text },
    { extension: 'svg', text: picture },
  ];
}
