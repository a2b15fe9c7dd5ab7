import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import {
  act,
  cleanup,
  fireEvent,
  render,
  screen,
  waitFor,
  within
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import type { IJob } from '../../api/types';
import { TransfersSection } from '../../components/transfers/TransfersSection';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { JobItemsModel } from '../../model/jobItems';
import { JobsModel } from '../../model/jobs';
import { MovingRulesModel } from '../../model/movingRules';
import { StorageModel } from '../../model/storage';
import { TransfersModel } from '../../model/transfers';
import { rule } from '../described';
import { fault, instance, job, ScriptedApi, settled } from '../scripted';
import { giveRoom } from './layout';

const trans = nullTranslator.load('rucio-jupyterlab');

describe('the Transfers section', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let availability: AvailabilityModel;
  let jobs: JobsModel;
  let rules: MovingRulesModel;
  let model: TransfersModel;
  let storage: StorageModel;
  const actions = {
    act: jest.fn(),
    showLog: jest.fn(),
    clear: jest.fn(),
    upload: jest.fn()
  };

  const show = async (...items: IJob[]) => {
    api.jobItems = items;
    await jobs.load();
    await act(async () => {
      render(
        <TransfersSection
          model={model}
          storage={storage}
          instances={instances}
          watchItems={id => new JobItemsModel(api, jobs, id)}
          actions={actions}
          trans={trans}
        />
      );
      await settled();
    });
  };
  const row = (name: RegExp) => screen.getByRole('listitem', { name });

  const choose = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });

  beforeAll(giveRoom);

  beforeEach(async () => {
    jest.clearAllMocks();
    api = new ScriptedApi();
    api.configured = [instance('escape')];
    instances = new InstancesModel({ api });
    await instances.load();
    availability = new AvailabilityModel({ api, instances });
    jobs = new JobsModel({ api });
    rules = new MovingRulesModel({ api, instances });
    model = new TransfersModel({ jobs, availability, rules });
    storage = new StorageModel({ api, instances, jobs });
  });

  afterEach(() => {
    cleanup();
    storage.dispose();
    model.dispose();
    rules.dispose();
    jobs.dispose();
    availability.dispose();
  });

  it('says what will be there and how to begin, while there is nothing', async () => {
    await show();
    expect(screen.getByText(/appears here/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Upload…' }));
    expect(actions.upload).toHaveBeenCalled();
    expect(screen.queryByLabelText(/Kind of/)).toBeNull();
  });

  it('says why it does not know what moves, and asks again', async () => {
    api.jobsFault = fault('some_fault', 'The database is locked.');
    await show();
    expect(screen.getByRole('alert')).toHaveTextContent(
      'The database is locked.'
    );
    expect(screen.queryByText(/appears here/)).toBeNull();
    api.jobsFault = null;
    api.jobItems = [job('a')];
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(row(/demo:a/)).toBeVisible());
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says that it does not know which replications move, in place of that none do', async () => {
    api.movingFault = fault('rucio_busy', 'Rucio is busy.');
    await show();
    await act(async () => {
      rules.setSeen(true);
      await settled();
    });
    expect(screen.getByText(/Which replications move/)).toHaveTextContent(
      'Rucio is busy.'
    );
    expect(screen.queryByText(/appears here/)).toBeNull();
    api.movingFault = null;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/appears here/)).toBeVisible();
    expect(screen.queryByText(/Which replications move/)).toBeNull();
  });

  it('shows of a rule that leads elsewhere where to, in files, and offers no command about ours', async () => {
    const counts = { locks_ok: 1, locks_replicating: 2, is_mine: true };
    const created_at = '2026-01-31T12:00:00Z';
    api.moving.escape = [
      rule('r1', {
        did: 'demo:away',
        rse_expression: 'DESY-DISK',
        state: 'REPLICATING',
        url: 'https://webui.example/rule?rule_id=r1',
        created_at,
        ...counts
      }),
      rule('r2', {
        did: 'demo:stuck',
        rse_expression: 'DESY-DISK',
        state: 'STUCK',
        error: 'No route to host',
        created_at,
        ...counts,
        locks_stuck: 1
      })
    ];
    await show();
    await act(async () => {
      rules.setSeen(true);
      await settled();
    });
    const away = row(/^Replication, demo:away, 1 of 3 files, to DESY-DISK/);
    expect(within(away).getByRole('progressbar')).toHaveAttribute(
      'aria-valuenow',
      '33'
    );
    expect(away).not.toHaveAttribute('data-rule');
    await userEvent.click(
      within(away).getByRole('button', { name: /^Details/ })
    );
    expect(within(away).getByRole('link', { name: 'r1' })).toHaveAttribute(
      'href',
      'https://webui.example/rule?rule_id=r1'
    );
    const stuck = row(/demo:stuck, Stuck, 1 of 4 files, to DESY-DISK/);
    expect(stuck).toHaveTextContent('No route to host');
    // Neither has ended, so that there is nothing to clear.
    expect(screen.queryByRole('button', { name: /^Clear/ })).toBeNull();
    await userEvent.click(within(stuck).getByRole('button', { name: /^Why/ }));
    expect(actions.act).toHaveBeenCalledWith(
      expect.objectContaining({ did: 'demo:stuck', isListed: true }),
      'explain'
    );
  });

  it('tells of what runs how far it is, how fast and how long', async () => {
    await show(
      job('a', {
        files_total: 4,
        bytes_total: 4e9,
        bytes_done: 1e9,
        rate_bytes_s: 2e7,
        eta_s: 150
      })
    );
    const it = row(/^Download, demo:a, Downloading/);
    for (const words of [
      '1 of 4 GB',
      '20 MB/s',
      '3 min left',
      '1 of 4 files'
    ]) {
      expect(it).toHaveTextContent(words);
    }
    expect(within(it).getByRole('progressbar')).toHaveAttribute(
      'aria-valuenow',
      '25'
    );
    await userEvent.click(within(it).getByRole('button', { name: /^Cancel/ }));
    expect(actions.act).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'a' }),
      'cancel'
    );
  });

  it('offers with each state the one thing that helps', async () => {
    await show(
      job('q', { state: 'queued' }),
      job('d', { state: 'done' }),
      job('u', { state: 'done', kind: 'upload' }),
      job('f', {
        state: 'failed',
        files_failed: 1,
        error: fault('no_space', 'The disk is full.', {
          hint: 'Delete something.'
        }).toBody()
      }),
      job('i', { state: 'interrupted' }),
      job('t', { is_here: false })
    );
    const button = (name: RegExp) =>
      within(row(name))
        .queryAllByRole('button')
        .map(({ textContent }) => textContent)
        .join('');
    expect(button(/demo:q, Waiting/)).toBe('Cancel');
    expect(button(/demo:d, Done/)).toBe('Attach');
    expect(button(/demo:u, Uploaded/)).toBe('Show');
    expect(button(/demo:i, Interrupted/)).toBe('Retry');
    expect(button(/demo:f, Failed, 1 file failed/)).toBe('Retry');
    expect(row(/demo:f/)).toHaveTextContent(
      'The disk is full. Delete something.'
    );
    // What another program runs cannot be ended from here.
    expect(button(/demo:t/)).toBe('');
    expect(row(/demo:t/)).toHaveTextContent('Another program');
  });

  it('says why a request was refused, in the row', async () => {
    await show(job('a'));
    act(() => {
      jobs.cancel('a').catch(() => undefined);
    });
    expect(row(/demo:a, Cancelling/)).toBeVisible();
    await act(() =>
      api.endedJobs[0].answer.refuse(
        fault('job_elsewhere', 'Another program runs it.')
      )
    );
    expect(row(/demo:a, Downloading/)).toHaveTextContent(
      'Another program runs it.'
    );
  });

  it('unfolds the files, those that failed with the reason', async () => {
    const failed = job('a', { state: 'failed', files_total: 120 });
    api.jobDetails.a = {
      ...failed,
      items: [
        {
          did: 'demo:bad',
          path: '/home/alice/bad',
          size_bytes: 10,
          state: 'failed',
          error: fault('checksum', 'The checksum is another one.').toBody(),
          message: null,
          rule_id: null,
          rule_url: null
        },
        ...Array.from({ length: 119 }, (_, i) => ({
          did: `demo:good${i}`,
          path: null,
          size_bytes: 10,
          state: 'done' as const,
          error: null,
          message: null,
          rule_id: 'r',
          rule_url: 'https://webui.example/rule?rule_id=r'
        }))
      ],
      items_truncated: false
    };
    await show(failed);
    await userEvent.click(
      screen.getByRole('button', { name: 'Details of demo:a' })
    );
    const files = await screen.findByRole('list', { name: 'Files' });
    const [first] = within(files).getAllByRole('listitem');
    expect(first).toHaveTextContent(
      'demo:badFailed10 BThe checksum is another one.'
    );
    expect(
      within(files).getAllByRole('link', { name: 'Rule' })[0]
    ).toHaveAttribute('href', expect.stringContaining('rule_id=r'));
    expect(screen.getByText(/These are 100 of 120 files/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show the log' }));
    expect(actions.showLog).toHaveBeenCalledWith('a');
  });

  it('goes from row to row with the arrow keys, and keeps the keyboard when a row goes', async () => {
    await show(
      job('c', { created_at: '2026-01-31T12:02:00Z' }),
      job('b', { created_at: '2026-01-31T12:01:00Z' }),
      job('a')
    );
    act(() => screen.getByRole('button', { name: 'Upload…' }).focus());
    await userEvent.tab();
    expect(row(/demo:c/)).toHaveFocus();
    await userEvent.keyboard('{ArrowDown}');
    expect(row(/demo:b/)).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(actions.act).toHaveBeenCalledWith(
      expect.objectContaining({ id: 'b' }),
      'cancel'
    );
    await userEvent.keyboard('{End}');
    expect(row(/demo:a/)).toHaveFocus();
    await userEvent.keyboard('{Home}{ArrowDown}{ArrowRight}');
    expect(
      screen.getByRole('button', { name: 'Details of demo:b' })
    ).toHaveAttribute('aria-expanded', 'true');
    await act(async () => {
      void jobs.cancel('b');
      await api.endedJobs[0].answer.give(undefined);
    });
    await waitFor(() => expect(row(/demo:a/)).toHaveFocus());
  });

  it('leads to a transfer, past the filters, and unfolds it', async () => {
    await show(job('a'), job('d', { state: 'done' }));
    choose('Kind of the transfers', 'upload');
    expect(screen.queryByRole('listitem')).toBeNull();
    await act(async () => {
      model.reveal('d');
      await settled();
    });
    await waitFor(() => expect(row(/demo:d/)).toHaveFocus());
    expect(
      screen.getByRole('button', { name: 'Details of demo:d' })
    ).toHaveAttribute('aria-expanded', 'true');
    // And leaves the user alone from then on.
    await userEvent.keyboard('{ArrowUp}');
    act(() => jobs.take(job('d', { state: 'done', attempt: 2 })));
    expect(row(/demo:a/)).toHaveFocus();
  });

  it('narrows down by kind and state, and says so where nothing is left', async () => {
    await show(job('a'), job('d', { state: 'done' }));
    choose('State of the transfers', 'ended');
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    choose('Kind of the transfers', 'upload');
    expect(screen.queryByRole('listitem')).toBeNull();
    expect(screen.getByText(/2 transfers, none of this/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('draws of a thousand jobs those that can be seen', async () => {
    await show(...Array.from({ length: 1000 }, (_, i) => job(`j${i}`)));
    const drawn = screen.getAllByRole('listitem');
    expect(drawn.length).toBeLessThan(60);
    expect(drawn[0]).toHaveAttribute('aria-setsize', '1000');
  });

  it('shows what is left of the storage, the fullest first, and only where something is', async () => {
    api.quotas = [
      { rse: 'NOTHING', bytes_used: 0, bytes_limit: null, files: 0 },
      { rse: 'FREE', bytes_used: 5e9, bytes_limit: null, files: 2 },
      { rse: 'HALF', bytes_used: 5e9, bytes_limit: 1e10, files: 2 },
      { rse: 'FULL', bytes_used: 2e9, bytes_limit: 2e9, files: 2 }
    ];
    await show();
    expect(screen.queryByText('Storage')).toBeNull();
    await act(async () => {
      storage.setSeen(true);
      await settled();
    });
    const list = screen.getByRole('list', { name: /Storage/, hidden: true });
    expect(
      within(list)
        .getAllByRole('listitem', { hidden: true })
        .map(one => one.textContent)
    ).toEqual([
      'FULL2 of 2 GB used, 0 B left',
      'HALF5 of 10 GB used, 5 GB left',
      'FREE5 GB used, no limit'
    ]);
  });
});
