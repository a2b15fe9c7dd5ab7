import type { Kernel } from '@jupyterlab/services';

import type { IKernelLink, IVariable } from '../../kernels/kernel';
import { PythonLanguage } from '../../kernels/python';
import { CommLink, ExpressionLink, PlainLink } from '../../kernels/pythonLinks';
import { Jupyter, run, until } from './jupyter';

let jupyter: Jupyter;
const python = new PythonLanguage();

beforeAll(async () => {
  jupyter = await Jupyter.start();
});

afterAll(() => jupyter.stop());

const file = (variableName: string, path = '/eos/a.root'): IVariable => ({
  type: 'file',
  variableName,
  did: 'demo:a.root',
  didAvailable: true,
  files: [{ path, pfn: `root://h/${path}`, did: 'demo:a.root', size: 7 }]
});

const missing = (variableName: string): IVariable => ({
  type: 'collection',
  variableName,
  did: 'demo:photons',
  didAvailable: false,
  files: null,
  message: '5 of 12 files are there'
});

/** The ways into a kernel: what is installed in it, and whether the page shows it twice. */
const ways: [string, string, boolean, new (...args: never[]) => IKernelLink][] =
  [
    ['by comm', 'with-package', true, CommLink],
    ['on a second connection', 'with-package', false, ExpressionLink],
    ['without our package', 'without-package', true, PlainLink]
  ];

