// `traffic`: the frames that the daemon lately heard and sent, with what it made of each.
import { type ControlClient, controlClient, type TrafficRequest, wentAway } from '#control/client.ts';
import { isSameStart, mostTraffic, type TrafficAnswer } from '#control/traffic-protocol.ts';
import { trafficRow } from '#control/traffic-row.ts';
import { rowTest, usesField } from '#model/filter-match.ts';
import type { FilterNode } from '#model/filter-tree.ts';
import type { FrameCount } from '#model/traffic-frame.ts';
import type { TrafficOptions } from './actions.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';
import { readFilter } from './read-filter.ts';
import { selfUnknown, usesSelf } from './self-word.ts';
import { asAnswer, readTraffic } from './traffic-file.ts';
import { TrafficPrinter } from './traffic-printer.ts';
import { vendorLookup } from './vendor.ts';

/** A tail that feels alive; the daemon reads its memory this often for everybody who watches. */
const watchMs = 200;
const usualLimit = 100;

/** @returns 0; 2 for a filter that makes no sense. */
export async function traffic(options: TrafficOptions, output: Output): Promise<number> {
  const filter = readFilter(options.filter, output);
  if (!filter) return exitCode.usage;
  if (options.inputFile !== null) return await readBack(options.inputFile, filter, options, output);
  if (options.watch && options.output === 'json') {
    output.note('lanlord: --watch has no end, and json is one document (-o jsonl)');
    return exitCode.usage;
  }
  const ask = asker(controlClient(options.socket, options.timeoutMs), filter, options.filter);
  const first = await ask({ limit: options.limit ?? usualLimit });
  if (!first.ok) return reportFailure(first.failure, output);
  if (options.output === 'json') {
    printJson(first.value, output);
    return exitCode.clean;
  }
  const printer = new TrafficPrinter(options.output, output);
  printer.frames(first.value);
  if (!options.watch) {
    if (first.value.items.length === 0) output.note('No traffic');
    return exitCode.clean;
  }
  return await follow(options.socket, first.value, ask, printer, output);
}

/** What was kept, through another filter. Nobody knows what was lost: it is told whatever the filter. */
async function readBack(
  path: string,
  filter: FilterNode,
  { watch, limit, output: form }: TrafficOptions,
  output: Output,
): Promise<number> {
  if (watch) {
    output.note(
      'lanlord: --watch goes on with what the daemon hears, and a file tells nothing more (leave out one of them)',
    );
    return exitCode.usage;
  }
  const read = await readTraffic(path);
  if (!read.ok) return reportFailure(read.failure, output);
  const { kept, generatedAt, node } = read.value;
  if (node === '' && usesSelf(filter)) return selfUnknown(output);
  const vendor = usesField(filter, (field) => field === 'oui') ? vendorLookup() : undefined;
  const test = rowTest(filter, node);
  const nowMs = Date.parse(generatedAt);
  const fitting = kept.filter((one) => 'loss' in one || test(trafficRow(one.frame, nowMs, vendor)));
  const shown = limit === null ? fitting : fitting.slice(-limit);
  const frames = shown.flatMap((one) => ('frame' in one ? [one.frame] : []));
  if (form === 'json') {
    const lost = shown.flatMap((one) => ('loss' in one ? [one.loss] : []));
    printJson({ ...asAnswer(read.value, frames), lost }, output);
    return exitCode.clean;
  }
  const printer = new TrafficPrinter(form, output);
  for (const one of shown) {
    if ('loss' in one) printer.lost([one.loss], one.loss.cause);
    else printer.frames(asAnswer(read.value, [one.frame]));
  }
  if (shown.length === 0) output.note('No traffic');
  return exitCode.clean;
}

type Ask = (request: TrafficRequest) => ReturnType<ControlClient['traffic']>;

/** Filters here what the daemon cannot: it holds no table of vendors. */
function asker(client: ControlClient, filter: FilterNode, text: string): Ask {
  if (!usesField(filter, (field) => field === 'oui')) return (request) => client.traffic({ ...request, filter: text });
  const vendor = vendorLookup();
  return async ({ after = null, limit = null }) => {
    const answer = await client.traffic({ after, limit: mostTraffic });
    if (!answer.ok) return answer;
    const { items, generatedAt, node } = answer.value;
    const test = rowTest(filter, node);
    const nowMs = Date.parse(generatedAt);
    const fitting = items.filter((item) => test(trafficRow(item, nowMs, vendor)));
    return { ok: true, value: { ...answer.value, items: limit === null ? fitting : fitting.slice(-limit) } };
  };
}

async function follow(
  socket: string,
  first: TrafficAnswer,
  ask: Ask,
  printer: TrafficPrinter,
  output: Output,
): Promise<number> {
  let { next, kernelDrops } = first;
  while (output.open) {
    await Bun.sleep(watchMs);
    const answer = await askAgain(() => ask({ after: next }));
    if (!answer.ok) return reportFailure(answer.failure, output);
    // One that was started between two questions has not heard what the other one had.
    if (!isSameStart(next, answer.value.next)) return reportFailure(wentAway(socket), output);
    printer.lost(answer.value.lost, 'overwritten before they were read');
    printer.lost(since(kernelDrops, answer.value.kernelDrops), 'dropped by the kernel');
    printer.frames(answer.value);
    ({ next, kernelDrops } = answer.value);
  }
  return exitCode.clean;
}

/** A time that ran out may have run while this command itself was stopped (ctrl-z): the second one has not. */
async function askAgain(question: () => ReturnType<Ask>): ReturnType<Ask> {
  const answer = await question();
  return !answer.ok && answer.failure.code === 'timeout' ? await question() : answer;
}

/** What came to these counts; a count that fell began anew. */
function since(before: readonly FrameCount[], now: readonly FrameCount[]): readonly FrameCount[] {
  const known = new Map(before.map((count) => [count.interface, count.frames]));
  const grown = now.map((count) => {
    const old = known.get(count.interface) ?? 0;
    return { interface: count.interface, frames: count.frames - (old > count.frames ? 0 : old) };
  });
  return grown.filter(({ frames }) => frames > 0);
}
