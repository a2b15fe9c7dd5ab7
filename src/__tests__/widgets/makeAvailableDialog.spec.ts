import '@testing-library/jest-dom';
import { nullTranslator } from '@jupyterlab/translation';
import { screen } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import { PlansModel } from '../../model/plan';
import { askMakeAvailable } from '../../widgets/makeAvailableDialog';
import { instance, ScriptedApi } from '../scripted';

describe('asking where to and for how long', () => {
  const ask = async () => {
    const answer = askMakeAvailable({
      instance: instance('escape'),
      dids: ['demo:a'],
      plans: new PlansModel(new ScriptedApi()),
      defaultLifetimeDays: 0,
      largeBytes: 0,
      trans: nullTranslator.load('rucio-jupyterlab')
    });
    return { answer, days: await screen.findByLabelText('Days') };
  };
  const accept = () =>
    screen.getByRole('button', { name: 'Make available', hidden: true });

  it('takes no answer while what was typed makes no sense', async () => {
    const { answer, days } = await ask();
    expect(accept()).toBeEnabled();
    await userEvent.type(days, 'x');
    expect(accept()).toBeDisabled();
    await userEvent.keyboard('{Enter}');
    expect(days).toBeInTheDocument();
    await userEvent.clear(days);
    await userEvent.type(days, '3');
    expect(accept()).toBeEnabled();
    await userEvent.keyboard('{Enter}');
    expect(await answer).toEqual({ rse: 'EULAKE-1', lifetimeDays: 3 });
  });

  it('has the keyboard before the browser is idle', async () => {
    const below = document.body.appendChild(document.createElement('input'));
    below.focus();
    const idle = jest
      .spyOn(window, 'requestIdleCallback')
      .mockImplementation(() => 0);
    const { answer } = await ask();
    await userEvent.keyboard('{Escape}');
    expect(await answer).toBeNull();
    idle.mockRestore();
    below.remove();
  });

  it('leaves the focus with who is quicker than the browser is idle', async () => {
    let beIdle: IdleRequestCallback = () => undefined;
    const idle = jest
      .spyOn(window, 'requestIdleCallback')
      .mockImplementation(callback => {
        beIdle = callback;
        return 0;
      });
    const { answer, days } = await ask();
    days.focus();
    beIdle({ didTimeout: false, timeRemaining: () => 0 });
    await new Promise(resolve => setTimeout(resolve));
    expect(days).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    expect(await answer).toBeNull();
    idle.mockRestore();
  });

  it('can be given up', async () => {
    const { answer } = await ask();
    await userEvent.click(
      screen.getByRole('button', { name: 'Cancel', hidden: true })
    );
    expect(await answer).toBeNull();
  });
});