describe.each(ways)('attaching %s', (_, spec, handleComms, way) => {
  let kernel: Kernel.IKernelConnection;
  let link: IKernelLink;

  beforeAll(async () => {
    const started = await jupyter.kernel(spec);
    kernel = started.clone({ handleComms });
    link = await python.connect(kernel);
  });

  afterAll(async () => {
    link.dispose();
    await kernel.shutdown();
  });

  it('goes the expected way', () => {
    expect(link).toBeInstanceOf(way);
  });

  it('makes a variable, and only then says so', async () => {
    const answer = await link.inject([file('events'), file('a b')]);
    expect([...answer.accepted]).toEqual(['events']);
    expect([...answer.problems.keys()]).toEqual(['a b']);
    expect(await run(kernel, 'print(events)')).toBe('/eos/a.root');
  });

  it('makes a list of files whatever their names hold', async () => {
    const paths = ['/eos/"q\'\\n', '/eos/é 漢 😀', '/eos/\u2028'];
    const answer = await link.inject([
      {
        ...file('many'),
        type: 'collection',
        files: paths.map(path => ({ path, pfn: null, did: 'd:x', size: 1 }))
      }
    ]);
    expect([...answer.accepted]).toEqual(['many']);
    expect(
      JSON.parse(await run(kernel, 'import json; print(json.dumps([*many]))'))
    ).toEqual(paths);
  });

  it('makes what is not available raise when it is used', async () => {
    await link.inject([missing('photons')]);
    const error = 'DIDNotAvailableException: demo:photons is not available';
    expect(await run(kernel, 'open(photons)')).toContain(error);
    expect(await run(kernel, 'list(photons)')).toContain(error);
    expect(await run(kernel, 'print(f"{photons}")')).toContain(error);
    expect(await run(kernel, 'print(repr(photons))')).toContain('5 of 12');
  });

  it('reads a collection of many files from the list that the server wrote', async () => {
    const count = 1500;
    const path = await jupyter.write(
      'list.jsonl',
      Array.from({ length: count }, (_, n) =>
        JSON.stringify({ path: `/eos/é/${n}`, pfn: null, did: `d:${n}` })
      ).join('\n') + '\n'
    );
    const many = (variableName: string, lines: number): IVariable => ({
      ...file(variableName),
      type: 'collection',
      files: null,
      manifest: { path, count: lines, format: 'jsonl' }
    });
    const answer = await link.inject([
      many('listed', count),
      {
        ...many('lost', 1),
        manifest: { path: '/no/such', count: 1, format: 'jsonl' }
      }
    ]);
    expect([...answer.accepted]).toEqual(['listed']);
    expect(answer.problems.get('lost')).toContain('No such file');
    expect(await run(kernel, 'print(len(listed), listed[-1])')).toBe(
      '1500 /eos/é/1499'
    );
  });

  it('gives what is there of a collection, and refuses the rest', async () => {
    const [here] = file('x').files!;
    const gone = {
      ...here,
      path: null,
      did: 'demo:gone',
      message: 'It is not at EULAKE-1.'
    };
    const answer = await link.inject([
      { ...missing('part'), files: [here, gone], message: '1 of 2 are there' }
    ]);
    expect([...answer.accepted]).toEqual(['part']);
    expect(await run(kernel, 'print(len(part), part[0])')).toBe(
      '2 /eos/a.root'
    );
    expect(await run(kernel, 'open(part[1])')).toContain(
      'DIDNotAvailableException: demo:gone is not available'
    );
    expect(await run(kernel, 'print(repr(part[1]))')).toContain(
      'not at EULAKE'
    );
  });

  it('takes of a very large collection what is seen to be there', async () => {
    const path = await jupyter.write('whole.csv', '1234567');
    const [here] = file('x').files!;
    const look = (expected: string, size: number) => ({
      ...here,
      path: null,
      size,
      expected,
      message: 'Rucio cannot say quickly.'
    });
    const files = [look(path, 7), look(path, 8), look('/no/such', 7)];
    await link.inject([{ ...missing('seen'), files }]);
    expect(await run(kernel, 'print(open(seen[0]).read())')).toBe('1234567');
    for (const n of [1, 2]) {
      expect(await run(kernel, `open(seen[${n}])`)).toContain(
        'DIDNotAvailableException'
      );
    }
  });

  it('gets files in pages where it does not see the disk of the server', async () => {
    const count = 2500;
    const asked: number[] = [];
    const fetchPage = async (_: IVariable, offset: number) => {
      asked.push(offset);
      return Array.from({ length: Math.min(1000, count - offset) }, (_, n) => ({
        path: `/eos/é/${offset + n}`,
        pfn: null,
        did: `d:${offset + n}`,
        size: 1
      }));
    };
    const manifest = { path: '/elsewhere', count, format: 'jsonl' } as const;
    const far = { ...missing('far'), didAvailable: true, manifest };
    const answer = await link.inject([far, file('near')], fetchPage);
    expect([...answer.accepted].sort()).toEqual(['far', 'near']);
    expect([...answer.problems]).toEqual([]);
    expect(asked).toEqual([0, 1000, 2000]);
    expect(await run(kernel, 'print(len(far), far[0], far[-1])')).toBe(
      '2500 /eos/é/0 /eos/é/2499'
    );

    const lost = await link.inject([far], async () => {
      throw new Error('The list of files is not there any more.');
    });
    expect([...lost.accepted]).toEqual([]);
    expect(lost.problems.get('far')).toContain('not there any more');
    // What was there before stays.
    expect(await run(kernel, 'print(len(far))')).toBe('2500');
  });

  it('takes its variables away and leaves those of the user', async () => {
    await link.inject([file('ours'), file('theirs')]);
    await run(kernel, 'theirs = 42');
    await link.remove(['ours', 'theirs', 'never']);
    expect(await run(kernel, 'print(theirs)')).toBe('42');
    expect(await run(kernel, 'ours')).toContain('NameError');
  });

  it('is not noticed by the user', async () => {
    await run(kernel, 'print(1)\n42');
    const names = 'sorted(n for n in dir() if not n.startswith("_"))';
    const before = await run(kernel, `print(_, len(In), ${names})`);
    const seen: string[] = [];
    const listen = (
      _: Kernel.IKernelConnection,
      message: { header: { msg_type: string } }
    ) => seen.push(message.header.msg_type);
    kernel.iopubMessage.connect(listen);
    await link.inject([file('events')]);
    kernel.iopubMessage.disconnect(listen);
    const after = await run(kernel, `print(_, len(In), ${names})`);

    const count = Number(before.split(' ')[1]);
    expect(after).toBe(before.replace(`${count}`, `${count + 1}`));
    expect(new Set(seen)).not.toContain('stream');
    expect(new Set(seen)).not.toContain('error');
    expect(new Set(seen)).not.toContain('execute_result');
    expect(new Set(seen)).not.toContain('execute_input');
  });

  it('waits for what is running and survives that it fails', async () => {
    const cell = run(kernel, 'import time; time.sleep(0.6); 1/0');
    const told: string[] = [];
    void cell.then(() => told.push('cell'));
    const injected = link
      .inject([file('late')])
      .then(() => told.push('variable'));
    await Promise.all([cell, injected]);
    expect(told[0]).toBe('cell');
    expect(await run(kernel, 'print(late)')).toBe('/eos/a.root');
  });

  it('sends more files than one message holds', async () => {
    const many = (variableName: string): IVariable => ({
      ...file(variableName),
      type: 'collection',
      files: Array.from({ length: 1000 }, (_, n) => ({
        path: `/eos/${n}`,
        pfn: null,
        did: `demo:${n}`,
        size: n
      }))
    });
    const names = Array.from({ length: 12 }, (_, n) => `many_${n}`);
    const { accepted } = await link.inject(names.map(many));
    expect([...accepted].sort()).toEqual([...names].sort());
    expect(await run(kernel, 'print(many_11[999])')).toBe('/eos/999');
  });
});

describe('a link by comm', () => {
  it('hears resolve_dids()', async () => {
    const kernel = await jupyter.kernel();
    const link = await python.connect(kernel);
    let requests = 0;
    link.injectRequested.connect(() => requests++);
    await run(kernel, 'resolve_dids()');
    await until(() => requests === 1);
    await kernel.shutdown();
  });

  it('is connected while a cell has failed and the queue was dropped', async () => {
    const kernel = await jupyter.kernel();
    const cell = run(kernel, 'import time; time.sleep(0.5); 1/0');
    const link = await python.connect(kernel);
    await cell;
    expect(link).toBeInstanceOf(CommLink);
    await kernel.shutdown();
  });

  it('rejects what was under way when the kernel restarts', async () => {
    const kernel = await jupyter.kernel();
    const link = await python.connect(kernel);
    void run(kernel, 'import time; time.sleep(30)').catch(() => undefined);
    const injected = link.inject([file('events')]);
    const rejected = expect(injected).rejects.toThrow();
    await kernel.restart();
    await rejected;
    await kernel.shutdown();
  });
});
