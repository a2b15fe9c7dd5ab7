import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
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

import { ApiError } from '../../api/errors';
import type { DidType, IAvailability } from '../../api/types';
import { Details } from '../../components/details/Details';
import { DidSnippets } from '../../kernels/didSnippets';
import { KernelLanguages } from '../../kernels/languages';
import { PythonLanguage } from '../../kernels/python';
import { AvailabilityModel } from '../../model/availability';
import { DetailsModel } from '../../model/details';
import { InstancesModel } from '../../model/instances';
import { described, replicas, rule } from '../described';
import {
  atOnce,
  availability,
  fault,
  files,
  instance,
  item,
  ScriptedApi,
  settled
} from '../scripted';
import { giveRoom } from './layout';

giveRoom();

const DID = 'demo:dimuon_2021';
const trans = nullTranslator.load('rucio-jupyterlab');

describe('the page of a DID', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let known: AvailabilityModel;
  let model: DetailsModel;
  let obstacle: string | null;
  const on = {
    onAction: jest.fn(),
    onCopy: jest.fn(),
    onSearch: jest.fn(),
    onOpen: jest.fn(),
    onSelected: jest.fn(),
    onHelp: jest.fn(),
    onInsert: jest.fn()
  };

  beforeEach(() => {
    Object.values(on).forEach(one => one.mockClear());
    obstacle = null;
    api = new ScriptedApi();
    api.details[DID] = described(DID);
  });

  afterEach(() => {
    cleanup();
    model.dispose();
    known.dispose();
    instances.dispose();
  });

  const open = async (did = DID, type?: DidType, at = 'escape') => {
    instances = new InstancesModel({ api });
    known = new AvailabilityModel({ api, instances });
    model = new DetailsModel({
      api,
      instances,
      availability: known,
      instance: at,
      did,
      type,
      frames: atOnce
    });
    const languages = new KernelLanguages();
    languages.register('python', new PythonLanguage());
    render(
      <Details
        {...on}
        model={model}
        instances={instances}
        availability={known}
        snippets={
          new DidSnippets({
            languages,
            availability: known,
            attachments: null,
            trans
          })
        }
        editorFactory={null}
        mimeType={() => 'text/x-python'}
        insertObstacle={() => obstacle}
        trans={trans}
      />
    );
    await act(async () => {
      model.setVisible(true);
      await settled();
    });
    await act(settled);
  };
  /** What the server says of its availability, once it is asked. */
  const answer = async (value: IAvailability) => {
    await act(() => new Promise(resolve => setTimeout(resolve, 200)));
    await act(async () => {
      await api.asked[0].stream.send([value]);
      await api.asked[0].stream.end();
    });
  };
  const section = (name: string) =>
    within(screen.getByRole('region', { name: new RegExp(`^${name}`) }));

  it('says what it is and whether it is here, and offers the one thing that makes sense', async () => {
    await open();
    expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent(DID);
    expect(
      screen.getByText(/^Dataset · 3 files · 1 kB · Closed/)
    ).toBeVisible();
    expect(screen.getByText(/by root · ESCAPE$/)).toBeVisible();
    await answer(availability(DID, 'not_available'));
    await userEvent.click(
      screen.getByRole('button', { name: 'Make available' })
    );
    expect(on.onAction).toHaveBeenCalledWith(
      expect.objectContaining({ did: DID, type: 'dataset' }),
      'make-available'
    );
    await userEvent.click(screen.getByRole('button', { name: 'Copy DID' }));
    expect(on.onCopy).toHaveBeenCalledWith(DID);
  });

  describe('with metadata', () => {
    beforeEach(async () => {
      api.details[DID] = described(DID, {
        metadata: {
          run_number: 331700,
          campaign: 'run2021',
          conditions: { magnet: 'on' },
          created_at: 'Fri, 20 Nov 2026 13:54:00 UTC',
          adler32: '3e9b57a1'
        }
      });
      await open();
    });
    const rows = () =>
      section('Metadata')
        .getAllByRole('row')
        .map(row => row.getAttribute('data-key'))
        .filter(Boolean);

    it('shows what users wrote, and what Rucio keeps when asked to', async () => {
      expect(rows()).toEqual(['campaign', 'conditions', 'run_number']);
      await userEvent.click(
        screen.getByRole('button', { name: 'show 2 values' })
      );
      expect(rows()).toContain('adler32');
      expect(
        screen.getByTitle('Fri, 20 Nov 2026 13:54:00 UTC')
      ).toHaveTextContent('2026');
      expect(screen.getByText(/"magnet": "on"/)).toBeVisible();
    });

    it('is narrowed down while one types, also by what was folded away', async () => {
      const filter = screen.getByLabelText('Filter the metadata');
      await userEvent.type(filter, '3e9b');
      expect(rows()).toEqual(['adler32']);
      await userEvent.clear(filter);
      await userEvent.type(filter, 'nowhere');
      expect(screen.getByText(/Neither a key nor a value/)).toBeVisible();
      await userEvent.keyboard('{Escape}');
      expect(rows()).toHaveLength(3);
    });

    it('is copied value by value, as pairs, and as a whole', async () => {
      const press = (name: string) =>
        userEvent.click(screen.getByRole('button', { name }));
      await press('Copy value: run_number');
      await press('Copy key and value: campaign');
      await press('Copy value: conditions');
      expect(on.onCopy.mock.calls.flat()).toEqual([
        '331700',
        'campaign=run2021',
        '{"magnet":"on"}'
      ]);
      await press('Copy all as JSON');
      expect(JSON.parse(on.onCopy.mock.calls[3][0])).toMatchObject({
        run_number: 331700,
        conditions: { magnet: 'on' }
      });
    });

    it('is searched by, with the type of the value, where a search can ask for it', async () => {
      await userEvent.click(
        screen.getByRole('button', { name: 'Search by this: run_number' })
      );
      expect(on.onSearch).toHaveBeenCalledWith('run_number', 331700);
      expect(
        screen.queryByRole('button', { name: 'Search by this: conditions' })
      ).toBeNull();
    });

    it('is one stop of the Tab key, and the arrows go through it', async () => {
      act(() => screen.getByText('Copy all as JSON').focus());
      await userEvent.tab();
      const focused = () =>
        document.activeElement?.getAttribute('data-key') ??
        document.activeElement?.getAttribute('aria-label');
      expect(focused()).toBe('campaign');
      await userEvent.keyboard('{ArrowDown}{ArrowDown}');
      expect(focused()).toBe('run_number');
      await userEvent.tab();
      expect(focused()).toBe('Search by this: run_number');
      await userEvent.keyboard('{Enter}');
      expect(on.onSearch).toHaveBeenCalledWith('run_number', 331700);
      await userEvent.keyboard('{Home}');
      expect(focused()).toBe('campaign');
    });
  });

  it('draws how much each site has, the most complete first, and says which is mounted', async () => {
    api.replicaItems = [
      replicas('DESY-DISK', 1),
      replicas('CNAF-DISK', 3),
      replicas('EULAKE-1', 3),
      replicas('PIC-DISK', 0)
    ];
    await open();
    const sites = section('Replicas by site').getAllByRole('listitem');
    expect(sites.map(site => site.textContent)).toEqual([
      'EULAKE-1mounted herecomplete3 of 3 files · 3 kB',
      'CNAF-DISKcomplete3 of 3 files · 3 kB',
      'DESY-DISKpartial1 of 3 files · 1 kB of 3 kB',
      'PIC-DISKnot available0 of 3 files · 0 B of 3 kB'
    ]);
    const bars = section('Replicas by site').getAllByRole('meter');
    expect(bars.map(bar => bar.getAttribute('aria-valuenow'))).toEqual([
      '100',
      '100',
      '33',
      '0'
    ]);
  });

  it('has the physical names of a file to copy, and nothing of contents', async () => {
    const pfn = 'root://cnaf:1094//demo/f0.root';
    api.details['demo:f0.root'] = described('demo:f0.root', { type: 'file' });
    api.replicaItems = [
      replicas('CNAF-DISK', 3, { files: 1, available_files: 1, pfns: [pfn] })
    ];
    await open('demo:f0.root', 'file');
    expect(screen.getByText(pfn)).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Copy PFN at CNAF-DISK' })
    );
    expect(on.onCopy).toHaveBeenCalledWith(pfn);
    expect(screen.queryByRole('region', { name: /^Contents/ })).toBeNull();
  });

  it('says why a rule is stuck, and opens the parent whose rule it is', async () => {
    api.ruleItems = [
      rule('mine', {
        state: 'STUCK',
        locks_ok: 1,
        locks_stuck: 2,
        error: 'No route to host'
      }),
      rule('theirs', {
        via: 'demo:campaign2021',
        account: 'bob',
        is_mine: false
      })
    ];
    await open();
    const cards = section('Rules');
    expect(cards.getByText('No route to host')).toBeVisible();
    await userEvent.click(
      cards.getByRole('button', { name: 'demo:campaign2021' })
    );
    expect(on.onOpen).toHaveBeenCalledWith({ did: 'demo:campaign2021' });
    await userEvent.click(cards.getByRole('button', { name: 'Try again' }));
    expect(api.changedRules[0]).toMatchObject({
      id: 'mine',
      change: { retry: true }
    });
    api.ruleItems = [
      rule('mine', { state: 'REPLICATING', locks_replicating: 2, locks_ok: 1 })
    ];
    await act(() => api.changedRules[0].answer.give(api.ruleItems[0]));
    expect(cards.queryByText('No route to host')).toBeNull();
  });

  it('keeps a section that failed to itself, and tries again there', async () => {
    jest
      .spyOn(api, 'rules')
      .mockRejectedValueOnce(fault('rucio_bad_answer', 'Rucio failed.'));
    api.replicaItems = [replicas('CNAF-DISK', 3)];
    await open();
    const rules = section('Rules');
    expect(rules.getByRole('alert')).toHaveTextContent('Rucio failed.');
    expect(section('Replicas by site').getByText('CNAF-DISK')).toBeVisible();
    await userEvent.click(rules.getByRole('button', { name: 'Try again' }));
    await act(settled);
    expect(rules.getByText('No rule keeps it anywhere.')).toBeVisible();
  });

  it('asks for a section when it is opened, and folds away what is not wanted', async () => {
    api.details[DID] = described(DID, { length: 20_000 });
    await open();
    expect(api.opened).toHaveLength(0);
    await userEvent.click(screen.getByRole('button', { name: 'Contents' }));
    await act(settled);
    await act(() => api.opened[0].stream.send(files(20_000)));
    await act(() => api.opened[0].stream.end());
    const contents = section('Contents');
    expect(
      contents.getByRole('button', { name: 'Contents 20,000' })
    ).toHaveAttribute('aria-expanded', 'true');
    expect(contents.getAllByRole('treeitem').length).toBeLessThan(60);
    await userEvent.click(
      screen.getByRole('button', { name: 'Contents 20,000' })
    );
    expect(screen.queryByRole('tree')).toBeNull();
  });

  it('lists what it is part of, each with a page of its own', async () => {
    const parent = item('demo:campaign2021', 'container');
    api.parentItems = [parent];
    await open();
    await userEvent.click(
      screen.getByRole('button', {
        name: 'Details of demo:campaign2021, Container'
      })
    );
    expect(on.onOpen).toHaveBeenCalledWith(parent);
  });

  describe('with code', () => {
    const code = () =>
      screen.getByLabelText(`Code that reads ${DID}`).textContent;

    it('reads it by the format of its files, and goes into the notebook', async () => {
      api.fileItems = [
        { did: 'demo:f0.csv', size: 1, path: null, pfn: null },
        { did: 'demo:f1.csv', size: 1, path: null, pfn: null }
      ];
      await open();
      await answer(availability(DID, 'not_available'));
      expect(code()).toContain('read_csv');
      expect(screen.queryByLabelText('Format of the files')).toBeNull();
      await userEvent.click(screen.getByRole('button', { name: 'Insert' }));
      expect(on.onInsert).toHaveBeenCalledWith(code());
    });

    it('is inserted once it is known where the files are', async () => {
      api.fileItems = [
        { did: 'demo:f0.csv', size: 1, path: '/eulake/f0.csv', pfn: null }
      ];
      await open();
      const insert = screen.getByRole('button', { name: 'Insert' });
      expect(insert).toBeDisabled();
      expect(screen.getByText('Looking where its files are…')).toBeVisible();
      expect(code()).not.toContain('/eulake/f0.csv');
      await answer(availability(DID, 'available'));
      expect(insert).toBeEnabled();
      await userEvent.click(insert);
      expect(on.onInsert).toHaveBeenCalledWith(
        expect.stringContaining('/eulake/f0.csv')
      );
    });

    it('does not list some of the files as if they were all', async () => {
      api.files = async function* () {
        yield [
          { did: 'demo:f0.csv', size: 1, path: '/eulake/f0.csv', pfn: null }
        ];
        throw fault('rucio_unreachable', 'Rucio hung up.');
      };
      await open();
      await answer(availability(DID, 'available'));
      expect(code()).toContain('read_csv');
      expect(code()).not.toContain('/eulake/f0.csv');
    });

    it('is inserted where nobody can say where the files are', async () => {
      api.fileItems = [{ did: 'demo:f0.csv', size: 1, path: null, pfn: null }];
      await open();
      await answer(availability(DID, 'unknown'));
      expect(screen.getByRole('button', { name: 'Insert' })).toBeEnabled();
    });

    it('lets one choose where there are several formats', async () => {
      api.fileItems = [
        { did: 'demo:f0.csv', size: 1, path: null, pfn: null },
        { did: 'demo:f1.root', size: 1, path: null, pfn: null }
      ];
      await open();
      const choose = (value: string) =>
        fireEvent.change(screen.getByLabelText('Format of the files'), {
          target: { value }
        });
      choose('csv');
      expect(code()).toContain('read_csv');
      choose('root');
      expect(code()).toContain('uproot');
    });

    it('says what is missing where it cannot be inserted', async () => {
      obstacle = 'Open a notebook to insert it into.';
      await open();
      expect(screen.getByRole('button', { name: 'Insert' })).toBeDisabled();
      expect(screen.getByText(obstacle)).toBeVisible();
    });
  });

  it('asks who is signed out to sign in', async () => {
    api.configured = [instance('escape', { authenticated: false })];
    await open();
    expect(screen.getByText(/You are not signed in to ESCAPE/)).toBeVisible();
    expect(screen.queryByRole('region')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Sign in…' }));
    expect(on.onHelp).toHaveBeenCalledWith('sign-in');
  });

  it('says so when the instance has gone', async () => {
    await open(DID, 'dataset', 'nowhere');
    expect(
      screen.getByText(/No Rucio instance of the name “nowhere”/)
    ).toBeVisible();
  });

  it('says so when Rucio has no such DID', async () => {
    jest.spyOn(api, 'did').mockRejectedValue(
      new ApiError(404, {
        message: 'Rucio has no such data identifier.',
        code: 'unknown_did',
        hint: null,
        rucio: null
      })
    );
    await open();
    expect(
      screen.getByText('Rucio has no such data identifier.')
    ).toBeVisible();
    expect(screen.queryByRole('region')).toBeNull();
  });
});
