import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import { InstancesModel } from '../../model/instances';
import { UploadModel } from '../../model/upload';
import { UploadMemory } from '../../model/uploadMemory';
import { launch } from '../../widgets/focusedDialog';
import { UploadDialog } from '../../widgets/uploadDialog';
import { fault, instance, ScriptedApi } from '../scripted';
import { planItem, uploadJob, uploadPlan } from '../uploading';

describe('the dialog that uploads', () => {
  let api: ScriptedApi;
  let model: UploadModel;

  const open = async (paths = ['masses.csv']) => {
    api = new ScriptedApi();
    const memory = new UploadMemory();
    await memory.keep('escape', { scope: 'user.alice', rse: 'LUND-USERDISK' });
    model = new UploadModel({
      api,
      instances: new InstancesModel({ api }),
      instance: instance('escape'),
      paths,
      memory
    });
    await model.recall();
    void model.begin();
    const outcome = launch(
      new UploadDialog({
        model,
        canChoose: true,
        trans: nullTranslator.load('rucio-jupyterlab')
      })
    ).then(({ button, value }) => (button.accept ? value : null));
    const prefix = await screen.findByLabelText('Name prefix');
    return { outcome, prefix };
  };
  const accept = () =>
    screen.getByRole('button', { name: 'Upload', hidden: true });
  const plan = async () => {
    await waitFor(() => expect(api.plannedUploads).toHaveLength(1));
    await api.plannedUploads[0].answer.give(uploadPlan([planItem('m.csv')]));
  };

  afterEach(() => model.dispose());

  it('starts with Enter once it may, and closes when the server has taken it', async () => {
    const { outcome, prefix } = await open();
    expect(accept()).toBeDisabled();
    prefix.focus();
    await userEvent.keyboard('{Enter}');
    expect(api.uploads).toEqual([]);
    await plan();
    expect(accept()).toBeEnabled();
    await userEvent.keyboard('{Enter}{Enter}');
    expect(api.uploads).toHaveLength(1);
    await api.uploads[0].answer.give(uploadJob());
    expect(await outcome).toMatchObject({ id: 'job-1' });
  });

  it('stays open with what was typed and the refusal', async () => {
    const { outcome, prefix } = await open();
    await plan();
    await userEvent.click(accept());
    await api.uploads[0].answer.refuse(fault('no', 'Rucio does not let you.'));
    expect(await screen.findByText(/does not let you/)).toBeInTheDocument();
    expect(prefix).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    expect(await outcome).toBeNull();
  });

  it('makes room for the dialog that chooses files, and loses nothing by it', async () => {
    const { outcome, prefix } = await open([]);
    await userEvent.type(prefix, 'kept.');
    await userEvent.click(
      screen.getByRole('button', { name: 'Choose files…', hidden: true })
    );
    expect(await outcome).toBe('choose');
    expect(model.fields.prefix).toBe('kept.');
  });
});
