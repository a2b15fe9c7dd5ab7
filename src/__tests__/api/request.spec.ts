import { createServer, type RequestListener, type Server } from 'http';
import type { AddressInfo } from 'net';

import { ServerConnection } from '@jupyterlab/services';

import { RucioApi } from '../../api/client';
import { requestJson, streamItems, withQuery } from '../../api/request';
import type { IStreamEnd } from '../../api/types';

/** A real HTTP server on the loopback interface, which does what one test wants. */
async function serve(listener: RequestListener): Promise<{
  settings: ServerConnection.ISettings;
  server: Server;
}> {
  const server = createServer(listener);
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const settings = ServerConnection.makeSettings({
    baseUrl: `http://127.0.0.1:${port}/user/alice/`
  });
  servers.push(server);
  return { settings, server };
}

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
});

const pause = () => new Promise(resolve => setTimeout(resolve, 20));

async function gather<T>(stream: AsyncGenerator<T[], IStreamEnd>) {
  const items: T[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done) {
      return { items, end: next.value };
    }
    items.push(...next.value);
  }
}

describe('a streamed list', () => {
  it('gives each item once, wherever the network cuts the lines', async () => {
    const text =
      '{"did":"demo:größe"}\n{"did":"demo:b"}\n\n{"did":"demo:c"}\n{"end":{"count":3,"truncated":true}}\n';
    const bytes = Buffer.from(text);
    const { settings } = await serve(async (request, response) => {
      expect(request.headers.accept).toBe('application/x-ndjson');
      // Seven bytes at a time: through the middle of words, of characters and of line breaks.
      for (let i = 0; i < bytes.length; i += 7) {
        response.write(bytes.subarray(i, i + 7));
        await pause();
      }
      response.end();
    });
    const { items, end } = await gather(streamItems('dids', {}, settings));
    expect(items).toEqual([
      { did: 'demo:größe' },
      { did: 'demo:b' },
      { did: 'demo:c' }
    ]);
    expect(end).toEqual({ count: 3, truncated: true });
  });

  it('hands over the first rows while the rest is still on its way', async () => {
    let release: () => void = () => undefined;
    const { settings } = await serve(async (_, response) => {
      response.write('{"did":"demo:a"}\n');
      await new Promise<void>(resolve => {
        release = resolve;
      });
      response.end('{"end":{"count":1,"truncated":false}}\n');
    });
    const stream = streamItems('dids', {}, settings);
    expect((await stream.next()).value).toEqual([{ did: 'demo:a' }]);
    release();
    expect((await stream.next()).done).toBe(true);
  });

  it('keeps what came before an error in its middle', async () => {
    const { settings } = await serve((_, response) => {
      response.end(
        '{"did":"demo:a"}\n{"error":{"message":"Rucio stopped.","code":"rucio_bad_answer","hint":null,"rucio":null}}\n'
      );
    });
    const stream = streamItems('dids', {}, settings);
    expect((await stream.next()).value).toEqual([{ did: 'demo:a' }]);
    await expect(stream.next()).rejects.toMatchObject({
      code: 'rucio_bad_answer',
      message: 'Rucio stopped.'
    });
  });

  it('says that it was cut when its last line never came', async () => {
    const { settings } = await serve((_, response) => {
      response.end('{"did":"demo:a"}\n{"did":"demo:b"}');
    });
    const stream = streamItems('dids', {}, settings);
    await stream.next();
    await stream.next().catch(() => undefined);
    const again = streamItems('dids', {}, settings);
    await expect(gather(again)).rejects.toMatchObject({ code: 'stream_cut' });
  });

  it('says that it was cut when the connection breaks', async () => {
    const { settings } = await serve(async (_, response) => {
      response.write('{"did":"demo:a"}\n');
      await pause();
      response.destroy();
    });
    await expect(
      gather(streamItems('dids', {}, settings))
    ).rejects.toMatchObject({ code: 'stream_cut' });
  });

  it('closes the connection when nobody wants it any more', async () => {
    const closed = new Promise<void>(resolve => {
      void serve((_, response) => {
        response.on('close', resolve);
        response.write('{"did":"demo:a"}\n');
      }).then(async ({ settings }) => {
        const abort = new AbortController();
        const stream = streamItems('dids', { signal: abort.signal }, settings);
        await stream.next();
        abort.abort();
        await expect(stream.next()).rejects.toMatchObject({
          name: 'AbortError'
        });
      });
    });
    await closed;
  });
});

