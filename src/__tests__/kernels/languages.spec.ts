import type { Kernel } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { BashLanguage } from '../../kernels/bash';
import { CppLanguage } from '../../kernels/cpp';
import { JavaScriptLanguage } from '../../kernels/javascript';
import type {
  IKernelLanguage,
  IKernelLink,
  IVariable
} from '../../kernels/kernel';
import { KernelDoor } from '../../kernels/kernelDoor';
import { RLanguage } from '../../kernels/r';
import { Jupyter, run, until } from './jupyter';

/** How a language says what every story needs. `x` stands for the variable. */
interface IWords {
  readonly spec: string;
  readonly language: IKernelLanguage;
  /** Prints the path that the variable of a file holds. */
  readonly path: string;
  /** Prints each path that a collection holds, as JSON or one a line. */
  readonly paths: string;
  readonly length: string;
  /** Opens a file, and prints the first line of what it holds. */
  readonly open: string;
  /** Opens the second file of a collection. */
  readonly openSecond: string;
  /** Gives the variable another value, which `path` prints as `theirs`. */
  readonly reassign: string;
  /** Prints `gone` when there is no such variable, or when it holds nothing. */
  readonly isGone: string;
  /** Prints the names that the user has. */
  readonly names: string;
  /** A cell that takes half a second and fails. */
  readonly failing: string;
  /** A name that the language does not take. */
  readonly reserved: string;
}

/** Prints a value. What Deno's `console.log` prints may come after the cell has ended. */
const deno = (value: string) =>
  `{ const value = String(${value}); throw Object.assign(new Error(value), { name: "said" }); }`;

/** What bash prints comes through a terminal, which now and then adds spaces of its own. */
const encoded = (command: string) =>
  `printf encoded:; ${command} | base64 --wrap=60`;

function decoded(said: string): string {
  const [, text] = /^encoded:([^]*)$/.exec(said) ?? [];
  return text === undefined
    ? said
    : Buffer.from(text, 'base64').toString().trim();
}

/** Opens a file or the last of some, and prints its first line or else its path, as an error would. */
const CPP_OPEN = `{
  struct {
    const std::string& operator()(const std::string& path) { return path; }
    const std::string& operator()(const std::vector<std::string>& paths) { return paths.back(); }
  } last;
  std::ifstream in(last(x));
  std::string line = last(x);
  std::getline(in, line);
  std::cout << line << std::endl;
}`;

const WORDS: Record<string, IWords> = {
  R: {
    spec: 'r',
    language: new RLanguage(),
    path: 'cat(x)',
    paths: 'cat(x, sep = "\\n")',
    length: 'cat(length(x))',
    open: 'cat(readLines(x)[1])',
    openSecond: 'readLines(x[[2]])',
    reassign: 'x <- "theirs"',
    isGone: 'cat(if (exists("x")) "there" else "gone")',
    names: 'cat(ls(all.names = TRUE))',
    failing: 'Sys.sleep(0.5); stop("x")',
    reserved: 'repeat'
  },
  JavaScript: {
    spec: 'deno',
    language: JavaScriptLanguage.deno(),
    path: deno('x'),
    paths: deno('x.join("\\n")'),
    length: deno('x.length'),
    open: deno('Deno.readTextFileSync(x).split("\\n")[0]'),
    openSecond: 'Deno.readTextFileSync(x[1])',
    reassign: 'x = "theirs"',
    isGone: deno('typeof x === "undefined" ? "gone" : "there"'),
    names: deno('Object.keys(globalThis).join(" ")'),
    failing:
      'await new Promise((done) => setTimeout(done, 500)); throw new Error("x")',
    reserved: 'class'
  },
  bash: {
    spec: 'bash',
    language: new BashLanguage(),
    path: encoded('printf %s "$x"'),
    paths: encoded('printf "%s\\n" "${x[@]}"'),
    length: 'echo ${#x[@]}',
    open: 'head -n 1 "$x" 2>&1',
    openSecond: 'cat "${x[1]}" 2>&1',
    reassign: 'x=theirs',
    isGone: 'declare -p x >/dev/null 2>&1 && echo there || echo gone',
    names:
      'compgen -v; compgen -A function; history | grep -c "[b]ase64"; true',
    failing: 'sleep 0.5; false',
    reserved: 'UID'
  },
  'C++': {
    spec: 'root',
    language: new CppLanguage(),
    path: 'std::cout << x << std::endl;',
    paths: 'for (auto& path : x) std::cout << path << std::endl;',
    length: 'std::cout << x.size() << std::endl;',
    open: CPP_OPEN,
    openSecond: CPP_OPEN,
    reassign: 'x = "theirs";',
    isGone: 'std::cout << (x.empty() ? "gone" : "there") << std::endl;',
    names:
      'for (auto one : *gROOT->GetListOfGlobals(true)) std::cout << one->GetName() << " ";',
    failing: 'gSystem->Sleep(500); nonsense;',
    reserved: 'class'
  }
};

