/// <reference types="node" />
import { spawn, type ChildProcess } from 'child_process';
import { promises as fs } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';

import { PageConfig } from '@jupyterlab/coreutils';
import { Kernel, KernelManager, ServerConnection } from '@jupyterlab/services';

const TOKEN = 'for-one-test-on-the-loopback-interface';

/** Where requirements/kernels.txt is installed. */
const KERNELS = resolve(__dirname, '../../../.venvs/kernels/bin');

/** How the kernels of other languages are started. */
const OTHER_LANGUAGES: Readonly<Record<string, string[]>> = {
  r: ['R', '--slave', '-e', 'IRkernel::main()', '--args', '{connection_file}'],
  bash: [
    join(KERNELS, 'python'),
    '-m',
    'bash_kernel',
    '-f',
    '{connection_file}'
  ],
  deno: [
    join(KERNELS, 'deno'),
    'jupyter',
    '--kernel',
    '--conn',
    '{connection_file}'
  ],
  root: [
    join(KERNELS, 'python'),
    '-m',
    'ROOT._jupyroot.kernel.rootkernel',
    '-f',
    '{connection_file}'
  ]
};

/** A real Jupyter server with real Python kernels, in a folder of its own. */
export class Jupyter {
  private constructor(
    private readonly _child: ChildProcess,
    private readonly _folder: string,
    readonly manager: KernelManager
  ) {}

