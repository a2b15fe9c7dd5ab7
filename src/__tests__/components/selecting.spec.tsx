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

import { DidTree } from '../../components/DidTree';
import { AvailabilityModel } from '../../model/availability';
import { InstancesModel } from '../../model/instances';
import { TreeModel } from '../../model/tree';
import {
  atOnce,
  availability,
  files,
  instance,
  item,
  ScriptedApi
} from '../scripted';
import { giveRoom } from './layout';

giveRoom();

describe('selecting rows', () => {
  let api: ScriptedApi;
  let tree: TreeModel;
  let known: AvailabilityModel;
  const onSelected = jest.fn();
  const onDetails = jest.fn();
  const onAction = jest.fn();

  beforeEach(async () => {
    jest.clearAllMocks();
    api = new ScriptedApi();
    api.configured = [
      instance('escape', {
        destinations: ['EULAKE-1', 'PIC-DISK'].map(rse => ({
          rse,
          mount_path: `/${rse}`,
          mounted: true,
          contents_path: null
        }))
      })
    ];
    const instances = new InstancesModel({ api });
    await instances.load();
    known = new AvailabilityModel({ api, instances });
    tree = new TreeModel({
      content: (did, signal) => api.content('escape', did, signal),
      onOutcome: () => undefined,
      frames: atOnce
    });
    tree.append([item('demo:a', 'dataset'), ...files(4)]);
    render(
      <DidTree
        tree={tree}
        instance="escape"
        instances={instances}
        availability={known}
        onAction={onAction}
        onSelected={onSelected}
        onDetails={onDetails}
        trans={nullTranslator.load('rucio-jupyterlab')}
      />
    );
  });

  afterEach(() => {
    cleanup();
    known.dispose();
    tree.dispose();
  });

  const row = (did: string) =>
    screen
      .getAllByRole('treeitem')
      .find(one => one.dataset.did === did) as HTMLElement;
  const selected = () =>
    screen
      .getAllByRole('treeitem', { selected: true })
      .map(one => one.dataset.did);
  const bar = () => screen.queryByRole('group');
  const click = (did: string, keys = {}) => {
    fireEvent.mouseDown(row(did), keys);
    fireEvent.click(row(did), keys);
  };

  it('one after the other with the mouse, and in a range', async () => {
    click('demo:a');
    expect(selected()).toEqual(['demo:a']);
    expect(bar()).toBeNull();
    click('demo:f1', { shiftKey: true });
    expect(selected()).toEqual(['demo:a', 'demo:f0', 'demo:f1']);
    click('demo:f3', { ctrlKey: true });
    click('demo:f0', { ctrlKey: true });
    expect(selected()).toEqual(['demo:a', 'demo:f1', 'demo:f3']);
    expect(bar()).toHaveTextContent('3 selected, 5 files, 3 kB');
    // The menu is for all of them when it is opened on one of them.
    fireEvent.mouseDown(row('demo:f1'), { button: 2 });
    expect(selected()).toHaveLength(3);
    fireEvent.mouseDown(row('demo:f2'), { button: 2 });
    expect(selected()).toEqual(['demo:f2']);
    expect(bar()).toBeNull();
  });

  it('with the keyboard alone', async () => {
    expect(screen.getByRole('tree')).toHaveAttribute(
      'aria-multiselectable',
      'true'
    );
    act(() => screen.getByRole('tree').focus());
    await userEvent.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(selected()).toEqual(['demo:a', 'demo:f0', 'demo:f1']);
    await userEvent.keyboard('{ArrowDown}{ArrowDown} ');
    expect(selected()).toEqual(['demo:a', 'demo:f0', 'demo:f1', 'demo:f3']);
    await userEvent.keyboard('{Escape}');
    expect(selected()).toEqual(['demo:f3']);
    await userEvent.keyboard('{Control>}a{/Control}');
    expect(selected()).toHaveLength(5);
    act(() => tree.setNameFilter('f0'));
    expect(bar()).toHaveTextContent('5 selected, 4 of them not shown');
  });

  it('and acting on them together', async () => {
    click('demo:f0');
    click('demo:f2', { ctrlKey: true });
    const names = (items: { name: string }[]) => items.map(one => one.name);
    const buttons = within(bar() as HTMLElement);
    await userEvent.click(
      buttons.getByRole('button', { name: 'Make available' })
    );
    await userEvent.click(buttons.getByRole('button', { name: 'Copy DIDs' }));
    expect(
      onSelected.mock.calls.map(([items, action]) => [names(items), action])
    ).toEqual([
      [['f0', 'f2'], 'make-available'],
      [['f0', 'f2'], 'copy']
    ]);
    await userEvent.click(buttons.getByRole('button', { name: 'Select none' }));
    expect(bar()).toBeNull();
  });

  it('does not take a row’s own button for all of them', async () => {
    click('demo:f0');
    click('demo:f2', { ctrlKey: true });
    await userEvent.click(
      screen.getByRole('button', { name: 'Details: demo:f2' })
    );
    expect(onDetails.mock.calls[0][0].name).toBe('f2');
    expect(selected()).toEqual(['demo:f0', 'demo:f2']);
  });

  it('and each says where it is and of when that is', async () => {
    await act(() => new Promise(resolve => setTimeout(resolve, 300)));
    const ago = (seconds: number) =>
      new Date(Date.now() - seconds * 1000).toISOString();
    await act(() =>
      api.asked[0].answer.give([
        availability('demo:a', 'available', { updated_at: ago(1) }),
        availability('demo:f0', 'available', {
          type: 'file',
          rse: 'PIC-DISK',
          updated_at: ago(600)
        })
      ])
    );
    expect(row('demo:a')).toHaveAccessibleName(
      'demo:a, Dataset, Available, 3 files · 1 kB'
    );
    expect(row('demo:f0')).toHaveAccessibleName(
      'demo:f0, File, Available at PIC-DISK, as of 10 min ago, 1 kB'
    );
  });

  it('and the button says beforehand what it would mean', async () => {
    await act(() => new Promise(resolve => setTimeout(resolve, 300)));
    await act(() =>
      api.asked[0].answer.give([availability('demo:a', 'not_available')])
    );
    click('demo:a');
    act(() => screen.getByRole('tree').focus());
    await userEvent.tab();
    const button = screen.getByRole('button', {
      name: 'Make available: demo:a'
    });
    expect(button).toHaveFocus();
    expect(await screen.findByRole('tooltip')).toBeInTheDocument();
    await act(() =>
      api.planned[0].answer.give({
        items: [],
        files: 3,
        bytes: 3000,
        places: [],
        sources: [],
        lifetime_days: null,
        message: null
      })
    );
    expect(button).toHaveAccessibleDescription(/3 files, 3 kB/);
    await userEvent.keyboard('{Escape}');
    await act(() => new Promise(resolve => setTimeout(resolve, 50)));
    expect(screen.queryByRole('tooltip')).toBeNull();
    expect(onAction).not.toHaveBeenCalled();
  });
});
