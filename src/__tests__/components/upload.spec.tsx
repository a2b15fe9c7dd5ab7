import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';

import { UploadForm } from '../../components/upload/UploadForm';
import { InstancesModel } from '../../model/instances';
import { UploadModel } from '../../model/upload';
import { UploadMemory } from '../../model/uploadMemory';
import { fault, instance, ScriptedApi } from '../scripted';
import { planItem, uploadPlan } from '../uploading';

const trans = nullTranslator.load('rucio-jupyterlab');
const PAUSE_MS = 300;

afterEach(cleanup);

describe('what will be created by an upload', () => {
  let api: ScriptedApi;
  let model: UploadModel;
  const onChoose = jest.fn();

  const show = async (paths = ['masses.csv']) => {
    api = new ScriptedApi();
    api.storages = ['LUND-USERDISK', 'PIC-DISK'].map(rse => ({
      rse,
      deterministic: true,
      writable: true,
      mounted: false,
      mount_path: null
    }));
    api.quotas = [
      { rse: 'LUND-USERDISK', bytes_used: 2e9, bytes_limit: 10e9, files: 0 }
    ];
    model = new UploadModel({
      api,
      instances: new InstancesModel({ api }),
      instance: instance('escape'),
      paths,
      memory: new UploadMemory()
    });
    render(<UploadForm model={model} onChoose={onChoose} trans={trans} />);
    await act(() => model.begin());
    await act(() => api.scopeLists[0].send([{ scope: 'user.alice' }]));
    await screen.findByDisplayValue('user.alice');
  };
  const planned = async (plan: ReturnType<typeof uploadPlan>) => {
    await act(async () => {
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS + 50));
    });
    const { answer } = api.plannedUploads[api.plannedUploads.length - 1];
    await act(() => answer.give(plan));
  };
  const region = () =>
    screen.getByRole('region', { name: 'What will be created' });

  afterEach(() => model.dispose());

  it('is said with sizes, quota, lifetime and dataset', async () => {
    await show();
    expect(screen.getByLabelText('Scope')).toHaveValue('user.alice');
    expect(screen.getByLabelText('RSE')).toHaveDisplayValue(
      'LUND-USERDISK: 8 GB of 10 GB left'
    );
    await planned(
      uploadPlan([planItem('masses.csv')], {
        dataset: {
          did: 'user.alice:all',
          exists: true,
          is_open: true,
          files: 3
        }
      })
    );
    expect(region()).toHaveTextContent('1 file, 1 kB, to LUND-USERDISK');
    expect(region()).toHaveTextContent('8 GB of 10 GB left; kept for 7 days');
    expect(region()).toHaveTextContent(
      'They are added to the dataset user.alice:all, which has 3 files.'
    );
    expect(
      within(region()).getByRole('meter', {
        name: 'Quota used at LUND-USERDISK'
      })
    ).toHaveAttribute('aria-valuenow', '20');
  });

  it('tells what goes from site to site', async () => {
    await show();
    await planned(
      uploadPlan([
        planItem('a', { via: 'third_party' }),
        planItem('b', { via: 'third_party' }),
        planItem('c')
      ])
    );
    expect(region()).toHaveTextContent(
      '2 files are moved by Rucio between storages, and not through this server'
    );
  });

  it('names conflicts with what the server says, and why it cannot start', async () => {
    await show();
    await planned(
      uploadPlan([
        planItem('a', {
          status: 'conflict',
          message: 'adler32 1 there, 2 here'
        }),
        planItem('b', { status: 'exists' })
      ])
    );
    expect(region()).toHaveTextContent('adler32 1 there, 2 here');
    expect(region()).toHaveTextContent(
      '1 file is in Rucio already, with the same content.'
    );
    expect(screen.getByText(/before 1 file is mended/)).toBeVisible();
  });

  it('takes the names that are proposed', async () => {
    await show(['a b.csv']);
    await planned(
      uploadPlan([
        planItem('a b.csv', { status: 'invalid_name', proposal: 'a_b.csv' })
      ])
    );
    expect(region()).toHaveTextContent('Rucio would take: a_b.csv');
    await userEvent.click(
      screen.getByRole('button', { name: 'Use the proposed names' })
    );
    expect(model.fields.usesProposals).toBe(true);
  });

  it('warns of a quota that is too small and of a storage that takes no such sign-in', async () => {
    await show();
    const plan = uploadPlan([planItem('big')]);
    await planned({
      ...plan,
      bytes: 9e9,
      place: { ...plan.place, accepts_sign_in: false }
    });
    expect(region()).toHaveTextContent(
      'It is 9 GB and your quota at LUND-USERDISK has 8 GB left'
    );
    expect(region()).toHaveTextContent(
      'does not take the way in which you are signed in'
    );
  });

  it('ties what is wrong to its field, and complains of nothing that is only empty', async () => {
    await show([]);
    const message = screen.getByText(/Choose the files/);
    expect(message).not.toHaveAttribute('data-tone');
    const path = screen.getByLabelText('Path on the server');
    await userEvent.type(path, 'data/a.csv{Enter}');
    expect(screen.getByRole('list')).toHaveTextContent('data/a.csv');
    await userEvent.type(screen.getByLabelText('Days'), 'ten');
    const days = screen.getByLabelText('Days');
    expect(days).toHaveAttribute('aria-invalid', 'true');
    expect(days).toHaveAccessibleDescription(/no whole number of days/);
    await userEvent.click(
      screen.getByRole('button', { name: 'Leave out data/a.csv' })
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Choose files…' })
    );
    expect(onChoose).toHaveBeenCalled();
  });

  it('lets an RSE be typed where they cannot be listed', async () => {
    await show();
    api.usage = () => Promise.reject(fault('rucio_unreachable', 'No answer.'));
    await act(() => model.choices.load());
    expect(screen.getByRole('alert')).toHaveTextContent('No answer.');
    const rse = screen.getByLabelText('RSE');
    await userEvent.clear(rse);
    await userEvent.type(rse, 'PIC-DISK');
    expect(model.fields.rse).toBe('PIC-DISK');
  });

  it('says that it is not known what would be made, and asks again', async () => {
    await show();
    await act(async () => {
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS + 50));
    });
    await act(() =>
      api.plannedUploads[0].answer.refuse(
        fault('path_outside', 'That is not below your folder.')
      )
    );
    expect(screen.getByRole('alert')).toHaveTextContent(
      'That is not below your folder.'
    );
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await planned(uploadPlan([planItem('masses.csv')]));
    expect(region()).toHaveTextContent('1 file');
  });
});
