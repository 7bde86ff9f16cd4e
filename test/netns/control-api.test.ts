// The two control sockets of the compiled binary, as curl and other users of the box find them.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { groupId } from '#control/socket-file.ts';
import { Box, binary, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { Watching } from '../support/watching.ts';

const skipped = whySkipped('curl', 'setpriv');
if (skipped !== '') console.log(`control API${skipped}`);

setDefaultTimeout(60_000);

// Groups that every Debian has.
const lookers = 'daemon';
const actors = 'bin';
const nobody = 65534;
const vip = '192.0.2.10';

describe.skipIf(skipped !== '')(`control API${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let admin: string;

  beforeAll(async () => {
    lab = new Lab(`ll-api${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], '02:00:00:00:01:01');
    box = new Box(lab, edge);
    const control = `control: {group: ${lookers}, adminGroup: ${actors}}`;
    box.write('node.yaml', nodeConfig(`{reload: {watch: false}, ${control}}`));
    box.write('lan.yaml', documents(pool('blue', vip, '192.0.2.12'), policy('lan'), service('web')));
    await box.start();
    admin = (await box.status()).adminSocket;
    // Others may pass through, to what is theirs.
    chmodSync(box.folder, 0o711);
  });
  afterAll(async () => {
    await box?.close();
    lab?.close();
  });

  /** As `curl -i`: status, headers, body. */
  async function curl(socket: string, path: string, ...more: readonly string[]) {
    const command = [
      'curl',
      '-sS',
      '--path-as-is',
      '-w',
      '\n%{http_code} %{content_type} %header{allow}',
      '--max-time',
      '10',
    ];
    const { code, stdout, stderr } = await lab.exec(edge, [
      ...command,
      ...more,
      '--unix-socket',
      socket,
      `http://x${path}`,
    ]);
    const at = stdout.lastIndexOf('\n');
    const [status = '', type = '', allow = ''] = stdout.slice(at + 1).split(' ');
    return { code, stderr, status: Number(status), type, allow, body: stdout.slice(0, at) };
  }

  /** A user of these groups alone. */
  const as = (groups: string, ...command: readonly string[]) => {
    const user = ['setpriv', '--reuid', `${nobody}`, '--regid', `${nobody}`];
    return lab.exec(edge, [...user, ...(groups === '' ? ['--clear-groups'] : ['--groups', groups]), ...command]);
  };

  test('0660, each socket of its group', () => {
    for (const [path, group] of [
      [box.socket, lookers],
      [admin, actors],
    ] as const) {
      const { mode, uid, gid } = statSync(path);
      expect([path, (mode & 0o777).toString(8), uid, gid]).toEqual([path, '660', 0, groupId(group) ?? -1]);
    }
  });

  test('who looks may not act, who acts may look, and a stranger may do neither', async () => {
    const [look, act] = [groupId(lookers), groupId(actors)];
    const status = ['curl', '-sS', '--unix-socket', box.socket, 'http://x/v1/status'];
    const announce = [binary, 'announce', vip, '--socket', box.socket];
    expect((await as(`${look}`, ...status)).code).toBe(0);
    expect(await as(`${look}`, ...announce)).toMatchObject({ code: 4, stderr: expect.stringContaining('Not allowed') });
    expect(await as('', ...status)).toMatchObject({ code: 7 });
    expect(await as('', binary, 'get', 'pools', '-w', '--socket', box.socket)).toMatchObject({ code: 4, stdout: '' });
    // The admin socket answers questions, too.
    expect((await as(`${act}`, 'curl', '-sS', '--unix-socket', admin, 'http://x/v1/status')).stdout).toContain(
      '"Status"',
    );
    expect(await as(`${act}`, ...announce)).toMatchObject({ code: 0 });
  });

  test('whoever acts is in the journal: user, uid, pid and command, as the kernel says', async () => {
    const act = `${groupId(actors)}`;
    const post = ['curl', '-sS', '-X', 'POST', '--unix-socket', admin];
    await as(act, ...post, `http://x/v1/announce?address=${vip}`);
    await as(act, ...post, 'http://x/v1/failover?address=192.0.2.10');
    box.write('more.yaml', service('more'));
    await as(act, ...post, 'http://x/v1/reload');
    const events = await box.get('events');
    const last = (kind: string) => events.findLast((event) => event.kind === kind);
    const who = { by: 'nobody', uid: nobody, pid: expect.any(Number), command: 'curl' };
    expect(last('action.announce')).toMatchObject({ object: `ip/${vip}`, fields: { ...who, ok: true } });
    expect(last('action.failover')).toMatchObject({ object: `ip/${vip}`, fields: { ...who, ok: false } });
    expect(last('config.applied')?.fields).toMatchObject(who);
    // As people read it, and as a filter finds it.
    const shown = await box.lanlord('events', '--filter', 'kind:action.announce nobody');
    expect(shown.stdout).toContain(`announce ${vip} by nobody`);
  });

  test('paths are versioned; what is not there, not allowed or makes no sense is an Error, by its status', async () => {
    const look = box.socket;
    const cases: readonly (readonly [string, string, string, number, string])[] = [
      [look, 'GET', '/v1/status', 200, ''],
      [look, 'GET', '/metrics', 200, ''],
      [look, 'GET', '/', 404, 'not_found'],
      [look, 'GET', '/status', 404, 'not_found'],
      [look, 'GET', '/v2/status', 404, 'not_found'],
      [look, 'GET', '/v1/status/', 404, 'not_found'],
      [look, 'GET', '/v1/../../etc/passwd', 404, 'not_found'],
      [look, 'POST', '/v1/status', 405, 'not_allowed'],
      [look, 'DELETE', '/v1/list?kind=pools', 405, 'not_allowed'],
      [look, 'POST', '/v1/reload', 404, 'not_found'],
      [look, 'POST', `/v1/announce?address=${vip}`, 404, 'not_found'],
      [look, 'GET', '/v1/list', 400, 'bad_request'],
      [look, 'GET', '/v1/list?kind=zork', 400, 'bad_request'],
      [look, 'GET', '/v1/list?kind=events&sinceMs=-1', 400, 'bad_request'],
      [look, 'GET', '/v1/stream', 400, 'bad_request'],
      [look, 'GET', '/v1/stream?kinds=pools,zork', 400, 'bad_request'],
      [look, 'GET', '/v1/stream?kinds=events&last=x', 400, 'bad_request'],
      [look, 'GET', '/v1/who-has?address=300.1.1.1', 400, 'bad_request'],
      [look, 'GET', '/v1/traffic?filter=vpi:1', 400, 'bad_request'],
      [look, 'GET', '/v1/traffic?limit=0', 400, 'bad_request'],
      [look, 'GET', '/v1/explain?object=svc/default/none', 404, 'not_found'],
      [admin, 'GET', '/v1/list?kind=pools', 200, ''],
      [admin, 'GET', '/v1/reload', 405, 'not_allowed'],
      [admin, 'PUT', '/v1/drain', 405, 'not_allowed'],
      [admin, 'DELETE', '/v1/status', 405, 'not_allowed'],
      [admin, 'POST', '/v1/zork', 404, 'not_found'],
      [admin, 'POST', '/v1/announce', 400, 'bad_request'],
      [admin, 'POST', '/v1/announce?address=192.0.2.77', 404, 'not_found'],
      [admin, 'POST', `/v1/failover?address=${vip}`, 409, 'refused'],
      [admin, 'POST', '/v1/drain?node=zork', 409, 'refused'],
    ];
    for (const [socket, method, path, status, code] of cases) {
      const answer = await curl(socket, path, '-X', method);
      expect([method, path, answer.status]).toEqual([method, path, status]);
      if (path === '/metrics') continue;
      expect([path, answer.type]).toEqual([path, 'application/json']);
      if (status === 405) expect(answer.allow).toBe(method === 'PUT' || path === '/v1/reload' ? 'POST' : 'GET');
      const body = JSON.parse(answer.body);
      expect(body.apiVersion).toBe('lanlord.dev/v1');
      if (code === '') continue;
      expect([path, body.kind, body.code]).toEqual([path, 'Error', code]);
      expect(body.message.length).toBeGreaterThan(10);
    }
    const head = await curl(admin, '/v1/status', '--head');
    expect([head.code, head.status]).toEqual([0, 405]);
  });

  test('a body is limited and not read: too long 413 on either socket, bad JSON changes nothing', async () => {
    const long = join(box.folder, 'long');
    writeFileSync(long, 'x'.repeat(200_000));
    expect((await curl(box.socket, '/v1/status', '--data-binary', `@${long}`)).status).toBe(413);
    const refused = await curl(admin, '/v1/reload', '--data-binary', `@${long}`);
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([413, 'bad_request']);
    const chunked = await curl(admin, '/v1/reload', '-H', 'Transfer-Encoding: chunked', '-d', '{}');
    expect([chunked.status, JSON.parse(chunked.body).kind]).toEqual([501, 'Error']);
    const { generation } = await box.status();
    const bad = await curl(admin, '/v1/reload', '-d', '{"bad": ');
    expect([bad.status, JSON.parse(bad.body)]).toEqual([
      200,
      expect.objectContaining({ kind: 'Reload', applied: true }),
    ]);
    expect((await box.status()).generation).toBeGreaterThanOrEqual(generation);
    for (const socket of [box.socket, admin]) {
      expect([socket, (await spoken(socket, 'GARBAGE\r\n\r\n')).slice(0, 12)]).toEqual([socket, 'HTTP/1.1 400']);
    }
    expect(await spoken(admin, `GET / HTTP/1.1\r\na: ${'x'.repeat(70_000)}\r\n\r\n`)).toStartWith('HTTP/1.1 431');
  });

  test('a hundred clients at a time are answered on either socket; readers beyond 64 are told, and end with 5', async () => {
    const ask = (unix: string, path: string, method = 'GET') => fetch(`http://x${path}`, { unix, method });
    const all = Array.from({ length: 100 }, (_, i) => i);
    const looked = await Promise.all(all.map(() => ask(box.socket, '/v1/status').then((answer) => answer.json())));
    expect(looked.filter((answer) => (answer as { kind: string }).kind === 'Status')).toHaveLength(100);
    const acted = await Promise.all(
      all.map(async (i) => {
        const isReload = i % 10 === 0;
        const answer = await ask(admin, isReload ? '/v1/reload' : `/v1/announce?address=${vip}`, 'POST');
        return `${answer.status} ${((await answer.json()) as { kind: string }).kind}`;
      }),
    );
    expect([...new Set(acted)].sort()).toEqual(['200 Action', '200 Reload']);
    const streams = await Promise.all(all.map(() => ask(box.socket, '/v1/stream?kinds=status')));
    const statuses = streams.map(({ status }) => status);
    expect([
      statuses.filter((status) => status === 200).length,
      statuses.filter((status) => status === 503).length,
    ]).toEqual([64, 36]);
    const refused = streams.find(({ status }) => status === 503);
    expect(await refused?.json()).toMatchObject({ kind: 'Error', code: 'busy' });
    const watching = new Watching(box, ['get', 'pools', '-w']);
    expect(await watching.ended).toEqual({ code: 5, signal: null });
    expect(watching.stderr).toBe('lanlord: Too many readers of the stream\n');
    // Single answers have room all the same.
    expect((await box.lanlord('status', '--brief')).code).toBe(0);
    await Promise.all(streams.map(({ status, body }) => (status === 200 ? body?.cancel() : null)));
    const isFree = await box.within(
      20_000,
      async () => (await ask(box.socket, '/v1/stream?kinds=status')).status === 200,
    );
    expect(isFree).toBe(true);
  });
});

/** What a socket answers to these bytes. */
function spoken(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write(text));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    // Bun.serve leaves a bad connection open for another try.
    socket.setTimeout(3000, () => socket.destroy());
  });
}
