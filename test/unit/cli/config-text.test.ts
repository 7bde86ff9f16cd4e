// The table of settings: who said a value stays readable on a narrow terminal.
import { expect, test } from 'bun:test';
import { configText } from '#cli/config-text.ts';
import { configAnswer } from '#control/config-answer.ts';
import { textWidth } from '#control/table-text.ts';
import { daemonView } from '../../support/daemon-view.ts';

const folder = '/srv/configuration/of/this/very/box/lanlord.d';
const answer = configAnswer(
  daemonView({
    settingPlaces: new Map([['announce.refresh', { file: `${folder}/node.yaml`, line: 12, column: 34 }]]),
    given: [
      { path: 'control.socket', value: '/tmp/a.sock', by: '--socket', origin: 'command line' },
      { path: 'logFormat', value: 'json', by: '--log-format', origin: 'command line' },
    ],
  }),
);

const lineOf = (text: string, name: string) => text.split('\n').find((line) => line.startsWith(`${name} `)) ?? '';

test('nothing is cut where nothing limits the width', () => {
  const text = configText(answer, null);
  expect(lineOf(text, 'announce.refresh')).toEndWith(`${folder}/node.yaml:12:34`);
  expect(lineOf(text, 'devices.exclude')).toMatch(/"\^tunl"\] +default$/);
  expect(lineOf(text, 'control.socket')).toMatch(/ \/tmp\/a\.sock +--socket$/);
  expect(lineOf(text, '--log-format')).toMatch(/ json +command line$/);
});

test('at 80 columns values and folders give way, line and column do not', () => {
  const text = configText(answer, 80);
  const table = text.split('\n').slice(2);
  for (const line of table) expect(textWidth(line)).toBeLessThanOrEqual(80);
  expect(lineOf(text, 'announce.refresh')).toMatch(/ 60s +….*\/node\.yaml:12:34$/);
  expect(lineOf(text, 'devices.exclude')).toMatch(/… +default$/);
});

test('a terminal that is far too narrow gets cut lines, and no fall', () => {
  for (const columns of [1, 10, 40]) {
    for (const line of configText(answer, columns).split('\n').slice(2)) {
      expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  }
});
