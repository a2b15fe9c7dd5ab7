import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import { PYTHON_NAMES } from '../../kernels/pythonNames';
import { AttachDialog } from '../../widgets/attachDialog';
import { Answer, fault } from '../scripted';

describe('attaching', () => {
  let dialog: AttachDialog;
  let accepted: unknown[];
  let answers: Answer<void>[];

  const launch = async (
    did: string | null = 'demo:dimuon_2021',
    variableName?: string
  ) => {
    accepted = [];
    answers = [];
    dialog = new AttachDialog({
      title: 'Attach to notebook',
      acceptLabel: 'Attach',
      did,
      variableName,
      notebook: 'Z peak.ipynb',
      taken: new Set(['calib']),
      rules: PYTHON_NAMES,
      accept: value => {
        const answer = new Answer<void>();
        accepted.push(value);
        answers.push(answer);
        return answer.promise;
      },
      trans: nullTranslator.load('rucio-jupyterlab')
    });
    const closed = dialog.launch();
    closed.catch(() => undefined);
    await dialog.ready;
    // React draws the form after the dialog is attached.
    await screen.findByLabelText('Variable in Z peak.ipynb');
    return { closed };
  };

  afterEach(() => dialog.dispose());

  const name = () =>
    screen.getByLabelText<HTMLInputElement>('Variable in Z peak.ipynb');
  const button = () =>
    screen.getByRole('button', { name: 'Attach', hidden: true });

  it('proposes a name, selected for typing over, and Enter attaches', async () => {
    const { closed } = await launch();
    await waitFor(() => expect(name()).toHaveFocus());
    expect(name()).toHaveValue('dimuon_2021');
    expect(name().selectionEnd).toBe('dimuon_2021'.length);
    await userEvent.keyboard('{Enter}');
    expect(accepted).toEqual([
      { did: 'demo:dimuon_2021', variableName: 'dimuon_2021' }
    ]);
    await answers[0].give();
    await closed;
    expect(screen.queryByLabelText('Variable in Z peak.ipynb')).toBeNull();
  });

  it.each([
    ['class', '“class” is a word that Python keeps for itself.'],
    ['2021', 'does not begin with a digit'],
    ['two words', 'letters, digits and underscores'],
    ['open', 'has a meaning in every notebook'],
    ['calib', '“calib” is attached to this notebook already.']
  ])('says while it is typed what is wrong with %p', async (typed, said) => {
    await launch();
    await userEvent.clear(name());
    await userEvent.type(name(), typed);
    expect(screen.getByText(new RegExp(said))).toBeInTheDocument();
    expect(name()).toBeInvalid();
    expect(button()).toBeDisabled();
    await userEvent.keyboard('{Enter}');
    expect(accepted).toEqual([]);

    await userEvent.type(name(), '{Control>}a{/Control}');
    await userEvent.clear(name());
    await userEvent.type(name(), 'fine');
    expect(name()).toBeValid();
    expect(button()).toBeEnabled();
  });

  it('takes a typed DID, and says what Rucio answered', async () => {
    const { closed } = await launch(null);
    const did = screen.getByLabelText('Data identifier');
    await waitFor(() => expect(did).toHaveFocus());
    await waitFor(() => expect(button()).toBeDisabled());
    await userEvent.type(did, 'cms:/store/a.root');
    expect(name()).toHaveValue('a');
    await userEvent.keyboard('{Enter}');
    await answers[0].refuse(
      fault('did_unknown', 'Rucio has no DID cms:/store/a.root.')
    );
    expect(
      await screen.findByText(/Rucio has no DID cms:\/store\/a.root/)
    ).toBeInTheDocument();
    expect(did).toHaveValue('cms:/store/a.root');

    await userEvent.keyboard('{Enter}');
    await answers[1].give();
    await closed;
  });

  it('renames with the name of before to begin with', async () => {
    await launch('demo:dimuon_2021', 'muons');
    expect(name()).toHaveValue('muons');
  });
});
