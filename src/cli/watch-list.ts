// `-w`: a list that goes on. Lines of `{"type":…,"object":…}`, a table that gets the rows that change, or on a terminal one
// that is drawn again.
import { columns } from '#control/columns.ts';
import type { Items, Kind } from '#control/protocol.ts';
import { followStream } from '#control/stream-client.ts';
import { asciiJson } from '#control/stream-list.ts';
import { isJournalKind, type StreamChange, type StreamLine } from '#control/stream-protocol.ts';
import { StreamReplica } from '#control/stream-replica.ts';
import { GrowingTable } from '#control/table-text.ts';
import type { ListOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { ItemTest, ItemTestFor } from './item-test.ts';
import type { Output } from './output.ts';

/** Without `--since`, a watched journal begins with as many entries as fit a screen beside what comes. */
const journalBefore = 10;
const journalAll = 100_000;
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
  const { output: form, inputFile, socket, timeoutMs, sinceMs } = options;
  if (form === 'json' || form === 'yaml' || inputFile !== null) {
    output.note(`lanlord: -w goes with -o table, wide and jsonl${inputFile === null ? '' : ', not with --input-file'}`);
    return exitCode.usage;
  }
  const last = sinceMs === null ? journalBefore : journalAll;
  const stream = followStream({ socket, kinds: [kind], timeoutMs, last });
  let view: View | null = null;
  for (;;) {
    const next = await stream.next();
    if (next.done) return next.value ? reportFailure(next.value, output) : exitCode.clean;
    const line = next.value;
    // The first line says whose stream it is.
    view ??= viewOf(kind, options, testFor(line.type === 'HELLO' ? line.node : ''), output);
    view(line);
    if (!output.open) return exitCode.clean;
  }
}

type View = (line: StreamLine) => void;

function viewOf<K extends Kind>(kind: K, { output: form }: ListOptions, test: ItemTest<K>, output: Output): View {
  if (form === 'jsonl') return jsonLines(kind, test, output);
  const wide = form === 'wide';
  if (output.isTty && !isJournalKind(kind)) return screen(kind, wide, test, output);
  return growing(kind, wide, test, output);
}

function isChange<K extends Kind>(line: StreamLine): line is StreamChange<K> {
  return 'object' in line;
}

/** A row that no longer fits the filter is told as deleted. After RESYNC every row is told again as added. */
function fitting<K extends Kind>(kind: K, test: ItemTest<K>): (line: StreamLine) => StreamChange<K> | null {
  /** BOUNDED: keys of the rows of one kind; those of the journal never come again. */
  const shown = new Set<string>();
  return (line) => {
    if (line.type === 'RESYNC' || line.type === 'HELLO') shown.clear();
    if (!isChange<K>(line)) return null;
    const was = shown.delete(line.key);
    const fits = line.type !== 'DELETED' && test(line.object, Date.now());
    if (!fits) return was ? { ...line, type: 'DELETED' } : null;
    if (!isJournalKind(kind)) shown.add(line.key);
    return { ...line, type: was ? 'MODIFIED' : 'ADDED' };
  };
}

function jsonLines<K extends Kind>(kind: K, test: ItemTest<K>, output: Output): View {
  const narrow = fitting(kind, test);
  return (line) => {
    const change = narrow(line);
    if (change) output.data(`${asciiJson({ type: change.type, object: change.object })}\n`);
  };
}

/** As `kubectl get -w`: first all rows, then each that was added or changed. */
function growing<K extends Kind>(kind: K, wide: boolean, test: ItemTest<K>, output: Output): View {
  const table = new GrowingTable<Items[K]>(columns[kind], { wide, maxWidth: null });
  const narrow = fitting(kind, test);
  let rows: Items[K][] = [];
  return (line) => {
    const change = narrow(line);
    if (change && change.type !== 'DELETED') rows.push(change.object);
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
