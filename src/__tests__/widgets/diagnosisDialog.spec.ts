import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { screen, waitFor } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import type { ICheck, IDiagnosis } from '../../api/types';
import { DiagnosisDialog } from '../../widgets/diagnosisDialog';
import { Answer, fault } from '../scripted';

const CHECKS: ICheck[] = [
  check('configuration', 'ok', 'Configuration valid'),
  check('tls', 'error', 'TLS trusted', 'Trust its CA.'),
  check('credentials', 'skipped', 'Credentials accepted'),
  check('mount', 'warning', 'Storage mounted', 'Mount it.')
];

function check(
  name: string,
  severity: ICheck['severity'],
  title: string,
  hint: string | null = null
): ICheck {
  return {
    name,
    title,
    severity,
    ok: severity === 'ok',
    message: `${name} was seen.`,
    hint
  };
}

describe('diagnosing', () => {
  let answers: Answer<IDiagnosis>[];
  let signals: AbortSignal[];
  let dialog: DiagnosisDialog;
  const onCopy = jest.fn();

  const launch = async () => {
    answers = [];
    signals = [];
    onCopy.mockClear();
    dialog = new DiagnosisDialog({
      displayName: 'ESCAPE',
      diagnose: signal => {
        const answer = new Answer<IDiagnosis>();
        answers.push(answer);
        signals.push(signal);
        return answer.promise;
      },
      onCopy,
      trans: nullTranslator.load('rucio-jupyterlab')
    });
    const closed = dialog.launch();
    closed.catch(() => undefined);
    await dialog.ready;
    await screen.findByText(/^Looking at everything/);
    return { closed };
  };
  const give = async (checks = CHECKS) => {
    await answers[answers.length - 1].give({
      checks,
      report: 'The report.',
      checked_at: '2026-01-31T12:00:00Z'
    });
    await waitFor(() =>
      expect(screen.queryByRole('progressbar', { hidden: true })).toBeNull()
    );
  };
  // A modal dialog hides what is outside of it, and jsdom takes itself for that.
  const button = (name: string) =>
    screen.getByRole('button', { name, hidden: true });
  const items = () =>
    screen
      .getAllByRole('listitem', { hidden: true })
      .map(item => item.textContent);

  afterEach(() => dialog.dispose());

  it('begins at once, and says so', async () => {
    await launch();
    expect(answers).toHaveLength(1);
    expect(
      screen.getByRole('progressbar', { hidden: true })
    ).toBeInTheDocument();
    expect(button('Copy report')).toBeDisabled();
  });

  it('says what is wrong first, and then everything in its order, each in a word', async () => {
    await launch();
    await give();
    expect(screen.getByText(/^One thing is not/)).toHaveTextContent(
      'One thing is not in order: “TLS trusted”. One warning: “Storage mounted”.'
    );
    expect(items()).toEqual([
      'OKConfiguration validconfiguration was seen.',
      'WrongTLS trustedtls was seen.Trust its CA.',
      'SkippedCredentials acceptedcredentials was seen.',
      'WarningStorage mountedmount was seen.Mount it.'
    ]);
  });

  it('says so when nothing is wrong', async () => {
    await launch();
    await give(CHECKS.slice(0, 1));
    expect(screen.getByText('Nothing is wrong.')).toBeInTheDocument();
  });

  it('copies the report, says that it did and stays open', async () => {
    await launch();
    await give();
    await userEvent.click(button('Copy report'));
    expect(onCopy).toHaveBeenCalledWith('The report.');
    expect(
      await screen.findByText('The report is in the clipboard.')
    ).toBeInTheDocument();
  });

  it('looks again, with what was seen before in the meantime', async () => {
    await launch();
    await give();
    await userEvent.click(button('Run again'));
    expect(await screen.findByText(/^Looking again/)).toBeInTheDocument();
    expect(items()).toHaveLength(4);
    // A disabled button would lose the keyboard, and Escape with it.
    expect(button('Run again')).toHaveFocus();
    await give(CHECKS.slice(0, 1));
    expect(items()).toHaveLength(1);
  });

  it('says when it could not be looked at, and can be tried again', async () => {
    await launch();
    await answers[0].refuse(
      fault('jupyter_unreachable', 'unused', { hint: 'unused' })
    );
    expect(
      await screen.findByText(/The Jupyter server does not answer/)
    ).toBeInTheDocument();
    expect(button('Copy report')).toBeDisabled();
    await userEvent.click(button('Run again'));
    await give();
    expect(items()).toHaveLength(4);
  });

  it('is closed with the keyboard, and what is on its way is given up', async () => {
    const { closed } = await launch();
    await userEvent.keyboard('{Escape}');
    await closed;
    expect(signals[0].aborted).toBe(true);
    expect(screen.queryByText(/^Looking at everything/)).toBeNull();
  });
});
