import '@testing-library/jest-dom';
import { NotebookModel } from '@jupyterlab/notebook/lib/model';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen,
  within
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import type { AvailabilityState } from '../../api/types';
import { NotebookSection } from '../../components/NotebookSection';
import type { AttachedNotebook } from '../../kernels/attachedNotebook';
import type { KernelState } from '../../kernels/states';
import { type IAttachment, NotebookAttachments } from '../../model/attachments';
import { InstancesModel } from '../../model/instances';
import type { IAttachmentsModel, IAvailabilityModel } from '../../tokens';
import { availability, instance, ScriptedApi } from '../scripted';

const READY: KernelState = { kind: 'ready' };

const trans = nullTranslator.load('rucio-jupyterlab');

describe('the Notebook section', () => {
  let states: Record<string, KernelState>;
  let availabilities: Record<string, AvailabilityState>;
  let paths: Record<string, (string | null)[]>;
  let store: NotebookModel;
  let attachments: NotebookAttachments;
  let model: { current: unknown; changed: Signal<object, void> };
  let api: ScriptedApi;
  let instances: InstancesModel;
  const actions = {
    makeAvailable: jest.fn(),
    insertSnippet: jest.fn(),
    injectAgain: jest.fn(),
    remove: jest.fn(),
    attach: jest.fn(),
    injectAllAgain: jest.fn(),
    newNotebook: jest.fn()
  };

  const show = (metadata?: unknown) => {
    store = new NotebookModel();
    if (metadata !== undefined) {
      store.setMetadata('rucio_attachments', metadata);
    }
    attachments = new NotebookAttachments(store);
    const notebook = {
      title: 'Z peak.ipynb',
      attachments,
      language: {},
      injector: {
        state: ({ variableName }: { variableName: string }) =>
          states[variableName],
        resolved: ({ variableName }: { variableName: string }) => ({
          items: (paths[variableName] ?? []).map(path => ({ path }))
        })
      },
      instanceOf: (one: IAttachment) => one.instance ?? 'escape'
    } as unknown as AttachedNotebook;
    model = { current: notebook, changed: new Signal<object, void>({}) };
    render(
      <NotebookSection
        model={model as unknown as IAttachmentsModel}
        instances={instances}
        availability={
          {
            entry: (_: string, did: string) =>
              availabilities[did] && {
                value: availability(did, availabilities[did], {
                  bytes_available: 1500
                }),
                pending: false,
                error: null
              }
          } as unknown as IAvailabilityModel
        }
        actions={actions}
        trans={trans}
      />
    );
  };

  const one = (variableName: string) => ({
    did: `demo:${variableName}.root`,
    type: 'file',
    variableName
  });

  const row = (name: RegExp) => screen.getByRole('listitem', { name });

  beforeEach(async () => {
    states = {};
    availabilities = {};
    paths = {};
    api = new ScriptedApi();
    api.configured = [instance('escape')];
    instances = new InstancesModel({ api });
    await instances.load();
    jest.clearAllMocks();
  });

  afterEach(() => {
    cleanup();
    attachments.dispose();
    store.dispose();
  });

  it('says of which instance it is where there are several, and where it has gone', async () => {
    api.configured = [instance('escape'), instance('other')];
    await instances.refresh();
    states = { here: READY, there: READY, gone: READY };
    show([
      one('here'),
      { ...one('there'), instance: 'other' },
      { ...one('gone'), instance: 'nowhere' }
    ]);
    expect(row(/^here/)).toHaveTextContent('ESCAPE');
    expect(row(/^there.*OTHER$/)).toHaveTextContent('OTHER');
    expect(row(/^gone/)).toHaveTextContent('nowhere: not configured here');

    api.configured = [instance('escape')];
    await instances.refresh();
    act(() => model.changed.emit());
    expect(row(/^here/)).not.toHaveTextContent('ESCAPE');
    expect(row(/^there/)).toHaveTextContent('other: not configured here');
  });

  it('offers to open a notebook where there is none', async () => {
    show();
    act(() => {
      model.current = null;
      model.changed.emit();
    });
    expect(screen.getByText(/no notebook is open/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'New notebook' }));
    expect(actions.newNotebook).toHaveBeenCalled();
  });

  it('says how to begin', async () => {
    show();
    expect(screen.getByText(/Nothing is attached yet/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Attach…' }));
    expect(actions.attach).toHaveBeenCalled();
  });

  it('says where the data of a variable is, to the mouse and to the keyboard', async () => {
    states = { file: READY, dataset: READY, absent: READY };
    paths = {
      file: ['/eos/a.root'],
      dataset: ['/eos/b.root', null, '/eos/c.root'],
      absent: [null]
    };
    show([one('file'), one('dataset'), one('absent')]);
    const name = screen.getByText('file', { exact: true });
    expect(name).toHaveAttribute('title', 'file\n/eos/a.root');
    expect(screen.getByText('dataset', { exact: true })).toHaveAttribute(
      'title',
      'dataset\n/eos/b.root and 1 more'
    );
    expect(screen.getByText('absent', { exact: true })).toHaveAttribute(
      'title',
      'absent'
    );
    await userEvent.tab();
    expect(name).toHaveFocus();
    expect(name).toHaveAccessibleName('file is /eos/a.root');
  });

  it('says of each variable whether the kernel has it', () => {
    states = {
      a: { kind: 'ready' },
      b: { kind: 'sending' },
      c: { kind: 'waiting', reason: 'busy' },
      d: { kind: 'waiting', reason: 'no_kernel' },
      e: { kind: 'resolving' }
    };
    show(['a', 'b', 'c', 'd', 'e'].map(one));
    expect(row(/^a, demo:a.root, ready/)).toBeVisible();
    expect(row(/^b, demo:b.root, sending/)).toBeVisible();
    expect(row(/^c, demo:c.root, waiting for kernel \(busy\)/)).toBeVisible();
    expect(row(/^d, demo:d.root, waiting for kernel/)).toHaveTextContent(
      'No kernel is running.'
    );
    expect(row(/^e, demo:e.root, finding its files/)).toBeVisible();
    expect(screen.getAllByText('ready')).toHaveLength(1);
  });

  it('says why something failed and sends it again', async () => {
    const error = {
      code: 'kernel',
      message: 'It broke.',
      hint: 'Mend it.',
      rucio: null
    };
    states = { a: { kind: 'failed', error } };
    show([one('a')]);
    expect(row(/^a,/)).toHaveTextContent('It broke. Mend it.');
    await userEvent.click(
      within(row(/^a,/)).getByRole('button', { name: 'Send again' })
    );
    expect(actions.injectAgain).toHaveBeenCalledWith(
      expect.objectContaining({ variableName: 'a' })
    );
  });

  it('makes what is missing available and shows how far it has come', async () => {
    states = { a: { kind: 'unavailable', message: 'not there' } };
    availabilities = { 'demo:a.root': 'not_available' };
    show([one('a')]);
    await userEvent.click(
      screen.getByRole('button', { name: 'Make available' })
    );
    expect(actions.makeAvailable).toHaveBeenCalled();

    availabilities = { 'demo:a.root': 'replicating' };
    act(() => model.changed.emit());
    expect(
      screen.getByRole('progressbar', { name: /demo:a.root/ })
    ).toHaveAttribute('aria-valuenow', '50');
    expect(screen.queryByRole('button', { name: 'Make available' })).toBeNull();
  });

  it('shows what it cannot read and removes it only when told', async () => {
    show([42, { did: 'nonsense' }]);
    expect(screen.getByText('It is not an attachment.')).toBeVisible();
    expect(screen.getByText(/does not say which data/)).toBeVisible();
    await userEvent.click(screen.getAllByRole('button', { name: 'Remove' })[0]);
    expect(actions.remove).toHaveBeenCalledWith(
      expect.objectContaining({ raw: 42, index: 0 })
    );
  });

  it('opens the menu of a row by a button that the keyboard reaches', async () => {
    states = { a: { kind: 'ready' } };
    show([one('a')]);
    const opened = jest.fn();
    row(/^a,/).addEventListener('contextmenu', opened);
    screen.getByRole('button', { name: 'More actions for a' }).focus();
    await userEvent.keyboard('{Enter}');
    expect(opened).toHaveBeenCalled();
    fireEvent.click(screen.getByRole('button', { name: 'Insert snippet' }));
    expect(actions.insertSnippet).toHaveBeenCalled();
  });
});
