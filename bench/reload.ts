// No request may go unanswered at 5,000/s while the daemon reloads 50,000 services; peak memory of that reload.
//
//   bun bench/reload.ts [SERVICES]      exit 1 when a request was lost or memory passed 400 MB
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bed, binary, manifests, memoryMb, stop } from './bed.ts';

const services = Number(process.argv[2] ?? 50_000);
const memoryBoundMb = 400;
const bed = new Bed();
try {
  const daemon = await bed.lanlord(manifests(1000));
  const file = join(bed.directory, 'run/all.yaml');
  writeFileSync(file, manifests(services));
  const load = bed.load(['-n', '1000', '-m', 'rate', '-r', '5000', '-d', '25', '-c', '0']);
  await Bun.sleep(2000);
  const started = performance.now();
  const reload = Bun.spawn([binary, 'reload', '--socket', join(bed.directory, 'run/s.sock'), '--timeout', '60s']);
  const code = await reload.exited;
  const seconds = (performance.now() - started) / 1000;
  const result = await load;
  const pid = daemon.pid ?? 0;
  const peak = await memoryMb(pid, 'VmHWM');
  console.log('services,reload_s,requests_s,loss_pct,p50_us,p99_us,max_us,peak_rss_mb,rss_after_mb');
  const { p50, p99, max } = result.lat_us;
  const after = await memoryMb(pid, 'VmRSS');
  console.log([services, seconds.toFixed(2), result.sent_s, result.loss_pct, p50, p99, max, peak, after].join(','));
  await stop(daemon);
  // Not `bad`: announcements of the new addresses are replies that nobody asked for, and are counted there.
  const held = code === 0 && result.loss_pct === 0 && peak <= memoryBoundMb;
  console.log(
    `# reload ${code === 0 ? 'applied' : 'FAILED'}; ${held ? 'held' : 'NOT HELD'}: no loss, peak <= ${memoryBoundMb} MB`,
  );
  process.exitCode = held ? 0 : 1;
} finally {
  bed.close();
}