describe('one answer', () => {
  it('tells what the server says went wrong', async () => {
    const { settings } = await serve((_, response) => {
      response.writeHead(403, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify({
          message: 'There is no quota left at EULAKE-1.',
          code: 'quota_exceeded',
          hint: 'Ask for more.',
          rucio: {
            exception_class: 'InsufficientAccountLimit',
            exception_message: 'no quota'
          }
        })
      );
    });
    await expect(requestJson('x', {}, settings)).rejects.toMatchObject({
      status: 403,
      code: 'quota_exceeded',
      hint: 'Ask for more.',
      rucio: { exception_class: 'InsufficientAccountLimit' }
    });
  });

  it('tells a missing server part from a missing DID', async () => {
    const { settings } = await serve((request, response) => {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.end(
        request.url?.includes('hello')
          ? '{"message": "", "reason": null}'
          : '{"message":"Rucio has no demo:x.","code":"unknown_did","hint":null,"rucio":null}'
      );
    });
    await expect(requestJson('hello', {}, settings)).rejects.toMatchObject({
      code: 'server_missing'
    });
    await expect(requestJson('did', {}, settings)).rejects.toMatchObject({
      code: 'unknown_did'
    });
  });

  it('says when Jupyter itself does not answer', async () => {
    const { settings, server } = await serve(() => undefined);
    await new Promise(resolve => server.close(resolve));
    await expect(requestJson('hello', {}, settings)).rejects.toMatchObject({
      code: 'jupyter_unreachable'
    });
  });

  it('does not take nonsense for an answer', async () => {
    const { settings } = await serve((_, response) => {
      response.end('<html>A proxy says hello</html>');
    });
    await expect(requestJson('hello', {}, settings)).rejects.toMatchObject({
      code: 'bad_answer'
    });
  });

  it('gives up on a server that stays silent', async () => {
    const { settings } = await serve(() => undefined);
    await expect(
      requestJson('hello', { timeoutMs: 50 }, settings)
    ).rejects.toMatchObject({ code: 'jupyter_slow' });
  });
});

describe('addresses', () => {
  it('quote every character of a DID', async () => {
    const seen: string[] = [];
    const { settings } = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.end('{"end":{"count":0,"truncated":false}}\n');
    });
    const did = 'cms:/store/a b?c=d&e#f%2Fg:h+ü';
    const stream = new RucioApi(settings).availability('my lake', [
      did,
      'demo:x'
    ]);
    expect(await stream.next()).toMatchObject({ done: true });
    const url = new URL(seen[0], 'http://localhost');
    expect(url.pathname).toBe(
      '/user/alice/rucio-jupyterlab/instances/my%20lake/availability'
    );
    expect(url.searchParams.getAll('did')).toEqual([did, 'demo:x']);
  });

  it('do not keep a resting server awake with what nobody asked for', async () => {
    const seen: URL[] = [];
    const { settings } = await serve((request, response) => {
      seen.push(new URL(request.url ?? '', 'http://localhost'));
      response.end('{"end":{"count":0,"truncated":false}}\n');
    });
    const api = new RucioApi(settings);
    const query = { scope: 'demo', name: '', type: 'all' } as const;
    await api.availability('lake', ['demo:x']).next();
    await api.searchDids('lake', { ...query, isUnattended: true }).next();
    await api.searchDids('lake', query).next();
    await api.movingRules('lake');
    await api.rule('lake', 'r1', true);
    await api.rule('lake', 'r1');
    expect(seen.map(url => url.searchParams.get('no_track_activity'))).toEqual([
      '1',
      '1',
      null,
      '1',
      '1',
      null
    ]);
  });

  it('leave out what is undefined', () => {
    expect(withQuery('dids', { scope: 'a', limit: undefined })).toBe(
      'dids?scope=a'
    );
  });
});