  /**
   * Starts it. There are kernels `with-package`, `without-package` (the same Python, in which our
   * package cannot be imported), `other`, of a language that nobody knows, and `r`, `bash`, `deno` and
   * `root`, of other languages.
   */
  static async start(): Promise<Jupyter> {
    // @jupyterlab/services tells there of every connection.
    jest.spyOn(console, 'debug').mockImplementation();
    jest.spyOn(console, 'warn').mockImplementation();
    // As Jupyter Server tells every page: these do not change the status that is shown of a kernel.
    PageConfig.setOption(
      'untracked_message_types',
      JSON.stringify([
        'comm_info_request',
        'comm_info_reply',
        'kernel_info_request',
        'kernel_info_reply',
        'shutdown_request',
        'shutdown_reply',
        'interrupt_request',
        'interrupt_reply',
        'debug_request',
        'debug_reply'
      ])
    );
    const folder = await fs.mkdtemp(join(tmpdir(), 'rucio-jest-'));
    const startup = join(folder, 'ipython', 'profile_bare', 'startup');
    await fs.mkdir(startup, { recursive: true });
    await fs.writeFile(
      join(startup, 'block.py'),
      // The environment's own startup file has imported it by now.
      [
        'import sys',
        'for name in [*sys.modules, "rucio_jupyterlab"]:',
        '    if name.partition(".")[0] == "rucio_jupyterlab":',
        '        sys.modules[name] = None',
        'del name, sys'
      ].join('\n')
    );
    const argv = [
      'python',
      '-m',
      'ipykernel_launcher',
      '-f',
      '{connection_file}'
    ];
    await addSpec(folder, 'with-package', argv);
    await addSpec(folder, 'without-package', [...argv, '--profile=bare']);
    await addSpec(folder, 'other', [
      'python',
      '-m',
      'jupyterlab.tests.echo_kernel',
      '-f',
      '{connection_file}'
    ]);
    for (const [name, words] of Object.entries(OTHER_LANGUAGES)) {
      await addSpec(folder, name, words);
    }
    const child = spawn(
      'python',
      [
        '-m',
        'jupyter_server',
        '--no-browser',
        '--allow-root',
        '--ServerApp.ip=127.0.0.1',
        '--ServerApp.port=0',
        '--ServerApp.allow_origin=*',
        // What restarts a kernel that was killed looks this often, in seconds.
        '--KernelRestarter.time_to_dead=0.3',
        // A kernel that dies in its first ten seconds would else get other ports, and a browser that
        // reconnects before it has them waits at the old ones for ever.
        '--KernelRestarter.random_ports_until_alive=False',
        `--ServerApp.root_dir=${folder}`,
        '--log-level=ERROR'
      ],
      {
        stdio: 'ignore',
        env: {
          ...process.env,
          PYTHONPATH: resolve(__dirname, '../../..'),
          JUPYTER_TOKEN: TOKEN,
          JUPYTER_CONFIG_DIR: join(folder, 'config'),
          JUPYTER_DATA_DIR: join(folder, 'data'),
          JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
          IPYTHONDIR: join(folder, 'ipython'),
          // A bash writes what it was asked into the file of whoever runs the tests.
          HISTFILE: '/dev/null'
        }
      }
    );
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', code =>
        reject(new Error(`The Jupyter server ended with ${code}.`))
      );
    });
    const baseUrl = await Promise.race([
      address(join(folder, 'runtime', `jpserver-${child.pid}.json`), child),
      failed
    ]);
    failed.catch(() => undefined);
    const serverSettings = ServerConnection.makeSettings({
      baseUrl,
      wsUrl: baseUrl.replace('http', 'ws'),
      token: TOKEN,
      appendToken: true
    });
    return new Jupyter(child, folder, new KernelManager({ serverSettings }));
  }

  /** Starts a kernel that answers. */
  async kernel(name = 'with-package'): Promise<Kernel.IKernelConnection> {
    const kernel = await this.manager.startNew({ name });
    await kernel.info;
    return kernel;
  }

  /** Writes a file that kernels can read, and gives its path. */
  async write(name: string, text: string): Promise<string> {
    const path = join(this._folder, name);
    await fs.writeFile(path, text);
    return path;
  }

  /** Whether kernels have written such a file where they work. */
  async exists(name: string): Promise<boolean> {
    return (await fs.readdir(this._folder)).includes(name);
  }

  /** Kernels that start from now on cannot import our package, until what it gives is called. */
  async hidePackage(): Promise<() => Promise<void>> {
    const profiles = join(this._folder, 'ipython');
    const startup = join(profiles, 'profile_default', 'startup');
    await fs.mkdir(startup, { recursive: true });
    const file = join(startup, 'block.py');
    await fs.copyFile(join(profiles, 'profile_bare/startup/block.py'), file);
    return () => fs.rm(file);
  }

  async stop(): Promise<void> {
    await this.manager.shutdownAll();
    this.manager.dispose();
    const ended = new Promise(done => this._child.once('exit', done));
    this._child.kill();
    await ended;
    await fs.rm(this._folder, { recursive: true, force: true });
  }
}

/** What a cell prints, or its error. */
export async function run(
  kernel: Kernel.IKernelConnection,
  code: string
): Promise<string> {
  let said = '';
  const future = kernel.requestExecute({ code });
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream') {
      said += (content as { text: string }).text;
    } else if (header.msg_type === 'error') {
      const { ename, evalue } = content as { ename: string; evalue: string };
      said += `${ename}: ${evalue}`;
    }
  };
  await future.done;
  return said.trim();
}

/** Resolves when the condition holds; the test's own time limit ends the waiting. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise(done => setTimeout(done, 20));
  }
}

async function addSpec(
  folder: string,
  name: string,
  argv: string[]
): Promise<void> {
  const place = join(folder, 'data', 'kernels', name);
  await fs.mkdir(place, { recursive: true });
  await fs.writeFile(
    join(place, 'kernel.json'),
    JSON.stringify({ argv, display_name: name, language: 'python' })
  );
}

async function address(file: string, child: ChildProcess): Promise<string> {
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error('There is no Jupyter server.');
    }
    try {
      return JSON.parse(await fs.readFile(file, 'utf-8')).url;
    } catch {
      // Not written yet, or not to its end.
      await new Promise(done => setTimeout(done, 50));
    }
  }
}
