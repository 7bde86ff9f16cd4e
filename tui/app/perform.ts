// Does what the interface asks of the world: questions to the daemon, the clipboard, files.
import type { ClientResult, ControlClient } from '#control/client.ts';
import type { DoctorAnswer } from '#control/doctor-answer.ts';
import type { PlanAnswer } from '#control/protocol.ts';
import type { ActionItem } from '../state/model.ts';
import { keptFrames } from '../state/traffic-tail.ts';
import type { Effect, UiEvent } from '../state/ui-event.ts';
import { clipboardSequence } from './clipboard.ts';
import { ownAnswer } from './own-answer.ts';
import type { PacketWriter } from './packet-writer.ts';
import { saveText } from './save-text.ts';

export interface PerformOptions {
  readonly client: ControlClient;
  readonly socket: string;
  /** How this program starts itself: what comes before the name of a command. */
  readonly program: readonly string[];
  readonly packets: PacketWriter;
  readonly dispatch: (event: UiEvent) => void;
  /** Bytes for the terminal that are no part of a frame. */
  readonly send: (text: string) => void;
  readonly frameFiles: () => readonly { readonly extension: string; readonly text: string }[];
  readonly retry: () => void;
  readonly redraw: () => void;
  readonly suspend: () => void;
  readonly quit: () => void;
}

export function perform(effect: Effect, options: PerformOptions): void {
  const doers: { readonly [K in Effect['kind']]: (effect: Extract<Effect, { kind: K }>) => void } = {
    explain: ({ object }) => void explain(object, options),
    address: ({ ip, probe }) => void askAddress(ip, probe, options),
    backlog: () => void askBacklog(options),
    examine: () => void examine(options),
    plan: ({ paths }) => void plan(paths, options),
    act: ({ item }) => void act(item, options),
    copy: ({ text, what }) => copy(text, what, options),
    'save-rows': ({ name, rows }) => saveRows(name, rows, options),
    'save-frame': () => saveFrame(options),
    packets: ({ filter }) => options.packets.start(filter),
    'packets-end': () => options.packets.end(),
    retry: options.retry,
    redraw: options.redraw,
    suspend: options.suspend,
    quit: options.quit,
  };
  // The compiler does not see that the kinds match.
  (doers[effect.kind] as (effect: Effect) => void)(effect);
}

/** Enough to tell who asked lately. */
const framesOfAddress = 200;

function say(options: PerformOptions, text: string, style: 'ok' | 'warn'): void {
  options.dispatch({ kind: 'message', message: { text, style } });
}

function answer<T>(result: ClientResult<T>) {
  return result.ok ? result : ({ ok: false, message: result.failure.message } as const);
}

async function explain(object: string, { client, dispatch }: PerformOptions): Promise<void> {
  dispatch({ kind: 'explained', object, answer: answer(await client.explain(object)) });
}

async function askAddress(ip: string, probe: boolean, { client, dispatch }: PerformOptions): Promise<void> {
  const [whoHas, history, announcements, traffic] = await Promise.all([
    client.whoHas(ip, probe),
    client.list('history', { name: ip }),
    client.list('announcements', { name: ip }),
    client.traffic({ filter: `ip="${ip}"`, limit: framesOfAddress }),
  ]);
  dispatch({
    kind: 'address',
    ip,
    whoHas: answer(whoHas),
    history: history.ok ? history.value.items : [],
    announcements: announcements.ok ? announcements.value.items : [],
    frames: traffic.ok ? traffic.value.items : [],
  });
}

/** Without an answer the screen says as before how much it passed over. */
async function askBacklog({ client, dispatch }: PerformOptions): Promise<void> {
  const traffic = await client.traffic({ limit: keptFrames });
  if (traffic.ok) dispatch({ kind: 'backlog', items: traffic.value.items });
}

/** It looks at much of this machine, and does not hang. */
const examineTimeoutMs = 15_000;

async function examine({ program, socket, dispatch }: PerformOptions): Promise<void> {
  const command = { program, timeoutMs: examineTimeoutMs };
  dispatch({ kind: 'examined', answer: await ownAnswer<DoctorAnswer>(command, ['doctor', '--socket', socket]) });
}

/** A plan of 50,000 services takes some seconds, on a busy box many. */
const planTimeoutMs = 90_000;

async function plan(paths: readonly string[], { program, socket, dispatch }: PerformOptions): Promise<void> {
  const args = ['plan', '--socket', socket, ...paths.flatMap((path) => ['-c', path])];
  const told = await ownAnswer<PlanAnswer>({ program, timeoutMs: planTimeoutMs }, args);
  dispatch({ kind: 'planned', paths, answer: told });
}

async function act({ action, query, command }: ActionItem, options: PerformOptions): Promise<void> {
  const result = await options.client.act(action, query);
  say(options, result.ok ? result.value.message : `${command}: ${result.failure.message}`, result.ok ? 'ok' : 'warn');
}

function copy(text: string, what: string, options: PerformOptions): void {
  const sequence = clipboardSequence(text);
  if (sequence !== null) options.send(sequence);
  if (sequence === null) say(options, 'too long for the clipboard of a terminal', 'warn');
  else say(options, `copied: ${what}`, 'ok');
}

function saveRows(name: string, rows: readonly unknown[], options: PerformOptions): void {
  if (rows.length === 0) {
    say(options, 'no rows to save', 'warn');
    return;
  }
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const saved = saveText(`lanlord-${name}`, 'jsonl', text);
  say(options, saved.ok ? `${rows.length} rows saved: ${saved.path}` : saved.message, saved.ok ? 'ok' : 'warn');
}

function saveFrame(options: PerformOptions): void {
  const results = options.frameFiles().map(({ extension, text }) => saveText('lanlord-screen', extension, text));
  const failed = results.find(({ ok }) => !ok);
  const paths = results.flatMap((result) => (result.ok ? [result.path] : []));
  if (failed && !failed.ok) say(options, failed.message, 'warn');
  else say(options, `saved: ${paths.join(', ')}`, 'ok');
}
