import type { ISessionContext } from '@jupyterlab/apputils';
import { NotebookModel } from '@jupyterlab/notebook/lib/model';
import { type ISignal, Signal } from '@lumino/signaling';

import type {
  AvailabilityState,
  IAttachmentsRequest,
  IInstance,
  IResolved
} from '../../api/types';
import { AttachedNotebook } from '../../kernels/attachedNotebook';
import type { IKernelLink, IVariable } from '../../kernels/kernel';
import { KernelLanguages } from '../../kernels/languages';
import { PYTHON_NAMES } from '../../kernels/pythonNames';
import { Resolver } from '../../kernels/resolver';
import { type IAttachment, NotebookAttachments } from '../../model/attachments';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import {
  availability as available,
  fault,
  instance,
  ScriptedApi,
  settled
} from '../scripted';

/** A server that knows where files are, when it lets itself be asked. */
class Api extends ScriptedApi {
  states: Record<string, AvailabilityState> = {};
  counts: number | null = null;
  refusal: ReturnType<typeof fault> | null = null;
  readonly requests: string[][] = [];

  override async attachments(
    _?: string,
    request?: IAttachmentsRequest
  ): Promise<IResolved[]> {
    const items = request?.items ?? [];
    this.requests.push(items.map(({ did }) => did));
    if (this.refusal) {
      throw this.refusal;
    }
    const bad = items.find(({ did }) => did === 'demo:refused');
    if (bad) {
      throw Object.assign(fault('bad_request', 'No such thing.'), {
        status: 400
      });
    }
    return items.map(({ did, variable_name }) => ({
      did,
      variable_name,
      type: 'file',
      state: this.states[did] ?? 'available',
      count: 1,
      available_count: this.counts,
      items: [{ path: '/eos/x', pfn: null, did, size: 1 }],
      message: null
    }));
  }
}

/** A kernel that takes what it is given and remembers it. */
class Link implements IKernelLink {
  readonly sent: IVariable[] = [];
  readonly isDisposed = false;
  readonly injectRequested: ISignal<IKernelLink, void> = new Signal<
    IKernelLink,
    void
  >(this);

  async inject(variables: readonly IVariable[]) {
    this.sent.push(...variables);
    return {
      accepted: new Set(variables.map(({ variableName }) => variableName)),
      problems: new Map<string, string>()
    };
  }

  async remove() {
    // Not part of these stories.
  }

  dispose() {
    // Nothing is held.
  }
}

/** What a notebook knows of its session, with a kernel that runs. */
function sessionWithKernel(language = 'python'): ISessionContext {
  const signals = (...names: string[]) =>
    Object.fromEntries(names.map(name => [name, new Signal({})]));
  const kernel = {
    id: 'k',
    status: 'idle',
    connectionStatus: 'connected',
    info: Promise.resolve({ language_info: { name: language } }),
    ...signals('statusChanged', 'connectionStatusChanged', 'iopubMessage')
  };
  return {
    path: 'work/Z peak.ipynb',
    kernelDisplayName: 'Python 3',
    session: { kernel },
    ...signals('kernelChanged', 'statusChanged', 'propertyChanged')
  } as unknown as ISessionContext;
}

