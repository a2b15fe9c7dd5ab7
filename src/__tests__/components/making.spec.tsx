import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import type { IPlan, IRule } from '../../api/types';
import { MakeAvailableForm } from '../../components/MakeAvailableForm';
import { Reason } from '../../components/Reason';
import { RuleCard } from '../../components/RuleCard';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { PlansModel } from '../../model/plan';
import { RulesModel } from '../../model/rules';
import {
  availability,
  fault,
  instance,
  ScriptedApi,
  settled
} from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');

afterEach(cleanup);

describe('before data is made available', () => {
  let api: ScriptedApi;
  const onChange = jest.fn();
  const two = instance('escape', {
    destinations: [
      {
        rse: 'EULAKE-1',
        mount_path: '/eos',
        mounted: true,
        contents_path: null
      },
      {
        rse: 'TINY-DISK',
        mount_path: '/tiny',
        mounted: false,
        contents_path: null
      }
    ]
  });
  const plan: IPlan = {
    items: [{ did: 'demo:a', type: 'dataset', files: 8, bytes: 4e6 }],
    files: 8,
    bytes: 4e6,
    places: [
      {
        rse: 'EULAKE-1',
        mount_path: '/eos',
        mounted: true,
        bytes_used: 60e9,
        bytes_limit: 100e9,
        has_quota: true,
        bytes_left: 40e9,
        state: 'partial',
        files_missing: 6,
        bytes_missing: 3e6
      },
      {
        rse: 'TINY-DISK',
        mount_path: '/tiny',
        mounted: false,
        bytes_used: 0,
        bytes_limit: 1e6,
        has_quota: true,
        bytes_left: 1e6,
        state: 'not_available',
        files_missing: 8,
        bytes_missing: 4e6
      }
    ],
    sources: [
      { rse: 'DESY-DISK', files: 8, available_files: 8 },
      { rse: 'PIC-DISK', files: 8, available_files: 5 },
      { rse: 'GONE', files: 8, available_files: 0 }
    ],
    lifetime_days: null,
    message: null
  };

  const show = (defaultLifetimeDays = 0) => {
    onChange.mockClear();
    api = new ScriptedApi();
    render(
      <MakeAvailableForm
        instance={two}
        dids={['demo:a']}
        plans={new PlansModel(api)}
        defaultLifetimeDays={defaultLifetimeDays}
        largeBytes={0}
        onChange={onChange}
        trans={trans}
      />
    );
  };

  it('says how much it is, what is there, what is left and who else has it', async () => {
    show();
    expect(screen.getByText(/Asking Rucio for sizes/)).toBeVisible();
    // One need not wait for it.
    expect(onChange).toHaveBeenLastCalledWith({
      rse: 'EULAKE-1',
      lifetimeDays: null
    });
    await act(() => api.planned[0].answer.give(plan));
    expect(screen.getByText('8 files, 4 MB')).toBeVisible();
    expect(
      screen.getByText('2 of 8 files are there; 40 GB of 100 GB left')
    ).toBeVisible();
    expect(
      screen.getByRole('meter', { name: 'Quota used at EULAKE-1' })
    ).toHaveAttribute('aria-valuenow', '60');
    expect(
      screen.getByText(
        'Other sites that have it: DESY-DISK, PIC-DISK (5 of 8 files)'
      )
    ).toBeVisible();
    expect(screen.getByText('not mounted here')).toBeVisible();
    expect(screen.getByText('for ever')).toBeVisible();
  });

  it('warns of what the chosen place cannot take, and lets it be tried', async () => {
    show();
    await act(() => api.planned[0].answer.give(plan));
    expect(screen.queryByText(/Rucio will refuse/)).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: /TINY-DISK/ }));
    expect(
      screen.getByText(
        /It is 4 MB and your quota at TINY-DISK has 1 MB left: Rucio will refuse/
      )
    ).toBeVisible();
    expect(screen.getByText(/until \/tiny is/)).toBeVisible();
    expect(onChange).toHaveBeenLastCalledWith({
      rse: 'TINY-DISK',
      lifetimeDays: null
    });
  });

  it('takes a number of days and nothing else', async () => {
    show();
    const days = screen.getByLabelText('Days');
    await userEvent.type(days, 'ten');
    expect(screen.getByRole('alert')).toHaveTextContent('no number of days');
    expect(onChange).toHaveBeenLastCalledWith(null);
    await userEvent.clear(days);
    await userEvent.type(days, '10');
    expect(onChange).toHaveBeenLastCalledWith({
      rse: 'EULAKE-1',
      lifetimeDays: 10
    });
  });

  it('begins with the lifetime of the settings', () => {
    show(14);
    expect(screen.getByLabelText('Days')).toHaveValue('14');
    expect(onChange).toHaveBeenLastCalledWith({
      rse: 'EULAKE-1',
      lifetimeDays: 14
    });
  });

  it('goes on without sizes and quota where they cannot be learnt', async () => {
    show();
    await act(() =>
      api.planned[0].answer.refuse(fault('x', 'Rucio failed to answer.'))
    );
    expect(screen.getByRole('alert')).toHaveTextContent(
      'Sizes and quota are not known: Rucio failed to answer. You can go on without.'
    );
    expect(onChange).toHaveBeenLastCalledWith({
      rse: 'EULAKE-1',
      lifetimeDays: null
    });
  });
});

const stuck: IRule = {
  id: 'abc',
  did: 'demo:a',
  did_type: 'file',
  via: null,
  rse_expression: 'EULAKE-1',
  state: 'STUCK',
  locks_ok: 5,
  locks_replicating: 0,
  locks_stuck: 7,
  error: 'The source does not answer.',
  account: 'alice',
  created_at: null,
  expires_at: new Date(Date.now() + 86400e3 * 400).toISOString(),
  stuck_since: new Date(Date.now() - 3 * 3600e3).toISOString(),
  comment: null,
  is_mine: true,
  url: null
};

