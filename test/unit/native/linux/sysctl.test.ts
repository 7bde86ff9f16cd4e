import { expect, test } from 'bun:test';
import { interfaceIndex, interfaceName } from '../../../../native/linux/interface-index.ts';
import { readSetting, settingName, writeSetting } from '../../../../native/linux/sysctl.ts';

test('a setting is read as a number', () => {
  expect(readSetting({ family: 'ipv4', interface: 'lo', key: 'arp_ignore' })).toMatchObject({ ok: true });
});

test('a name with dots is shown as sysctl writes it', () => {
  const setting = { family: 'ipv4', interface: 'eth0.100', key: 'arp_ignore' } as const;
  expect(settingName(setting)).toBe('net.ipv4.conf.eth0/100.arp_ignore');
});

test('a missing interface is ENOENT, for reading and writing', () => {
  const setting = { family: 'ipv4', interface: 'none.such', key: 'arp_ignore' } as const;
  expect(readSetting(setting)).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
  expect(writeSetting(setting, 1)).toMatchObject({ ok: false, error: { code: 'ENOENT' } });
});

test('names that would leave the folder are refused', () => {
  for (const name of ['', '.', '..', '../../ipv4', 'a/b', 'a\0b']) {
    const setting = { family: 'ipv4', interface: name, key: 'arp_ignore' } as const;
    expect(readSetting(setting)).toMatchObject({ ok: false, error: { code: 'EINVAL' } });
    expect(writeSetting({ ...setting, interface: 'lo', key: name }, 1)).toMatchObject({ ok: false });
  }
});

test('interface names and indexes are found both ways', () => {
  expect([interfaceIndex('lo'), interfaceName(1)]).toEqual([1, 'lo']);
  expect([interfaceIndex('none.such'), interfaceIndex(''), interfaceName(0x7ffffff0)]).toEqual([null, null, null]);
});
