// Parts of the Overview: charts of the wire, pools in one line, advice for a first run.

import { poolShare } from '#control/pool-word.ts';
import { shareBar, sparkLine } from '../layout/spark-line.ts';
import { type Line, span } from '../text/line.ts';
import { foreign, grouped, type View } from './view.ts';

function lastRate(values: readonly number[]): string {
  return `${(values.at(-1) ?? 0).toFixed(1)}/s`;
}

/** The largest of them, as exact as it matters. */
export function mostText(values: readonly number[]): string {
  const most = Math.max(0, ...values);
  return most === 0 || most >= 10 ? grouped(Math.round(most)) : most.toFixed(1);
}

/** Charts one below the other, for a box of `width` cells. */
export function rateCharts({ world, glyphs }: View, width: number): readonly Line[] {
  const { rates, lists } = world;
  const room = Math.max(8, width - 12);
  const chart = (name: string, values: readonly number[]): readonly Line[] => [
    [span(` ${name.padEnd(10)}`), span(sparkLine(values, room, glyphs), 'accent')],
    [span(`${' '.repeat(11)}${lastRate(values)}  max ${mostText(values)}`)],
  ];
  const drops = lists.interfaces.reduce((sum, { kernelDrops }) => sum + kernelDrops, 0);
  return [
    ...chart('requests', rates.requests),
    ...chart('answers', rates.answers),
    ...chart('ignored', rates.ignored),
    [span(' kernel drops '), span(grouped(drops), drops > 0 ? 'warn' : undefined)],
  ];
}

/** All charts on one line. */
export function rateLine({ world, glyphs, breakpoint }: View): Line {
  const { requests, answers, ignored } = world.rates;
  if (breakpoint === 'small') return [span(` req ${lastRate(requests)}  answers ${lastRate(answers)}`)];
  const chart = (values: readonly number[]) => span(sparkLine(values, 16, glyphs), 'accent');
  return [
    span(`  req ${lastRate(requests)} `),
    chart(requests),
    span(`  answers ${lastRate(answers)} `),
    chart(answers),
    span(`  ignored ${lastRate(ignored)}`),
  ];
}

/** Every pool in a few words; what does not fit is cut. */
export function poolLine(view: View): Line {
  const { glyphs, world } = view;
  return world.lists.pools.flatMap((pool): Line => {
    const share = poolShare(pool);
    const isTight = share >= 0.9 || pool.conflict || !pool.valid;
    return [
      span('  '),
      foreign(view, pool.name, 'title'),
      span(` ${pool.used}/${pool.total} ${shareBar(share, 10)} ${Math.floor(share * 100)}%`),
      span(isTight ? ` ${glyphs.warning}` : '', 'warn'),
      span(' '),
    ];
  });
}

/** What a first run lacks, with the next step. */
export function emptyAdvice({ world }: View): readonly string[] {
  const { status, lists } = world;
  if (status === null) return [];
  const { pools, services, policies } = lists;
  if (pools.length === 0) {
    const place = status.paths[0] ?? '/etc/lanlord';
    return [
      `No pools yet. Write a CiliumLoadBalancerIPPool into ${place}, then:`,
      '  lanlord check',
      '  lanlord reload',
    ];
  }
  if (services.length === 0) {
    return [`${pools.length} pools, no services. Add some of kind: Service with type: LoadBalancer.`];
  }
  if (policies.length === 0) {
    return ['No policy announces the services: nobody answers. Add a CiliumL2AnnouncementPolicy.'];
  }
  return ['Nothing to answer for. e on a service says why.'];
}
