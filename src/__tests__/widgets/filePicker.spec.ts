import '@testing-library/jest-dom';
import { screen, waitFor, within } from '@testing-library/dom';
import userEvent from '@testing-library/user-event';

import { giveRoom } from '../components/layout';
import { fault, folder } from '../scripted';
import { button, choose, field, SignInStage } from './signInStage';

describe('choosing a file', () => {
  let stage: SignInStage;

  beforeAll(giveRoom);
  beforeEach(() => {
    stage = new SignInStage();
  });
  afterEach(() => stage.dispose());

  const home = '/home/alice';
  const list = () => screen.getByRole('listbox', { hidden: true });
  const active = () =>
    document.getElementById(list().getAttribute('aria-activedescendant') ?? '');
  const browse = async () => {
    stage.api.folders = {
      [home]: folder(home, '.globus/', '!private/', 'zebra.pem'),
      [`${home}/.globus`]: folder(
        `${home}/.globus`,
        'usercert.pem',
        'userkey.pem',
        '!hers.pem'
      )
    };
    await stage.launchAll();
    await choose('Certificate');
    await userEvent.clear(field('Certificate file'));
    await userEvent.click(button('Browse for the certificate file'));
    await waitFor(() => expect(list()).toHaveFocus());
  };

  it('starts at home with its dot files, and goes by keyboard alone', async () => {
    await browse();
    expect(list()).toHaveAccessibleName(home);
    expect(active()).toHaveAccessibleName(/^.globus, Folder/);
    await userEvent.keyboard('.glo{Enter}');
    await waitFor(() => expect(list()).toHaveAccessibleName(`${home}/.globus`));
    await userEvent.keyboard('userk');
    expect(active()).toHaveAccessibleName(/^userkey.pem/);
    await userEvent.keyboard('{End}{Enter}');
    expect(screen.getByText('You may not read hers.pem.')).toBeInTheDocument();
    await userEvent.keyboard('{Home}{ArrowDown}');
    expect(active()).toHaveAccessibleName(/^userkey.pem, File, 1.7 kB/);
    await userEvent.keyboard('{Backspace}');
    await waitFor(() => expect(list()).toHaveAccessibleName(home));
    expect(active()).toHaveAccessibleName(/^.globus/);
    await userEvent.keyboard('z');
    expect(active()).toHaveAccessibleName(/^zebra.pem/);
    await userEvent.keyboard('{Enter}');
    expect(field('Certificate file')).toHaveValue(`${home}/zebra.pem`);
    expect(field('Certificate file')).toHaveFocus();
    expect(screen.queryByRole('listbox', { hidden: true })).toBeNull();
    expect(stage.requests).toEqual([]);
  });

  it('leaves the field and the dialog below as they are when given up', async () => {
    await browse();
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('listbox', { hidden: true })).toBeNull();
    expect(field('Certificate file')).toHaveValue('');
    expect(stage.dialog.isDisposed).toBe(false);
  });

  it('takes a typed path, of a folder or of a file', async () => {
    await browse();
    const path = screen.getByLabelText('Folder or file on the server');
    await userEvent.clear(path);
    await userEvent.type(path, `${home}/nowhere{Enter}`);
    expect(
      await screen.findByText(/There is no folder .*nowhere/)
    ).toBeInTheDocument();
    const file = `${home}/.globus/usercert.pem`;
    stage.api.folders[file] = fault('not_a_folder');
    await userEvent.clear(path);
    await userEvent.type(path, `${file}{Enter}`);
    await waitFor(() => expect(field('Certificate file')).toHaveValue(file));
  });

  it('chooses nothing that cannot be read', async () => {
    await browse();
    await userEvent.keyboard('{ArrowDown}');
    const picker = screen.getByRole('dialog', {
      name: 'Choose the certificate file',
      hidden: true
    });
    expect(active()).toHaveAttribute('aria-disabled', 'true');
    expect(
      within(picker).getByRole('button', { name: 'Open', hidden: true })
    ).toBeDisabled();
    await userEvent.keyboard('{Enter}');
    expect(list()).toHaveAccessibleName(home);
  });

  it('says so when a list is cut or empty', async () => {
    stage.api.folders = {};
    await browse();
    stage.api.folders[home] = {
      ...folder(home, ...Array.from({ length: 2000 }, (_, i) => `f${i}`)),
      truncated: true
    };
    await userEvent.click(button('Home'));
    expect(
      await screen.findByText(/Only the first 2,000 are shown/)
    ).toBeInTheDocument();
    // Of so many only those exist that can be seen.
    expect(screen.getAllByRole('option', { hidden: true }).length).toBeLessThan(
      60
    );
    list().focus();
    await userEvent.keyboard('{End}');
    expect(active()).toHaveAccessibleName(/^f1999, File/);
    stage.api.folders[home] = folder(home);
    await userEvent.click(button('Home'));
    expect(
      await screen.findByText('There is nothing in this folder.')
    ).toBeInTheDocument();
  });
});