describe('an open notebook', () => {
  let api: Api;
  let instances: InstancesModel;
  let availability: AvailabilityModel;
  let notebook: AttachedNotebook;
  let link: Link;
  let model: NotebookModel;

  const open = async (
    attached: Partial<IAttachment>[],
    configured: IInstance[] = [instance('escape'), instance('other')],
    sessionContext = sessionWithKernel()
  ) => {
    api.configured = configured;
    model.setMetadata(
      'rucio_attachments',
      attached.map((one, index) => ({
        did: `demo:${index}`,
        type: 'file',
        variableName: `v${index}`,
        ...one
      }))
    );
    const languages = new KernelLanguages();
    languages.register('python', {
      names: PYTHON_NAMES,
      connect: async () => link,
      snippet: () => null,
      formats: [],
      literal: String
    });
    notebook = new AttachedNotebook({
      sessionContext,
      attachments: new NotebookAttachments(model),
      resolver: new Resolver(api, instances),
      languages,
      instances,
      availability
    });
    await soon();
  };

  const stateOf = (variableName: string) => {
    const attachment = notebook.attachments.get(variableName);
    return attachment && notebook.injector.state(attachment);
  };

  beforeEach(() => {
    api = new Api();
    instances = new InstancesModel({ api });
    availability = new AvailabilityModel({ api, instances });
    link = new Link();
    model = new NotebookModel();
  });

  afterEach(() => {
    notebook.dispose();
    availability.dispose();
    model.dispose();
  });

  it('asks each instance once, and the active one where none is named', async () => {
    await open([{ instance: 'other' }, {}, { instance: 'escape' }]);
    expect(api.requests.sort()).toEqual([['demo:0'], ['demo:1', 'demo:2']]);
    expect(stateOf('v0')?.kind).toBe('ready');
    expect(stateOf('v1')?.kind).toBe('ready');
  });

  it('speaks the language of its kernel before anything is attached', async () => {
    await open([], undefined, sessionWithKernel('R'));
    // No other is registered here, and Python is not what is meant.
    expect(notebook.language).toBeUndefined();
  });

  it('says which instance is not configured here', async () => {
    await open([{ instance: 'nowhere' }, {}]);
    expect(stateOf('v0')).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('“nowhere” is not configured') }
    });
    expect(stateOf('v1')?.kind).toBe('ready');
  });

  it('goes on by itself when that instance has been configured', async () => {
    await open([{ instance: 'new' }], [instance('escape')]);
    expect(stateOf('v0')?.kind).toBe('failed');
    api.configured = [instance('escape'), instance('new')];
    await instances.refresh();
    await soon();
    expect(stateOf('v0')?.kind).toBe('ready');
  });

  it('does not let a refused attachment keep the others back', async () => {
    await open([{ did: 'demo:refused' }, {}]);
    expect(stateOf('v0')).toMatchObject({
      kind: 'failed',
      error: { message: 'No such thing.' }
    });
    expect(stateOf('v1')?.kind).toBe('ready');
  });

  it('sends what had to wait for somebody to sign in', async () => {
    api.refusal = fault('not_authenticated', 'Sign in.');
    await open([{}], [instance('escape', { authenticated: false })]);
    expect(stateOf('v0')).toMatchObject({ error: { message: 'Sign in.' } });

    api.refusal = null;
    api.configured = [instance('escape')];
    (instances.signedIn as Signal<unknown, string>).emit('escape');
    await soon();
    expect(stateOf('v0')?.kind).toBe('ready');
  });

  it('sends a variable again when its data has arrived', async () => {
    api.states['demo:0'] = 'replicating';
    await open([{ instance: 'escape' }]);
    expect(stateOf('v0')?.kind).toBe('unavailable');
    expect(link.sent[0].didAvailable).toBe(false);

    api.states['demo:0'] = 'available';
    jest
      .spyOn(availability, 'get')
      .mockReturnValue(available('demo:0', 'available'));
    (availability.changed as Signal<unknown, unknown>).emit([
      { did: 'demo:0', instance: 'escape' }
    ]);
    await soon();
    expect(stateOf('v0')?.kind).toBe('ready');
    expect(link.sent[link.sent.length - 1].didAvailable).toBe(true);
  });

  it('sends a collection again as its files arrive', async () => {
    api.states['demo:0'] = 'replicating';
    api.counts = 1;
    await open([{ instance: 'escape', type: 'collection' }]);
    expect(link.sent).toMatchObject([
      { didAvailable: false, files: [{ path: '/eos/x' }], instance: 'escape' }
    ]);
    const say = async (state: AvailabilityState, files_available: number) => {
      jest.spyOn(availability, 'get').mockReturnValue({
        ...available('demo:0', state),
        type: 'dataset',
        files_available
      });
      (availability.changed as Signal<unknown, unknown>).emit([
        { did: 'demo:0', instance: 'escape' }
      ]);
      await soon();
    };

    await say('replicating', 1);
    expect(link.sent).toHaveLength(1);
    await say('replicating', 2);
    expect(link.sent).toHaveLength(2);
    await say('replicating', 2);
    expect(link.sent).toHaveLength(2);
    await say('stuck', 2);
    expect(link.sent).toHaveLength(3);
  });

  it('asks no more than once where two routes do not agree', async () => {
    api.states['demo:0'] = 'not_available';
    await open([{ instance: 'escape' }]);
    jest
      .spyOn(availability, 'get')
      .mockReturnValue(available('demo:0', 'available'));
    for (let i = 0; i < 5; i++) {
      (availability.changed as Signal<unknown, unknown>).emit([
        { instance: 'escape', did: 'demo:0' }
      ]);
      await soon();
    }
    expect(api.requests).toHaveLength(2);
    expect(stateOf('v0')?.kind).toBe('unavailable');
  });

  it('means another instance when another one is active and none is named', async () => {
    await open([{}, { instance: 'escape' }]);
    api.requests.length = 0;
    instances.setActive('other');
    await soon();
    expect(api.requests).toEqual([['demo:0']]);
  });
});

async function soon(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await settled();
  }
}
