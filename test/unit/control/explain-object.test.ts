import { expect, test } from 'bun:test';
import { findObject, objectText } from '#control/explain-object.ts';
import { snapshot } from '../../support/daemon-view.ts';

function named(text: string): string {
  const found = findObject(text, snapshot());
  return found.ok ? objectText(found.object) : found.code;
}

test('a service is found with its namespace, and without where one alone has the name', () => {
  expect(named('svc/default/web')).toBe('svc/default/web');
  expect(named('svc/plex')).toBe('svc/media/plex');
  expect(named('service/plex')).toBe('svc/media/plex');
});

test('a name that two namespaces have is ambiguous and lists them', () => {
  const found = findObject('svc/web', snapshot());
  expect(found).toMatchObject({ ok: false, code: 'ambiguous', status: 400 });
  expect(JSON.stringify(found)).toContain('svc/default/web, svc/dns/web');
});

test('addresses are found with and without their kind, in every spelling', () => {
  expect(named('ip/192.168.10.208')).toBe('ip/192.168.10.208');
  expect(named('192.168.10.208')).toBe('ip/192.168.10.208');
  expect(named('ip/2001:DB8:0:0::5')).toBe('ip/2001:db8::5');
});

test('a name without its kind is told to have none, not to be no address', () => {
  const found = findObject('web', snapshot());
  expect(found).toMatchObject({ ok: false, code: 'bad_request', status: 400 });
  expect(JSON.stringify(found)).toContain('does not say of which kind it is');
});

test('what is no such object is refused with the right code', () => {
  expect(named('svc/nope')).toBe('not_found');
  expect(named('svc/')).toBe('not_found');
  expect(named('ip/nope')).toBe('bad_request');
  expect(named('pod/x')).toBe('bad_request');
  expect(named('')).toBe('bad_request');
  expect(findObject('svc/default/web', null)).toMatchObject({ ok: false, code: 'not_found' });
});
