// The two lines at the top: how things stand, and where one is.
import { durationText } from '#control/duration-text.ts';
import type { StatusAnswer } from '#control/protocol.ts';
import type { Model } from '../state/model.ts';
import { type Screen, screens } from '../state/place.ts';
import { cellContext, shownWorld } from '../state/selectors.ts';
import { uptimeSeconds } from '../state/world.ts';
import { cellText } from '../text/cell-text.ts';
import { type Glyphs, profiles } from '../text/glyphs.ts';
import { type Line, lineWidth, padLine, type Span, span, spread, type Token } from '../text/line.ts';
import { bestForms, type Part } from './header-parts.ts';

export function headerLine(model: Model, nowMs: number): Line {
  const { ui } = model;
  const { columns } = ui.size;
  const { status } = shownWorld(model);
  const right = [span(`${clock(nowMs, columns)} `, 'dim'), stateWord(model, nowMs)];
  const parts = status === null ? [] : statusParts(status, model, nowMs);
  return spread([span(' '), ...bestForms(parts, columns - lineWidth(right) - 2)], right, columns);
}

function clock(nowMs: number, columns: number): string {
  const time = new Date(nowMs).toISOString();
  return columns < 60 ? `${time.slice(11, 16)}Z` : `${time.slice(11, 19)}Z`;
}

/** LIVE, FROZEN, STALE or what else: a screen that does not move says so. */
function stateWord({ connection, ui, world }: Model, nowMs: number): Span {
  if (connection.state === 'lost') {
    if (world.status === null) return span('NOT CONNECTED', 'crit');
    return span(`STALE ${durationText((nowMs - (connection.heardMs ?? world.atMs)) / 1000)}`, 'stale');
  }
  if (connection.state === 'connecting') return span('CONNECTING', 'dim');
  return ui.frozen === null ? span('LIVE', 'ok') : span('FROZEN', 'frozen');
}

function statusParts(status: StatusAnswer, model: Model, nowMs: number): readonly Part[] {
  const { ui } = model;
  const glyphs = profiles[ui.profile];
  // With this box, as `status --brief` counts.
  const { known, heard } = status.peers;
  const count = `${heard + 1}/${known + 1}`;
  const peers: Token | undefined = heard === known ? undefined : 'warn';
  const { vips } = status;
  const config = configSpan(status);
  const peerParts: readonly Part[] =
    known > 0
      ? [
          {
            worth: 5,
            growth: 7,
            forms: [[span(`peers ${count}`, peers)], [span(count, peers)]],
          },
        ]
      : [];
  return [
    { worth: 1, growth: 2, forms: [[span(`lanlord ${cellText(status.version, glyphs.name)}`, 'title')], []] },
    { worth: 9, growth: 9, forms: [[span(cellText(status.node, glyphs.name), 'title')]] },
    { worth: 6, growth: 1, forms: captureForms(status, glyphs) },
    { worth: 8, growth: 5, forms: [[span('config '), config], [span('cfg '), config], [config]] },
    ...peerParts,
    {
      worth: 4,
      growth: 6,
      forms: [
        [span(`VIPs ${vips.total} (here ${vips.here})`)],
        [span(`VIPs ${vips.total}/${vips.here} here`)],
        [span(`VIPs ${vips.total}`)],
      ],
    },
    {
      worth: 0,
      growth: 0,
      forms: [[span(`up ${durationText(uptimeSeconds(status, cellContext(model, nowMs).nowMs))}`, 'dim')], []],
    },
  ];
}

/** The generation that runs, and whether the files on disk are what runs. */
function configSpan({ generation, configValid, disk }: StatusAnswer): Span {
  if (!configValid) return span(`#${generation} STALE`, 'crit');
  return disk === 'changed' ? span(`#${generation} CHANGED`, 'warn') : span(`#${generation} ok`, 'ok');
}

function captureForms({ interfaces }: StatusAnswer, glyphs: Glyphs): readonly Line[] {
  if (interfaces.length === 0) return [[span('capture none', 'dim')], [span('none', 'dim')]];
  const names = interfaces.map(({ name, capture, up, carrier }): Span => {
    const works = capture === 'open' && up && carrier;
    return span(` ${works ? '' : glyphs.critical}${cellText(name, glyphs.name)}`, works ? undefined : 'crit');
  });
  const all = interfaces.every(({ capture, up, carrier }) => capture === 'open' && up && carrier);
  const sign = span(all ? glyphs.here : glyphs.critical, all ? 'ok' : 'crit');
  return [
    [span('capture '), sign, ...names],
    [sign, ...names],
    ...(interfaces.length > 1 ? [[sign, span(` ${interfaces.length} links`)]] : []),
    [sign],
  ];
}

const titles: Readonly<Record<Screen, { readonly long: string; readonly short: string }>> = {
  overview: { long: 'Overview', short: 'Over' },
  pools: { long: 'Pools', short: 'Pools' },
  services: { long: 'Services', short: 'Svc' },
  leaders: { long: 'Leaders', short: 'Lead' },
  traffic: { long: 'Traffic', short: 'Arp' },
  policies: { long: 'Policies', short: 'Policy' },
  events: { long: 'Events', short: 'Events' },
};

/** From here on tabs have their long names. */
const longTabs = 100;

/** The screens, with the one that is shown in brackets. */
export function tabLine({ ui }: Model): Line {
  const { columns } = ui.size;
  const isLong = columns >= longTabs;
  const tabs = screens.flatMap((screen, index): Line => {
    const text = `${index + 1} ${titles[screen][isLong ? 'long' : 'short']}`;
    const tab = screen === ui.place.screen ? span(`[${text}]`, 'accent') : span(` ${text} `);
    return [tab, span(isLong ? '  ' : ' ')];
  });
  const left = [span(' '), ...tabs];
  if (columns < 70) return padLine(left, columns);
  const rights = ui.writable ? span(isLong ? 'READ-WRITE' : 'RW', 'warn') : span(isLong ? 'read-only' : 'ro', 'dim');
  return spread(left, [rights], columns);
}
