// `-w`: a list that goes on. Lines of `{"type":…,"object":…}`, a table that gets the rows that change, or on a terminal one
// that is drawn again.
import { columns } from '#control/columns.ts';
import type { Items, Kind } from '#control/protocol.ts';
import { asciiJson } from '#control/stream-list.ts';
import { isJournalKind, type StreamLine } from '#control/stream-protocol.ts';
import { StreamReplica } from '#control/stream-replica.ts';
import { resumeStream } from '#control/stream-resume.ts';
import { GrowingTable } from '#control/table-text.ts';
import type { ListOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportEnd } from './failure.ts';
import type { ItemTest, ItemTestFor } from './item-test.ts';
import type { Output } from './output.ts';
import { resyncText } from './resync-text.ts';
import { watchedRows } from './watched-rows.ts';

/** Without `--since`, a watched journal begins with as many entries as fit a screen beside what comes. */
const journalBefore = 10;
const journalAll = 100_000;
const notOfFiles = 'goes on with what the daemon tells, and a file tells nothing more (leave out -w or --input-file)';
/** Cursor to the first cell, and everything from there on away. */
const home = '\u001b[H\u001b[J';
const clear = '\u001b[2J';

/** @returns when the daemon goes away: 3; 0 when nobody reads any more; 2 for a form that cannot be watched. */
export async function watchList<K extends Kind>(
  kind: K,
  options: ListOptions,
  testFor: ItemTestFor<K>,
  output: Output,
): Promise<number> {
  const { output: form, socket, timeoutMs, sinceMs } = options;
  const refusal = whyNot(options);
  if (refusal !== null) {
    output.note(`lanlord: -w ${refusal}`);
    return exitCode.usage;
  }
  const last = sinceMs === null ? journalBefore : journalAll;
  const isScreen = drawsAgain(kind, form, output);
  const stream = resumeStream({ socket, kinds: [kind], timeoutMs, last });
  let view: View | null = null;
  for (;;) {
    const next = await stream.next();
    if (next.done) return reportEnd(next.value, output);
    const line = next.value;
    if (line.type === 'RESYNC' && !isScreen) output.note(resyncText(line));
    // The first line says whose stream it is.
    view ??= viewOf(kind, options, testFor(line.type === 'HELLO' ? line.node : ''), output);
    view(line);
    if (!output.open) return exitCode.clean;
  }
}

function whyNot({ output: form, inputFile }: ListOptions): string | null {
  if (inputFile !== null) return notOfFiles;
  return form === 'json' || form === 'yaml' ? `has no end, and ${form} is one document (-o jsonl)` : null;
}

type View = (line: StreamLine) => void;

function viewOf<K extends Kind>(kind: K, { output: form }: ListOptions, test: ItemTest<K>, output: Output): View {
  if (form === 'jsonl') return jsonLines(kind, test, output);
  const wide = form === 'wide';
  if (drawsAgain(kind, form, output)) return screen(kind, wide, test, output);
  return growing(kind, wide, test, output);
}

/** A table on a terminal. */
function drawsAgain(kind: Kind, form: ListOptions['output'], output: Output): boolean {
  return form !== 'jsonl' && output.isTty && !isJournalKind(kind);
}

function jsonLines<K extends Kind>(kind: K, test: ItemTest<K>, output: Output): View {
  const rows = watchedRows(kind, test);
  return (line) => {
    for (const told of rows.take(line)) output.data(`${asciiJson(told)}\n`);
  };
}

/** As `kubectl get -w`: first all rows, then each that was added or changed. */
function growing<K extends Kind>(kind: K, wide: boolean, test: ItemTest<K>, output: Output): View {
  const table = new GrowingTable<Items[K]>(columns[kind], { wide, maxWidth: null });
  const watched = watchedRows(kind, test);
  let rows: Items[K][] = [];
  return (line) => {
    for (const told of watched.take(line)) {
      if (told.type === 'LOST') output.data(`-- ${told.kind} lost: ${told.cause} --\n`);
      else if (told.type !== 'DELETED') rows.push(told.object);
    }
    if (line.type !== 'SYNCED') return;
    output.data(table.add(rows, Date.parse(line.time)));
    rows = [];
  };
}

/** The whole table again after every change and, because ages grow, with every heartbeat; as much of it as fits. */
function screen<K extends Kind>(kind: K, wide: boolean, test: ItemTest<K>, output: Output): View {
  const replica = new StreamReplica();
  output.data(clear);
  return (line) => {
    replica.apply(line);
    if (!replica.isWhole || (line.type !== 'SYNCED' && line.type !== 'HEARTBEAT')) return;
    const nowMs = Date.parse(line.time);
    const { columns: width = 80, rows: height = 24 } = process.stdout;
    const items = [...replica.rows(kind).values()].filter((item) => test(item, nowMs));
    const table = new GrowingTable<Items[K]>(columns[kind], { wide, maxWidth: width });
    const lines = table.add(items, nowMs).trimEnd().split('\n');
    const hidden = lines.length - (height - 1);
    const shown = hidden > 0 ? [...lines.slice(0, height - 2), `… ${hidden + 1} more`] : lines;
    output.data(`${home}${shown.join('\n')}\n`);
  };
}
