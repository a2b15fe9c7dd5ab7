import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import type { IAvailability, IPlan } from '../../api/types';
import { Copies } from '../../components/copies/Copies';
import { MakeAvailableForm } from '../../components/MakeAvailableForm';
import { rowActionLabel } from '../../components/rowActions';
import { stateWords } from '../../components/words';
import { CopiesModel } from '../../model/copies';
import { PlansModel } from '../../model/plan';
import { availability, instance, ScriptedApi } from '../scripted';

const trans = nullTranslator.load('rucio-jupyterlab');

afterEach(cleanup);

describe('where available means downloaded', () => {
  const words = (
    state: IAvailability['state'],
    more: Partial<IAvailability> = {}
  ) => {
    const value = availability('demo:a', state, { rse: null, ...more });
    const entry = { value, pending: false, error: null, isRefused: false };
    return stateWords(entry, trans, undefined, true);
  };

  it('a row says so, how far it is and how many are there', () => {
    expect(words('available').word).toBe('Downloaded');
    expect(words('not_available').word).toBe('Not downloaded');
    expect(words('replicating', { bytes_available: 1020 }).word).toBe(
      'Downloading 34 %'
    );
    expect(words('replicating', { bytes_total: null }).word).toBe(
      'Downloading'
    );
    expect(words('empty').word).toBe('Empty');
    expect(rowActionLabel('make-available', trans, true)).toBe('Download');
  });

  it('a part of a dataset is counted once, and said to have changed where it has', () => {
    const local = {
      path: '/r/a',
      contents_path: null,
      files: 2,
      bytes: 20,
      is_complete: false
    };
    const some = { files_available: 2, message: '2 of 3 files.', local };
    expect(words('partial', some)).toMatchObject({
      word: '2 of 3 files here',
      detail: ''
    });
    expect(
      words('partial', {
        ...some,
        message: 'It has changed.',
        local: { ...local, is_complete: true }
      }).detail
    ).toBe('It has changed.');
  });
});

describe('before data is downloaded', () => {
  const disk: IPlan = {
    items: [{ did: 'demo:a', type: 'dataset', files: 8, bytes: 4e9 }],
    files: 8,
    bytes: 4e9,
    places: [
      {
        rse: null,
        mount_path: '/home/alice/rucio',
        mounted: true,
        bytes_used: null,
        bytes_limit: null,
        has_quota: true,
        bytes_left: 1e9,
        state: 'partial',
        files_missing: 6,
        bytes_missing: 3e9
      }
    ],
    sources: [{ rse: 'DESY-DISK', files: 8, available_files: 8 }],
    lifetime_days: null,
    message: null
  };

  it('it is said where it goes, what is free, and that it does not fit', async () => {
    const api = new ScriptedApi();
    const onChange = jest.fn();
    render(
      <MakeAvailableForm
        instance={instance('escape', {
          mode: 'download',
          destinations: [],
          download_folder: { path: '/home/alice/rucio', contents_path: 'rucio' }
        })}
        dids={['demo:a']}
        plans={new PlansModel(api)}
        defaultLifetimeDays={0}
        largeBytes={0}
        onChange={onChange}
        trans={trans}
      />
    );
    await act(() => api.planned[0].answer.give(disk));
    expect(screen.getByText('/home/alice/rucio')).toBeVisible();
    expect(screen.getByText('2 of 8 files are there; 1 GB free')).toBeVisible();
    expect(
      screen.getByText(/It is 3 GB and 1 GB are free: it does not fit/)
    ).toBeVisible();
    expect(screen.getByText('Sites that have it: DESY-DISK')).toBeVisible();
    // There is no rule that could end.
    expect(screen.queryByLabelText('Days')).toBeNull();
    expect(onChange).toHaveBeenLastCalledWith({ rse: '', lifetimeDays: null });
  });
});

describe('the list of local copies', () => {
  it('opens a folder, and deletes only what is confirmed', async () => {
    const api = new ScriptedApi();
    api.localCopies = [
      {
        did: 'demo:a',
        type: 'dataset',
        path: '/home/alice/rucio/a',
        contents_path: 'rucio/a',
        files: 2,
        bytes: 1000,
        is_complete: false,
        is_legacy: true,
        modified_at: null
      }
    ];
    const model = new CopiesModel(api, 'escape');
    const onOpen = jest.fn();
    render(<Copies model={model} onOpen={onOpen} trans={trans} />);
    expect(screen.getByText('Looking at the disk…')).toBeVisible();
    await act(() => model.list.ensure());
    expect(
      screen.getByText(
        '2 files, 1 kB · not complete · of the earlier extension'
      )
    ).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Open demo:a in the file browser' })
    );
    expect(onOpen).toHaveBeenCalledWith('rucio/a');
    await userEvent.click(
      screen.getByRole('button', { name: 'Delete the copy of demo:a' })
    );
    expect(screen.getByText(/That frees 1 kB/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Delete' })).toHaveFocus();
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
    api.localCopies = [];
    await act(() => api.deletedCopies[0].answer.give(1000));
    expect(screen.getByText('1 kB are free again.')).toBeVisible();
    expect(screen.getByText('Nothing has been downloaded.')).toBeVisible();
    model.dispose();
  });
});
