import { afterEach, beforeEach, expect, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeliveryRecord } from '../../../../native/linux/delivery-record.ts';

const setting = { ifindex: 4, interface: 'eth1.7', key: 'arp_ignore', before: 0, ours: 1 };
const state = { settings: [setting], ipv6: ['2001:db8::50'] };
const nothing = { settings: [], ipv6: [] };

let folder = '';
let places: [string, string] = ['', ''];
const fileIn = (place: string) => join(place, 'delivery-local.json');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanlord-record-'));
  places = [join(folder, 'state'), join(folder, 'run')];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('each copy alone is enough to load the state', () => {
  expect(new DeliveryRecord(places).save(state)).toEqual({ kept: true, errors: [] });
  for (const gone of places) {
    new DeliveryRecord(places).save(state);
    rmSync(gone, { recursive: true });
    expect(new DeliveryRecord(places).load()).toEqual(state);
  }
});

test('an empty state leaves no file behind', () => {
  const record = new DeliveryRecord(places);
  record.save(state);
  record.save(nothing);
  expect(places.map((place) => existsSync(fileIn(place)))).toEqual([false, false]);
});

test('a record of another boot or network namespace says nothing', () => {
  const record = new DeliveryRecord(places);
  for (const other of [{ boot: 'another' }, { networkNamespace: 'net:[1]' }]) {
    record.save(state);
    for (const place of places) {
      writeFileSync(fileIn(place), JSON.stringify({ ...JSON.parse(readFileSync(fileIn(place), 'utf8')), ...other }));
    }
    expect(record.load()).toEqual(nothing);
  }
});

test('damaged copies are passed over', () => {
  const record = new DeliveryRecord(places);
  record.save(state);
  for (const text of ['', '{', 'null', '[]', '{"version":1}', '{"version":1,"settings":[{}],"ipv6":[]}']) {
    writeFileSync(fileIn(places[0]), text);
    expect(record.load()).toEqual(state);
  }
});

test('one directory that cannot be written is told, none at all means not kept', () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  const blocked = join(folder, 'file', 'below');
  const half = new DeliveryRecord([blocked, places[1]]).save(state);
  expect([half.kept, half.errors.map(({ code }) => code)]).toEqual([true, ['ENOTDIR']]);
  expect(new DeliveryRecord([blocked]).save(state).kept).toBe(false);
});
