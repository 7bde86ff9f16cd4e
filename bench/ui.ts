// What the terminal interface costs: processor while nothing happens and while much does, time from a key to its frame,
// memory, and what the daemon's answers lose by three of them. Prints raw CSV, then the figures with their aims.
//
//   bun bench/ui.ts [ROUNDS] [SECONDS]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bed, binary, manifests, median, memoryMb, stop } from './bed.ts';

const wantedRounds = Number(process.argv[2] ?? 9);
const seconds = Number(process.argv[3] ?? 20);
const vips = 5000;
const floodSeconds = 3;
/** Jiffies of /proc. */
const ticksPerSecond = 100;
const frameEnd = '\u001b[?2026l';

interface Watcher {
  readonly pid: number;
  /** Bytes so far, and when the last end of a frame came. */
  readonly seen: { bytes: number; frames: number };
  send(keys: string): void;
  /** Milliseconds until the next end of a frame. */
  nextFrame(): Promise<number>;
  close(): Promise<void>;
}

/** The interface in a terminal of this size. */
function watch(socket: string, cols: number, rows: number): Watcher {
  const seen = { bytes: 0, frames: 0 };
  const waiting: ((at: number) => void)[] = [];
  const decoder = new TextDecoder();
  const child = Bun.spawn([binary, 'ui', '--socket', socket], {
    env: { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
    terminal: {
      cols,
      rows,
      data(_, data) {
        seen.bytes += data.length;
        const frames = decoder.decode(data, { stream: true }).split(frameEnd).length - 1;
        seen.frames += frames;
        if (frames > 0) for (const resolve of waiting.splice(0)) resolve(performance.now());
      },
    },
  });
  return {
    pid: child.pid,
    seen,
    send: (keys) => void child.terminal?.write(keys),
    async nextFrame() {
      const begin = performance.now();
      return (await new Promise<number>((resolve) => waiting.push(resolve))) - begin;
    },
    async close() {
      child.kill('SIGTERM');
      await child.exited;
    },
  };
}

/** User and system time of a process, seconds. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function share(pid: number, during: Promise<unknown>): Promise<number> {
  const before = cpuSeconds(pid);
  const begin = performance.now();
  await during;
  return ((cpuSeconds(pid) - before) / ((performance.now() - begin) / 1000)) * 100;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

function load(rate: number, time: number): Promise<unknown> {
  return bed.load(['-n', String(vips), '-c', '0', '-m', 'rate', '-r', String(rate), '-d', String(time)]);
}

async function keyTimes(watcher: Watcher, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    await Bun.sleep(70 + (index % 7) * 15);
    const frame = watcher.nextFrame();
    watcher.send(index % 20 < 10 ? 'j' : 'k');
    times.push(await frame);
  }
  return times;
}

const bed = new Bed();
const socket = join(bed.directory, 'ui', 's.sock');
const figures: string[] = [];
try {
  const daemon = await bed.lanlord(manifests(vips), 'ui');
  // Five announcements of every address, a thousand a second.
  await Bun.sleep(30_000);
  console.log('what,size,value');
  await measureAlone();
  console.log('round,screens,replies_s,p50_us,p99_us');
  await measureAnswers('three interfaces (Leaders)', ['4', '4', '4'], wantedRounds, true);
  // No aim: frames of the flood itself are read and told, too.
  await measureAnswers(
    'three interfaces (Overview, Leaders, Traffic)',
    ['1', '4', '5'],
    Math.ceil(wantedRounds / 3),
    false,
  );
  await stop(daemon);
  for (const line of figures) console.log(`# ${line}`);
} finally {
  bed.close();
}

async function measureAlone(): Promise<void> {
  const big = watch(socket, 120, 35);
  await Bun.sleep(3000);
  const before = { ...big.seen };
  const idle = await share(big.pid, Bun.sleep(10_000));
  const idleFrames = big.seen.frames - before.frames;
  console.log(`idle_frames,120x35,${idleFrames}\nidle_cpu_pct,120x35,${idle.toFixed(2)}`);
  figures.push(`frames in 10 idle seconds: ${idleFrames} (aim 0), ${idle.toFixed(2)} % of a core`);
  for (const [name, key] of [
    ['Overview', '1'],
    ['Leaders', '4'],
    ['Traffic', '5'],
  ] as const) {
    big.send(key);
    await Bun.sleep(1000);
    const from = { ...big.seen };
    const busy = await share(big.pid, load(1000, seconds));
    const frames = (big.seen.frames - from.frames) / seconds;
    const bytes = (big.seen.bytes - from.bytes) / seconds;
    console.log(
      `busy_cpu_pct,${name},${busy.toFixed(2)}\nbusy_frames_s,${name},${frames.toFixed(1)}\nbusy_bytes_s,${name},${bytes.toFixed(0)}`,
    );
    figures.push(
      `${name}, 1,000 frames/s, ${vips} VIPs: ${busy.toFixed(1)} % of a core (aim <= 5), ${frames.toFixed(1)} frames/s, ${(bytes / 1000).toFixed(1)} kB/s`,
    );
  }
  console.log(`rss_mb,120x35,${(await memoryMb(big.pid, 'VmRSS')).toFixed(0)}`);
  figures.push(`memory after that: ${(await memoryMb(big.pid, 'VmRSS')).toFixed(0)} MB (aim <= 120)`);
  big.send('4');
  await Bun.sleep(500);
  const traffic = load(1000, 30);
  await measureKeys(big, '120x35', ' (aim <= 50)');
  const huge = watch(socket, 250, 60);
  await Bun.sleep(2000);
  huge.send('4');
  await Bun.sleep(500);
  await measureKeys(huge, '250x60', ' (aim <= 100)');
  await huge.close();
  await traffic;
  // No aim: both cores are full, and the interface gives way.
  const flood = bed.load(['-n', String(vips), '-c', '0', '-m', 'flood', '-d', '15']);
  await measureKeys(big, '120x35 in a flood', '');
  await big.close();
  await flood;
}

async function measureKeys(watcher: Watcher, size: string, aim: string): Promise<void> {
  const times = await keyTimes(watcher, 100);
  const [p50, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
  console.log(`key_ms_p50,${size},${p50.toFixed(1)}\nkey_ms_p95,${size},${p95.toFixed(1)}`);
  figures.push(`key to frame at ${size}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms${aim}`);
}

interface Answering {
  readonly rate: number;
  readonly p50: number;
}

/** How the daemon answers while interfaces look on, each at the screen of its key: as fast as it can, then calmly. */
async function answering(round: number, screens: readonly string[]): Promise<Answering> {
  const watchers = screens.map(() => watch(socket, 120, 35));
  for (const [index, key] of screens.entries()) watchers[index]?.send(key);
  // What a start leaves to collect is collected by then.
  await Bun.sleep(8000);
  const args = ['-n', String(vips), '-c', '0'];
  const flood = await bed.load([...args, '-m', 'flood', '-d', String(floodSeconds)]);
  const calm = await bed.load([...args, '-m', 'rate', '-r', '1000', '-d', '2']);
  console.log([round, screens.join('') || '-', flood.replies_s, calm.lat_us.p50, calm.lat_us.p99].join(','));
  for (const watcher of watchers) await watcher.close();
  return { rate: flood.replies_s, p50: calm.lat_us.p50 };
}

/**
 * With and without interfaces. Each round goes without, with, with, without (or the other way round), so that a machine that
 * grows faster or slower meanwhile counts for neither. What two equal halves of rounds differ by says how far to trust it.
 */
async function measureAnswers(
  name: string,
  screens: readonly string[],
  rounds: number,
  hasAim: boolean,
): Promise<void> {
  const rates: number[] = [];
  const halves: number[] = [];
  const equal: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [[], screens, screens, []] : [screens, [], [], screens];
    const found: { readonly isWatched: boolean; readonly value: Answering }[] = [];
    for (const shown of order) {
      found.push({ isWatched: shown.length > 0, value: await answering(round, shown) });
    }
    const mean = (isWatched: boolean, part: keyof Answering) =>
      found.reduce((sum, one) => sum + (one.isWatched === isWatched ? one.value[part] : 0), 0) / 2;
    rates.push(mean(true, 'rate') / mean(false, 'rate'));
    halves.push(mean(true, 'p50') / mean(false, 'p50'));
    const [first, second] = found.filter(({ isWatched }) => !isWatched);
    if (first && second) equal.push(second.value.rate / first.value.rate);
  }
  const told = (values: readonly number[], digits: number) =>
    `${median(values).toFixed(digits)} (rounds ${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
  const [aimRate, aimHalf] = hasAim ? [', aim >= 0.97', ', aim <= 1.1'] : ['', ''];
  figures.push(`replies/s with ${name} / without: ${told(rates, 3)}${aimRate}; without / without: ${told(equal, 3)}`);
  figures.push(`p50 with ${name} / without: ${told(halves, 2)}${aimHalf}`);
}