describe('a rule', () => {
  const onRetry = jest.fn();
  const onExtend = jest.fn();
  const onEnd = jest.fn();
  const show = (rule: IRule) =>
    render(
      <RuleCard
        rule={rule}
        trans={trans}
        onRetry={onRetry}
        onExtend={onExtend}
        onEnd={onEnd}
        busy={false}
        error={null}
      />
    );

  it('says that it is stuck, for how long and why', async () => {
    show(stuck);
    expect(screen.getByText('Stuck for 3 h, 5 of 12 files')).toBeVisible();
    expect(screen.getByText('The source does not answer.')).toBeVisible();
    expect(screen.getByText(/alice \(you\), kept until/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalled();
  });

  it('that is well is not tried again', () => {
    show({ ...stuck, state: 'OK', error: null });
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('is kept for as long as one says', async () => {
    show(stuck);
    await userEvent.click(screen.getByRole('button', { name: 'Keep longer…' }));
    const days = screen.getByLabelText('Days from now');
    await userEvent.clear(days);
    await userEvent.type(days, '-1');
    expect(screen.getByRole('button', { name: 'Keep' })).toBeDisabled();
    await userEvent.clear(days);
    await userEvent.type(days, '90{Enter}');
    expect(onExtend).toHaveBeenLastCalledWith(90);
    await userEvent.click(screen.getByRole('button', { name: 'Keep longer…' }));
    await userEvent.click(screen.getByLabelText('for ever'));
    await userEvent.click(screen.getByRole('button', { name: 'Keep' }));
    expect(onExtend).toHaveBeenLastCalledWith(null);
  });

  it('is ended only when its end is meant, and says what that means', async () => {
    show({ ...stuck, via: 'demo:parent', is_mine: false, account: 'bob' });
    await userEvent.click(screen.getByRole('button', { name: 'End…' }));
    expect(
      screen.getByText(/may then remove the copy at EULAKE-1/)
    ).toBeVisible();
    expect(screen.getByText(/ends for all that is in it/)).toBeVisible();
    expect(screen.getByText(/belongs to bob/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onEnd).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'End…' }));
    await userEvent.click(screen.getByRole('button', { name: 'End the rule' }));
    expect(onEnd).toHaveBeenCalledTimes(1);
  });
});

describe('the reason why data is not there', () => {
  it('names the stuck files though none was, while Rucio tried again', async () => {
    const api = new ScriptedApi();
    const instances = new InstancesModel({ api });
    await instances.load();
    const known = new AvailabilityModel({ api, instances });
    const rules = new RulesModel({ api, availability: known });
    const tell = () =>
      act(async () => {
        known.handleEvent({
          schema_id: 'https://rucio.github.io/jupyterlab/availability/v1',
          instance: 'escape',
          ...availability('demo:a', 'stuck', { rule: { ...stuck } })
        } as { schema_id: string });
        await settled();
      });
    const watch = known.watch('escape', ['demo:a']);
    await tell();
    render(
      <Reason
        did="demo:a"
        instance="escape"
        availability={known}
        rules={rules}
        trans={trans}
      />
    );
    await act(settled);
    expect(screen.queryByText('Stuck files')).toBeNull();
    api.ruleFileItems = [
      {
        did: 'demo:f1',
        rse: 'EULAKE-1',
        state: 'stuck',
        size: 1,
        error: 'No such file',
        since: null
      }
    ];
    await tell();
    expect(screen.getByText('demo:f1')).toBeVisible();
    watch.dispose();
    rules.dispose();
    known.dispose();
  });

  it('is kept true while it is read, with what Rucio refuses', async () => {
    const api = new ScriptedApi();
    const instances = new InstancesModel({ api });
    await instances.load();
    const known = new AvailabilityModel({ api, instances });
    const rules = new RulesModel({ api, availability: known });
    api.ruleFileItems = [
      {
        did: 'demo:f1',
        rse: 'EULAKE-1',
        state: 'stuck',
        size: 1,
        error: 'No such file',
        since: null
      }
    ];
    const watch = known.watch('escape', ['demo:a']);
    await act(() => new Promise(resolve => setTimeout(resolve, 100)));
    await api.asked[0].answer.give([
      availability('demo:a', 'stuck', { rule: stuck })
    ]);
    render(
      <Reason
        did="demo:a"
        instance="escape"
        availability={known}
        rules={rules}
        trans={trans}
      />
    );
    await act(settled);
    expect(screen.getByText('demo:f1')).toBeVisible();
    expect(screen.getByText('No such file')).toBeVisible();

    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(api.changedRules[0]).toMatchObject({
      id: 'abc',
      change: { retry: true }
    });
    await act(() =>
      api.changedRules[0].answer.refuse(
        fault('forbidden', 'Rucio does not let you.', {
          hint: 'Ask the site.',
          rucio: {
            exception_class: 'AccessDenied',
            exception_message: 'no permission'
          }
        })
      )
    );
    const alert = screen.getByRole('alert');
    expect(alert).toHaveTextContent('Rucio does not let you. Ask the site.');
    expect(alert).toHaveTextContent('AccessDenied: no permission');

    await act(async () =>
      known.handleEvent({
        schema_id: 'https://rucio.github.io/jupyterlab/availability/v1',
        instance: 'escape',
        ...availability('demo:a', 'available')
      } as { schema_id: string })
    );
    expect(screen.getByText('Available')).toBeVisible();
    watch.dispose();
    rules.dispose();
    known.dispose();
  });
});