/** What breaks out of quotes, of here-documents and of lines, in any of the languages. */
const HOSTILE = [
  `/eos/"q' \\ \\n $(touch broken) \`touch broken\` \${HOME} $HOME %s #{x}`,
  '/eos/é 漢 😀 \u2028 )" ]] /* // */',
  "/eos/'; touch broken; echo '",
  '/eos/RUCIO\tEOF\u0001'
];

let jupyter: Jupyter;

beforeAll(async () => {
  jupyter = await Jupyter.start();
});

afterAll(() => jupyter.stop());

const file = (variableName: string, path: string): IVariable => ({
  type: 'file',
  variableName,
  did: 'demo:a.csv',
  didAvailable: true,
  files: [{ path, pfn: `root://h/${path}`, did: 'demo:a.csv', size: 7 }]
});

const collection = (
  variableName: string,
  paths: readonly (string | null)[]
): IVariable => ({
  type: 'collection',
  variableName,
  did: 'demo:many',
  didAvailable: paths.every(path => path !== null),
  files: paths.map((path, n) => ({
    path,
    pfn: null,
    did: `demo:${n}.csv`,
    size: n
  }))
});

describe.each(Object.entries(WORDS))('attaching in %s', (_, words) => {
  let kernel: Kernel.IKernelConnection;
  let link: IKernelLink;

  const said = async (code: string) =>
    decoded((await run(kernel, code)).replace(/^said: /, ''));

  const named = (code: string, name: string) =>
    said(code.replace(/\bx\b/g, () => name));

  const inject = async (...variables: IVariable[]) => {
    const { accepted, problems } = await link.inject(variables);
    expect([...problems]).toEqual([]);
    expect([...accepted]).toEqual(variables.map(one => one.variableName));
  };

  beforeAll(async () => {
    kernel = await jupyter.kernel(words.spec);
    link = await words.language.connect(kernel);
  });

  afterAll(async () => {
    link.dispose();
    await kernel.shutdown();
  });

  it('makes a file a path', async () => {
    const path = await jupyter.write('a.csv', 'mass\n91.2\n');
    await inject(file('events', path));
    expect(await named(words.path, 'events')).toBe(path);
    expect(await named(words.open, 'events')).toBe('mass');
  });

  it('makes a collection its paths, whatever they hold', async () => {
    const hostile = HOSTILE.filter(path => !path.includes('\u0001'));
    await inject(collection('many', hostile));
    expect(await named(words.length, 'many')).toBe(`${hostile.length}`);
    expect((await named(words.paths, 'many')).split('\n')).toEqual(hostile);
  });

  it('makes what a DID and a path hold nothing but text', async () => {
    for (const path of HOSTILE) {
      await inject({ ...file('odd', path), did: `demo:${path}` });
      expect(await named(words.path, 'odd')).toBe(path);
    }
    expect(await jupyter.exists('broken')).toBe(false);
  });

  it('makes an empty dataset a collection of nothing', async () => {
    await inject(collection('none', []));
    expect(await named(words.length, 'none')).toBe('0');
  });

  it('lets what is not available say so when it is used', async () => {
    const message = '5 of 12 files\nare there';
    for (const type of ['file', 'collection'] as const) {
      await inject({
        type,
        variableName: 'photons',
        did: 'demo:photons',
        didAvailable: false,
        files: null,
        message
      });
      expect(await named(words.open, 'photons')).toContain(
        'demo:photons is not available: 5 of 12 files are there'
      );
    }
  });

  it('lets a missing file of a collection say so when it is used', async () => {
    const path = await jupyter.write('here.csv', 'here\n');
    await inject({ ...collection('partly', [path, null]), message: 'half' });
    expect(await named(words.length, 'partly')).toBe('2');
    expect(await named(words.openSecond, 'partly')).toContain(
      'demo:1.csv is not available'
    );
  });

  it('takes a file whose place is known only if it is there whole', async () => {
    const path = await jupyter.write('look "here".csv', 'found\n');
    const looked = (did: string, expected: string, size: number) => ({
      path: null,
      pfn: null,
      did,
      size,
      expected
    });
    await inject({
      ...collection('looked', [path]),
      didAvailable: false,
      files: [
        looked('demo:whole', path, 6),
        looked('demo:part', path, 7),
        looked('demo:none', '/no/such', 7),
        { path, pfn: null, did: 'demo:sure', size: 6 }
      ]
    });
    expect((await named(words.paths, 'looked')).split('\n')).toEqual([
      path,
      expect.stringContaining('demo:part is not available'),
      expect.stringContaining('demo:none is not available'),
      path
    ]);
  });

  it('replaces one by the other as availability changes', async () => {
    const path = await jupyter.write('b.csv', 'b\n');
    await inject({ ...file('turns', path), didAvailable: false, files: null });
    await inject(file('turns', path));
    expect(await named(words.open, 'turns')).toBe('b');
    await inject({ ...file('turns', path), didAvailable: false, files: null });
    expect(await named(words.open, 'turns')).toContain('is not available');
    await inject(collection('turns', [path, path, path]));
    expect(await named(words.length, 'turns')).toBe('3');
  });

  it('reads a collection of many files from the list that the server wrote', async () => {
    const count = 1500;
    const two = await jupyter.write('two', '..');
    const path = await jupyter.write(
      'list.jsonl',
      Array.from({ length: count }, (_unused, n) =>
        JSON.stringify({
          path: n === 1 || n === 2 ? null : `/eos/é"\\ ${n}`,
          pfn: null,
          did: `d:${n}`,
          size: n,
          ...(n === 1 ? { message: 'on its way' } : {}),
          ...(n === 2 ? { expected: two } : {})
        })
      ).join('\n') + '\n'
    );
    const many = (variableName: string, lines: number, at = path) => ({
      ...collection(variableName, []),
      files: null,
      manifest: { path: at, count: lines, format: 'jsonl' as const }
    });
    const answer = await link.inject([
      many('listed', count),
      many('lost', 1, '/no/such'),
      many('short', count + 1)
    ]);
    expect([...answer.accepted]).toEqual(['listed']);
    expect([...answer.problems.keys()].sort()).toEqual(['lost', 'short']);
    const paths = (await named(words.paths, 'listed')).split('\n');
    expect(paths).toHaveLength(count);
    expect(paths[0]).toBe('/eos/é"\\ 0');
    expect(paths[1]).toContain('d:1 is not available: on its way');
    expect(paths[2]).toBe(two);
    expect(paths[count - 1]).toBe(`/eos/é"\\ ${count - 1}`);
  });

  it('reads a list in which all is plain as quickly as it can', async () => {
    const paths = Array.from({ length: 1200 }, (_unused, n) => `/eos/a: ${n}`);
    const path = await jupyter.write(
      'plain.jsonl',
      paths
        .map(
          one =>
            `{"path":"${one}","pfn":"root://h:1/${one}","did":"d:x","size":1}\n`
        )
        .join('')
    );
    await inject({
      ...collection('plain', []),
      files: null,
      manifest: { path, id: 'plain', count: 1200, format: 'jsonl' }
    });
    expect((await named(words.paths, 'plain')).split('\n')).toEqual(paths);
  });

  it('takes its variables away and leaves those of the user', async () => {
    await inject(
      file('ours', '/eos/a'),
      file('theirs', '/eos/b'),
      collection('many_ours', ['/eos/a']),
      { ...file('absent', ''), didAvailable: false, files: null }
    );
    await named(words.reassign, 'theirs');
    await link.remove(['ours', 'theirs', 'many_ours', 'absent', 'never']);
    expect(await named(words.path, 'theirs')).toBe('theirs');
    for (const name of ['ours', 'many_ours', 'absent']) {
      expect(await named(words.isGone, name)).toBe('gone');
    }
  });

  it('lets the user take a name for something else', async () => {
    await inject({ ...file('taken', ''), didAvailable: false, files: null });
    await named(words.reassign, 'taken');
    expect(await named(words.path, 'taken')).toBe('theirs');
    await inject(file('taken', '/eos/again'));
    expect(await named(words.path, 'taken')).toBe('/eos/again');
  });

  it('leaves nothing else behind and is not noticed', async () => {
    await inject(file('first', '/eos/a'));
    const before = (await said(words.names)).split(/\s+/);
    const count = await executionCount(kernel);
    await inject(file('second', '/eos/b'), collection('third', ['/eos/c']));
    expect(await executionCount(kernel)).toBe(count + 1);
    const after = (await said(words.names)).split(/\s+/);
    expect(after.filter(name => !before.includes(name)).sort()).toEqual([
      'second',
      'third'
    ]);
  });

  it('waits for what is running and survives that it fails', async () => {
    const told: string[] = [];
    const cell = run(kernel, words.failing).then(() => told.push('cell'));
    const injected = inject(file('late', '/eos/late')).then(() =>
      told.push('variable')
    );
    await Promise.all([cell, injected]);
    expect(told[0]).toBe('cell');
    expect(await named(words.path, 'late')).toBe('/eos/late');
  });

  it('is there for what is run as soon as the kernel is restarted', async () => {
    const door = new KernelDoor(
      async () => ({ name: '', language: words.language }),
      nullTranslator.load('rucio-jupyterlab')
    );
    const variables = [file('first', '/eos/a'), collection('many', ['/eos/b'])];
    const accepted: string[] = [];
    door.tried.connect(async () => {
      const answer = await door.link!.inject(variables);
      accepted.push(...answer.accepted);
    });
    door.setKernel(kernel);
    door.open();
    await until(() => accepted.length === 2);

    await kernel.restart();
    expect(await named(words.path, 'first')).toBe('/eos/a');
    expect(await named(words.paths, 'many')).toBe('/eos/b');
    door.dispose();
    link.dispose();
    link = await words.language.connect(kernel);
  });

  it('tells of a name that cannot be, and runs nothing of it', async () => {
    const { accepted } = await link.inject([
      file('fine', '/eos/a'),
      file(words.reserved, '/eos/b')
    ]);
    expect([...accepted]).toEqual(['fine']);
    for (const name of ['x; touch broken', 'x[$(touch broken)]', 'a b', '']) {
      const answer = await link.inject([file(name, '/eos/a')]);
      expect([...answer.accepted]).toEqual([]);
      expect([...answer.problems.keys()]).toEqual([name]);
    }
    expect(await jupyter.exists('broken')).toBe(false);
  });
});

/** The number that a cell gets. */
async function executionCount(
  kernel: Kernel.IKernelConnection
): Promise<number> {
  const { content } = await kernel.requestExecute({ code: '1' }).done;
  return content.execution_count ?? 0;
}
