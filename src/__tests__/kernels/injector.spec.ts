import type { Kernel } from '@jupyterlab/services';

import type { AttachedNotebook } from '../../kernels/attachedNotebook';
import { AttachmentsModel } from '../../kernels/attachmentsModel';
import { Jupyter, run, until } from './jupyter';
import { Notebook } from './scriptedNotebook';

let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = await Jupyter.start();
});

afterAll(() => jupyter.stop());

describe('the variables of a notebook', () => {
  let kernel: Kernel.IKernelConnection;
  let notebook: Notebook;

  beforeEach(async () => {
    kernel = await jupyter.kernel();
    notebook = new Notebook();
  });

  afterEach(async () => {
    notebook.dispose();
    if (!kernel.isDisposed && kernel.status !== 'dead') {
      await kernel.shutdown();
    }
  });

  it('wait for a kernel, and are ready when it has them', async () => {
    notebook.attach('events');
    await until(() => notebook.of('events')?.kind === 'waiting');
    expect(notebook.of('events')).toEqual({
      kind: 'waiting',
      reason: 'no_kernel'
    });

    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
    const told = notebook.history.events;
    expect(told[told.length - 1]).toBe('ready');
    expect(told.slice(0, -1)).not.toContain('ready');
  });

  it('leave a kernel alone to which nothing is attached', async () => {
    const requests = jest.spyOn(kernel, 'requestExecute');
    notebook.injector.setKernel(kernel);
    await run(kernel, '1');
    expect(requests).toHaveBeenCalledTimes(1);
  });

  it('say that they wait for a busy kernel, and do not interrupt it', async () => {
    notebook.injector.setKernel(kernel);
    const cell = run(kernel, 'import time; time.sleep(1); print("whole")');
    await until(() => kernel.status === 'busy');
    notebook.attach('events');
    await until(() => notebook.of('events')?.kind === 'waiting');
    expect(notebook.of('events')).toEqual({ kind: 'waiting', reason: 'busy' });
    expect(await cell).toBe('whole');
    await notebook.is('events', 'ready');
  });

  it('are in the queue of a busy kernel once, however often they are sent', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');
    const cell = run(kernel, 'import time; time.sleep(1.5)');
    await until(() => kernel.status === 'busy');
    const asked = countMessages(kernel);
    for (const path of ['/eos/1.root', '/eos/2.root', '/eos/3.root']) {
      notebook.path = path;
      notebook.injector.injectAgain();
      await until(() => notebook.of('events')?.kind === 'waiting');
    }
    expect(asked()).toBe(1);
    await cell;
    await notebook.is('events', 'ready');
    expect(asked()).toBe(2);
    expect(await run(kernel, 'print(events)')).toBe('/eos/3.root');
  });

  it('come after a cell that is interrupted', async () => {
    notebook.attach('before');
    notebook.injector.setKernel(kernel);
    await notebook.is('before', 'ready');
    const cell = run(kernel, 'import time; time.sleep(30)');
    await until(() => kernel.status === 'busy');
    notebook.attach('events');
    await until(() => notebook.of('events')?.kind === 'waiting');
    await kernel.interrupt();
    expect(await cell).toContain('KeyboardInterrupt');
    await notebook.is('events', 'ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
  });

  it('are there again after a restart', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    const restarted = kernel.restart();
    expect(notebook.of('events')?.kind).not.toBe('ready');
    await restarted;
    await notebook.is('events', 'ready');

    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
  });

  it.each(['with-package', 'without-package'])(
    'are there for what is run as soon as a kernel %s is restarted',
    async name => {
      const restarted = await jupyter.kernel(name);
      notebook.attach('events');
      notebook.injector.setKernel(restarted);
      await notebook.is('events', 'ready');
      const { asked } = notebook;

      await restarted.restart();
      const [seen] = await Promise.all([
        run(restarted, 'print(events)'),
        run(restarted, 'events = "mine"')
      ]);
      expect(seen).toBe('/eos/a.root');
      await notebook.is('events', 'ready');
      await until(() => notebook.asked === asked + 1);

      // The server said the same again, and what the cells have made of it is theirs.
      expect(await run(restarted, 'print(events)')).toBe('mine');
      await restarted.shutdown();
    }
  );

  it('are others after a restart where the server says so by now', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    notebook.path = '/eos/b.root';
    await kernel.restart();
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
    await until(() => {
      const [attachment] = notebook.attachments.attachments;
      const items = notebook.injector.resolved(attachment)?.items;
      return items?.[0].path === '/eos/b.root';
    });
    await notebook.is('events', 'ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/b.root');
  });

  it('find another way in where a restart has taken that of before', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    // What the restarted kernel imports at its start is no longer there.
    const gone = await jupyter.hidePackage();
    await kernel.restart();
    await notebook.is('events', 'ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
    await gone();
  });

  it('are there again after the kernel has crashed and was restarted', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    void run(kernel, 'import os; os._exit(1)').catch(() => undefined);
    await until(() => notebook.of('events')?.kind !== 'ready');
    await notebook.is('events', 'ready');

    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
  });

  it('are there again after another page has restarted the kernel', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    const other = kernel.clone();
    await other.restart();
    await until(() => notebook.of('events')?.kind !== 'ready');
    await notebook.is('events', 'ready');

    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
    other.dispose();
  });

  it('move to another kernel', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    const second = await jupyter.kernel('without-package');
    notebook.injector.setKernel(second);
    expect(notebook.of('events')?.kind).not.toBe('ready');
    await notebook.is('events', 'ready');

    expect(await run(second, 'print(events)')).toBe('/eos/a.root');
    await second.shutdown();
  });

  it('are there after the page was reloaded', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');
    const reloaded = new Notebook();
    reloaded.path = '/eos/elsewhere.root';
    const connection = kernel.clone({ handleComms: true });
    reloaded.attach('events');
    reloaded.injector.setKernel(connection);
    await reloaded.is('events', 'ready');
    expect(await run(connection, 'print(events)')).toBe('/eos/elsewhere.root');

    reloaded.attachments.removeByName('events');
    await until(() => kernel.status === 'idle');
    expect(await run(connection, 'events')).toContain('NameError');
    reloaded.dispose();
    connection.dispose();
  });

  it('follow a new name and leave with the attachment', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');

    notebook.attachments.rename('events', 'muons');
    await notebook.is('muons', 'ready');
    expect(await run(kernel, 'print(muons)')).toBe('/eos/a.root');
    expect(await run(kernel, 'events')).toContain('NameError');

    notebook.attachments.removeByName('muons');
    expect(await run(kernel, 'muons')).toContain('NameError');
  });

  it('become paths when their data arrives', async () => {
    notebook.state = 'replicating';
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'unavailable');
    expect(notebook.history.events).not.toContain('ready');
    expect(await run(kernel, 'open(events)')).toContain('0 of 1 files');

    notebook.state = 'available';
    notebook.injector.injectAgain();
    await notebook.is('events', 'ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
  });

  it('are not overwritten by an answer that comes late', async () => {
    notebook.injector.setKernel(kernel);
    await run(kernel, '1');
    const late: (() => void)[] = [];
    notebook.resolve = wanted =>
      new Promise(resolve => {
        const answer = wanted.map(one => ({
          resolved: notebook.resolved(one)
        }));
        late.push(() => resolve(answer));
      });
    notebook.path = '/eos/old.root';
    notebook.attach('events');
    notebook.path = '/eos/new.root';
    notebook.injector.injectAgain();
    late[1]();
    await notebook.is('events', 'ready');
    late[0]();
    await run(kernel, '1');
    expect(notebook.of('events')?.kind).toBe('ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/new.root');
  });

  it('sent again replace what the user put there', async () => {
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'ready');
    await run(kernel, 'events = 42');
    notebook.injector.injectAgain();
    await notebook.is('events', 'ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
  });

  it('of two notebooks on one kernel have their own states', async () => {
    const second = new Notebook();
    const connection = kernel.clone({ handleComms: false });
    notebook.attach('first');
    second.state = 'not_available';
    second.attach('second', 'demo:b.root');
    notebook.injector.setKernel(kernel);
    second.injector.setKernel(connection);
    await Promise.all([
      notebook.is('first', 'ready'),
      second.is('second', 'unavailable')
    ]);
    second.attachments.removeByName('second');
    expect(await run(connection, 'print(first)')).toBe('/eos/a.root');
    second.dispose();
    connection.dispose();
  });

  it('of one notebook in two browsers are one, and nobody fights', async () => {
    const other = new Notebook(notebook.model);
    const connection = kernel.clone({ handleComms: true });
    const written = jest.spyOn(notebook.model, 'setMetadata');
    notebook.injector.setKernel(kernel);
    other.injector.setKernel(connection);
    notebook.attach('events');
    await Promise.all([
      notebook.is('events', 'ready'),
      other.is('events', 'ready')
    ]);
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');

    other.attachments.rename('events', 'muons');
    await Promise.all([
      notebook.is('muons', 'ready'),
      other.is('muons', 'ready')
    ]);
    expect(await run(kernel, 'print(muons)')).toBe('/eos/a.root');
    expect(await run(kernel, 'events')).toContain('NameError');

    notebook.attachments.removeByName('muons');
    await until(() => other.of('muons') === undefined);
    expect(await run(connection, 'muons')).toContain('NameError');
    // What one wrote the other took over, and did not write again.
    expect(written).toHaveBeenCalledTimes(2);
    other.dispose();
    connection.dispose();
  });

  it('stay in the kernel while one of the notebooks on it has them attached', async () => {
    const second = new Notebook();
    second.path = '/eos/b.root';
    const connection = kernel.clone({ handleComms: false });
    const model = new AttachmentsModel();
    const asOpen = ({ injector }: Notebook, title: string) =>
      model.add({
        injector,
        title,
        changed: injector.stateChanged
      } as unknown as AttachedNotebook);
    asOpen(notebook, 'first.ipynb');
    asOpen(second, 'second.ipynb');
    notebook.injector.setKernel(kernel);
    second.injector.setKernel(connection);
    notebook.attach('events');
    await notebook.is('events', 'ready');

    second.attach('events', 'demo:b.root');
    await second.is('events', 'ready');
    await notebook.is('events', 'failed');
    expect(notebook.of('events')).toMatchObject({
      error: {
        message: expect.stringContaining(
          'second.ipynb on the same kernel has set it to demo:b.root'
        )
      }
    });
    expect(await run(kernel, 'print(events)')).toBe('/eos/b.root');

    second.attachments.removeByName('events');
    await notebook.is('events', 'ready');
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
    second.dispose();
    connection.dispose();
  });

  it('with a name that cannot be are told, and nobody is asked', async () => {
    notebook.injector.setKernel(kernel);
    notebook.attach('class');
    expect(notebook.of('class')).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('“class” cannot be the name') }
    });
    expect(notebook.asked).toBe(0);
  });

  it('that the server does not find are told in its words', async () => {
    notebook.injector.setKernel(kernel);
    notebook.resolve = async wanted =>
      wanted.map(({ did }) => ({
        error: {
          code: 'did_unknown',
          message: `Rucio has no DID ${did}.`,
          hint: null,
          rucio: null
        }
      }));
    notebook.attach('gone');
    await notebook.is('gone', 'failed');
    expect(notebook.of('gone')).toMatchObject({
      error: { message: 'Rucio has no DID demo:a.root.' }
    });
  });
});

describe('a kernel of another language', () => {
  it('is told as not supported, and never as ready', async () => {
    const notebook = new Notebook();
    const kernel = await jupyter.kernel('other');
    notebook.attach('events');
    notebook.injector.setKernel(kernel);
    await notebook.is('events', 'failed');
    expect(notebook.of('events')).toMatchObject({
      error: { message: 'Variables in echo are not supported yet.' }
    });
    notebook.dispose();
    await kernel.shutdown();
  });
});

/** Counts what is sent to the kernel over a comm from now on. */
function countMessages(kernel: Kernel.IKernelConnection): () => number {
  let count = 0;
  kernel.anyMessage.connect((_, { direction, msg }) => {
    count += Number(direction === 'send' && msg.header.msg_type === 'comm_msg');
  });
  return () => count;
}
